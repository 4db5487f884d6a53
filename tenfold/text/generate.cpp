#include "tenfold/text/generate.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/train/layer_groups.h"

namespace tenfold::text {
namespace {

void check(const GenerateOptions& options, const std::vector<int32_t>& context) {
  if (context.empty()) throw ConfigError("context", "has no token; give a beginning, xxbos at least");
  if (options.tokens < 0) throw ConfigError("tokens", "is " + std::to_string(options.tokens) + "; needs 0 or more");
  if (!(options.temperature > 0))
    throw ConfigError("temperature", "is " + shortest(options.temperature) + "; needs more than 0");
  if (options.top_k < 0) throw ConfigError("top_k", "is " + std::to_string(options.top_k) + "; needs 0 or more");
  if (!(options.min_p >= 0 && options.min_p < 1))
    throw ConfigError("min_p", "is " + shortest(options.min_p) + "; needs a probability from 0 to below 1");
}

std::vector<bool> never_written(const Vocab& vocab) {
  std::vector<bool> never(static_cast<size_t>(vocab.size()));
  for (int32_t id = 0; id < vocab.size(); ++id) {
    const auto& token = vocab.token(id);
    never[static_cast<size_t>(id)] =
        id == vocab.unknown() || token == "xxpad" || token == "_pad_" || token == "xxfake" || token == "xxunk";
  }
  return never;
}

/// Zeroes what may not be drawn.
void restrict(std::vector<double>& p, const GenerateOptions& options) {
  if (options.min_p > 0 && *std::max_element(p.begin(), p.end()) >= options.min_p)
    for (auto& each : p) each = each < options.min_p ? 0 : each;
  if (options.top_k > 0 && options.top_k < static_cast<int64_t>(p.size())) {
    auto sorted = p;
    const auto last = sorted.begin() + options.top_k - 1;
    std::nth_element(sorted.begin(), last, sorted.end(), std::greater<>());
    int64_t left = options.top_k - std::count_if(p.begin(), p.end(), [&](double each) { return each > *last; });
    for (auto& each : p)  // of equals the first ones stay
      if (each < *last || (each == *last && left-- <= 0)) each = 0;
  }
}

int32_t drawn(std::vector<double> p, const GenerateOptions& options, Draw draw) {
  restrict(p, options);
  const double largest = *std::max_element(p.begin(), p.end());
  double total = 0;
  for (auto& each : p) total += each = std::pow(each / largest, 1 / options.temperature);
  double rest = draw.uniform() * total;
  size_t id = 0;
  for (size_t k = 0; k < p.size(); ++k) {
    if (p[k] == 0) continue;
    id = k;
    if ((rest -= p[k]) < 0) break;
  }
  return static_cast<int32_t>(id);
}

/// Code points of valid UTF-8.
std::u32string decoded(const std::string& text) {
  std::u32string out;
  for (size_t k = 0; k < text.size();) {
    const auto lead = static_cast<unsigned char>(text[k]);
    const size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t point = more == 0 ? lead : lead & (0x3f >> more);
    for (size_t m = 1; m <= more && k + m < text.size(); ++m)
      point = point << 6 | (static_cast<unsigned char>(text[k + m]) & 0x3f);
    out += point;
    k += more + 1;
  }
  return out;
}

void append(std::string& text, char32_t point) {
  const auto byte = [&](char32_t bits) { text += static_cast<char>(bits); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xe0 | point >> 12);
    } else {
      byte(0xf0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3f));
    }
    byte(0x80 | (point >> 6 & 0x3f));
  }
  byte(0x80 | (point & 0x3f));
}

/// The capital of a Latin, Greek or Cyrillic letter; others as they are.
char32_t capital(char32_t c) {
  const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (in('a', 'z') || (in(0xe0, 0xfe) && c != 0xf7) || (in(0x3b1, 0x3c9) && c != 0x3c2) || in(0x430, 0x44f))
    return c - 0x20;
  if (c == 0xff) return 0x178;
  if (c == 0x3c2) return 0x3a3;
  if (in(0x450, 0x45f)) return c - 0x50;
  const bool odd_is_small =
      (in(0x100, 0x137) && c != 0x131) || in(0x14a, 0x177) || in(0x460, 0x481) || in(0x48a, 0x4bf);
  const bool even_is_small = in(0x139, 0x148) || in(0x179, 0x17e) || in(0x4c1, 0x4ce);
  return (odd_is_small && c % 2 == 1) || (even_is_small && c % 2 == 0) ? c - 1 : c;
}

enum class Letters { first, all };

std::string capitals(const std::string& word, Letters which) {
  std::string out;
  bool first = true;
  for (const char32_t c : decoded(word)) {
    append(out, first || which == Letters::all ? capital(c) : c);
    first = false;
  }
  return out;
}

std::optional<int> number(const std::string& token) {
  int value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  constexpr int most = 1000;  // a model may write any number
  return error == std::errc() && end == token.data() + token.size() && value >= 0 ? std::optional(std::min(value, most))
                                                                                  : std::nullopt;
}

}  // namespace

std::vector<int32_t> generate(AwdLstm& model, const Vocab& vocab, const std::vector<int32_t>& context,
                              const GenerateOptions& options) {
  check(options, context);
  if (vocab.size() != model.encoder().vocab())
    throw ConfigError("vocabulary", "has " + std::to_string(vocab.size()) + " tokens, and the model " +
                                        std::to_string(model.encoder().vocab()) + "; give the model's own");
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(model);
  const auto never = never_written(vocab);
  auto state = model.encoder().zeros(1, model.dtype());
  std::vector<int64_t> read(context.begin(), context.end());
  std::vector<int32_t> out;
  for (int64_t k = 0; k < options.tokens; ++k) {
    const auto tokens = at::tensor(read, at::kLong).unsqueeze(0);
    const auto p = at::softmax(model.next_logits(tokens, state)[0].to(at::kDouble), 0);
    std::vector<double> probable(p.const_data_ptr<double>(), p.const_data_ptr<double>() + p.numel());
    for (size_t id = 0; id < probable.size(); ++id)
      if (never[id]) probable[id] = 0;
    out.push_back(drawn(std::move(probable), options, Draw(options.seed, 0, static_cast<uint64_t>(k), Purpose::other)));
    read = {out.back()};
  }
  return out;
}

std::string written(const std::vector<std::string>& tokens) {
  std::string text;
  const auto word = [&](const std::string& one) {
    if (!text.empty()) text += ' ';
    text += one;
  };
  for (size_t k = 0; k < tokens.size(); ++k) {
    const auto& token = tokens[k];
    const bool more = k + 1 < tokens.size();
    if (token == "xxbos" || token == "xxeos" || token == "xxpad") continue;
    if (token == "xxfld" && more) {
      ++k;
    } else if (token == "xxmaj" && more) {
      word(capitals(tokens[++k], Letters::first));
    } else if (token == "xxup" && more) {
      word(capitals(tokens[++k], Letters::all));
    } else if ((token == "xxrep" || token == "xxwrep") && k + 2 < tokens.size() && number(tokens[k + 1])) {
      const int times = *number(tokens[k + 1]);
      std::string repeated;
      for (int n = 0; n < times; ++n) repeated += (n > 0 && token == "xxwrep" ? " " : "") + tokens[k + 2];
      if (times > 0) word(repeated);
      k += 2;
    } else {
      word(token);
    }
  }
  return text;
}

}  // namespace tenfold::text
