#include "tenfold/text/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <unordered_map>

#include "tenfold/core/error.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

/// So that no dash stands before a newline at the end.
std::string_view without_white_space_behind(std::string_view text) {
  while (!text.empty()) {
    size_t last = text.size();
    if (!has(previous_character(text, last), space)) break;
    text = text.substr(0, last);
  }
  return text;
}

std::vector<std::string> split_at_white_space(std::string_view text) {
  std::vector<std::string> parts;
  size_t from = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    if (!has(next_character(text, at), space)) continue;
    if (start > from) parts.emplace_back(text.substr(from, start - from));
    from = at;
  }
  if (from < text.size()) parts.emplace_back(text.substr(from));
  return parts;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_point(char c) { return c == '.' || c == ','; }

/// ASCII punctuation but for ' , - and the full stop.
bool stands_alone(char c) {
  return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') ||
         (c >= ':' && c <= '@') || c == '/';
}

/// Every two bytes of which `matches` holds, from the left and not overlapping, become before + first + between +
/// second + after. The bytes of a character past ASCII are neither digit nor point, so that bytes serve as characters.
template <class Matches>
std::string around_pairs(const std::string& text, Matches&& matches, std::string_view before, std::string_view between,
                         std::string_view after) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (at + 1 < text.size() && matches(text[at], text[at + 1])) {
      ((((out += before) += text[at]) += between) += text[at + 1]) += after;
      at += 2;
    } else {
      out += text[at++];
    }
  }
  return out;
}

using Tokens = std::vector<int64_t>;
using Counts = std::map<std::span<const int64_t>, int64_t, decltype([](const auto& a, const auto& b) {
                          return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
                        })>;

/// How often each n-gram comes; the keys view `tokens`.
Counts n_grams(const Tokens& tokens, size_t n) {
  Counts counts;
  for (size_t from = 0; from + n <= tokens.size(); ++from) ++counts[std::span(tokens).subspan(from, n)];
  return counts;
}

/// n-grams of the hypothesis that a reference has too, each at most as often as the reference that has it most.
int64_t matches(const Tokens& hypothesis, std::span<const Tokens> references, size_t n) {
  const auto own = n_grams(hypothesis, n);
  Counts most;
  for (const auto& reference : references)
    for (const auto& [gram, count] : n_grams(reference, n)) most[gram] = std::max(most[gram], count);
  int64_t sum = 0;
  for (const auto& [gram, count] : own)
    if (const auto found = most.find(gram); found != most.end()) sum += std::min(count, found->second);
  return sum;
}

int64_t size_of(const Tokens& tokens) { return static_cast<int64_t>(tokens.size()); }

int64_t possible(const Tokens& tokens, int n) { return std::max<int64_t>(0, size_of(tokens) - n + 1); }

double penalty(int64_t hypothesis, int64_t reference) {
  if (hypothesis >= reference) return 1;
  return hypothesis > 0 ? std::exp(1 - static_cast<double>(reference) / static_cast<double>(hypothesis)) : 0;
}

void check_sizes(size_t hypotheses, size_t references) {
  if (hypotheses != references)
    throw Error("BLEU of " + std::to_string(hypotheses) + " translations against " + std::to_string(references) +
                " references; needs one for each");
}

}  // namespace

std::vector<std::string> tokens_13a(std::string_view line) {
  std::string scratch;
  int64_t replaced = 0;
  std::string text(without_white_space_behind(valid_utf8(line, scratch, replaced)));
  replace_all(text, "<skipped>", "");
  replace_all(text, "-\n", "");
  replace_all(text, "\n", " ");
  replace_all(text, "&quot;", "\"");
  replace_all(text, "&amp;", "&");
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");
  std::string apart;
  for (const char c : " " + text + " ")
    if (stands_alone(c))
      ((apart += ' ') += c) += ' ';
    else
      apart += c;
  apart = around_pairs(apart, [](char a, char b) { return !is_digit(a) && is_point(b); }, "", " ", " ");
  apart = around_pairs(apart, [](char a, char b) { return is_point(a) && !is_digit(b); }, " ", " ", "");
  apart = around_pairs(apart, [](char a, char b) { return is_digit(a) && b == '-'; }, "", " ", " ");
  return split_at_white_space(apart);
}

void BleuCounts::add(std::string_view hypothesis, std::span<const std::string> references) {
  if (references.empty()) throw Error("BLEU of a translation without a reference; needs at least one");
  std::unordered_map<std::string, int64_t> numbers;
  const auto tokens_of = [&](std::string_view line) {
    Tokens tokens;
    for (auto& token : tokens_13a(line))
      tokens.push_back(numbers.emplace(std::move(token), static_cast<int64_t>(numbers.size())).first->second);
    return tokens;
  };
  const Tokens own = tokens_of(hypothesis);
  std::vector<Tokens> others;
  for (const auto& reference : references) others.push_back(tokens_of(reference));
  for (int n = 1; n <= kBleuOrder; ++n) {
    sums_.correct[static_cast<size_t>(n - 1)] += matches(own, others, static_cast<size_t>(n));
    sums_.total[static_cast<size_t>(n - 1)] += possible(own, n);
  }
  const auto nearest = std::min_element(others.begin(), others.end(), [&](const Tokens& a, const Tokens& b) {
    const int64_t to_a = std::abs(size_of(a) - size_of(own)), to_b = std::abs(size_of(b) - size_of(own));
    return to_a != to_b ? to_a < to_b : a.size() < b.size();
  });
  sums_.hypothesis_length += size_of(own);
  sums_.reference_length += size_of(*nearest);
}

Bleu BleuCounts::bleu() const {
  Bleu bleu = sums_;
  bleu.brevity_penalty = penalty(bleu.hypothesis_length, bleu.reference_length);
  if (std::all_of(bleu.correct.begin(), bleu.correct.end(), [](int64_t count) { return count == 0; })) return bleu;
  double smooth = 1, logarithms = 0;
  for (size_t n = 0; n < kBleuOrder; ++n) {
    if (bleu.total[n] == 0) return bleu;  // no n-gram of this order: the mean of logarithms is minus infinity
    const auto total = static_cast<double>(bleu.total[n]);
    bleu.precisions[n] = 100 * (bleu.correct[n] > 0 ? static_cast<double>(bleu.correct[n]) : 1 / (smooth *= 2)) / total;
    logarithms += std::log(bleu.precisions[n]);
  }
  bleu.score = bleu.brevity_penalty * std::exp(logarithms / kBleuOrder);
  return bleu;
}

Bleu corpus_bleu(std::span<const std::string> hypotheses, std::span<const std::string> references) {
  check_sizes(hypotheses.size(), references.size());
  BleuCounts counts;
  for (size_t k = 0; k < hypotheses.size(); ++k) counts.add(hypotheses[k], references.subspan(k, 1));
  return counts.bleu();
}

double fastai_bleu(std::span<const std::vector<int64_t>> hypotheses, std::span<const std::vector<int64_t>> references) {
  check_sizes(hypotheses.size(), references.size());
  std::array<double, kBleuOrder> correct{}, total{};
  int64_t length = 0, reference_length = 0;
  for (size_t k = 0; k < hypotheses.size(); ++k) {
    double smooth = 1;
    for (int n = 1; n <= kBleuOrder; ++n) {
      const int64_t found = matches(hypotheses[k], references.subspan(k, 1), static_cast<size_t>(n));
      correct[static_cast<size_t>(n - 1)] += found > 0 ? static_cast<double>(found) : 1 / (smooth *= 2);
      total[static_cast<size_t>(n - 1)] += static_cast<double>(possible(hypotheses[k], n));
    }
    length += size_of(hypotheses[k]);
    reference_length += size_of(references[k]);
  }
  double product = 1;
  for (size_t n = 0; n < kBleuOrder; ++n) {
    if (total[n] == 0) return std::numeric_limits<double>::quiet_NaN();
    product *= correct[n] / total[n];
  }
  return penalty(length, reference_length) * std::pow(product, 0.25);
}

}  // namespace tenfold::text
