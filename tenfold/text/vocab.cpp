#include "tenfold/text/vocab.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"

namespace tenfold::text {
namespace {

constexpr std::string_view filler = "xxfake";

Vocab parsed_json(const std::filesystem::path& path, const std::string& content) {
  const auto wrong = [&](const std::string& what) {
    return DataError(path.string(), 0,
                     what + "; a vocabulary is an array of tokens, or {\"tokens\": [...], \"unknown\": id}");
  };
  const auto json = nlohmann::json::parse(content, nullptr, false);
  if (json.is_discarded()) throw wrong("is not JSON");
  try {
    if (json.is_array()) return Vocab(json.get<std::vector<std::string>>());
    return Vocab(json.at("tokens").get<std::vector<std::string>>(), json.value("unknown", 0));
  } catch (const nlohmann::json::exception& error) {
    throw wrong(error.what());
  } catch (const ConfigError& error) {
    throw wrong(error.what());
  }
}

Vocab parsed_lines(const std::filesystem::path& path, std::string_view content) {
  std::vector<std::string> tokens;
  std::unordered_map<std::string_view, size_t> lines;
  while (!content.empty()) {
    const size_t end = std::min(content.find('\n'), content.size());
    std::string_view line = content.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    tokens.emplace_back(line);
    const auto [first, is_new] = lines.emplace(line, tokens.size());
    if (!is_new && line != filler)
      throw DataError(path.string(), static_cast<long>(tokens.size()),
                      "token '" + tokens.back() + "' is on line " + std::to_string(first->second) +
                          " already; a vocabulary has each token once: remove one");
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  int32_t unknown = 0;
  for (const std::string_view name : {"xxunk", "[UNK]", "<unk>", "_unk_"})
    if (const auto at = lines.find(name); at != lines.end()) {
      unknown = static_cast<int32_t>(at->second) - 1;
      break;
    }
  return Vocab(std::move(tokens), unknown);
}

}  // namespace

const std::vector<std::string>& modern_specials() {
  static const std::vector<std::string> names = {"xxunk", "xxpad",  "xxbos", "xxeos", "xxfld",
                                                 "xxrep", "xxwrep", "xxup",  "xxmaj"};
  return names;
}

const std::vector<std::string>& legacy_specials() {
  static const std::vector<std::string> names = {"_unk_", "_pad_"};
  return names;
}

TokenCounts::TokenCounts() : ends_(1, 0), places_(1024) {}

size_t TokenCounts::place(std::string_view token, uint64_t hash) const {
  const size_t mask = places_.size() - 1;
  size_t at = hash & mask;
  while (places_[at].number != 0 && (places_[at].hash != hash >> 32 || this->token(places_[at].number - 1) != token))
    at = (at + 1) & mask;
  return at;
}

void TokenCounts::grow() {
  places_.assign(places_.size() * 2, {});
  for (int32_t k = 0; k < size(); ++k) {
    const uint64_t hash = TextHash{}(token(k));
    places_[place(token(k), hash)] = {static_cast<uint32_t>(hash >> 32), k + 1};
  }
}

int32_t TokenCounts::number(std::string_view token) {
  const uint64_t hash = TextHash{}(token);
  size_t at = place(token, hash);
  if (places_[at].number != 0) return places_[at].number - 1;
  if (times_.size() * 2 >= places_.size()) {
    grow();
    at = place(token, hash);
  }
  places_[at] = {static_cast<uint32_t>(hash >> 32), static_cast<int32_t>(times_.size()) + 1};
  bytes_.append(token);
  ends_.push_back(bytes_.size());
  times_.push_back(0);
  return static_cast<int32_t>(times_.size()) - 1;
}

void TokenCounts::add(const TokenCounts& later) {
  for (int32_t k = 0; k < later.size(); ++k) count(number(later.token(k)), later.times(k));
}

Vocab::Vocab(std::vector<std::string> tokens, int32_t unknown) {
  auto table = std::make_shared<Table>();
  table->tokens = std::move(tokens);
  table->unknown = unknown;
  const auto size = static_cast<int32_t>(table->tokens.size());
  if (unknown < 0 || unknown >= std::max(size, 1))
    throw ConfigError("vocabulary", "unknown words would have id " + std::to_string(unknown) + ", but there are " +
                                        std::to_string(size) + " tokens; name one of them");
  table->ids.reserve(table->tokens.size());
  ContentHash hash;
  for (int32_t id = 0; id < size; ++id) {
    const std::string& token = table->tokens[static_cast<size_t>(id)];
    hash.add(token);
    if (token != filler && !table->ids.emplace(token, id).second)
      throw ConfigError("vocabulary", "token '" + token + "' has the ids " + std::to_string(table->ids[token]) +
                                          " and " + std::to_string(id) + "; each token needs one: remove one");
  }
  table->fingerprint = hash.add_integer(unknown).hex();
  table_ = std::move(table);
}

Vocab Vocab::of(const TokenCounts& counts, const VocabOptions& options) {
  const auto most = static_cast<size_t>(std::max<int64_t>(options.max_vocab, 0));
  if (most < std::max<size_t>(options.specials.size(), 1))
    throw ConfigError("max_vocab", "is " + std::to_string(options.max_vocab) + "; the " +
                                       std::to_string(options.specials.size()) + " special tokens need room");
  std::vector<int32_t> order(static_cast<size_t>(counts.size()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return counts.times(a) != counts.times(b) ? counts.times(a) > counts.times(b) : a < b;
  });
  // Cut before the specials come in, as fastai does: a special among the most common takes a place of theirs.
  order.resize(std::min(order.size(), most));
  std::vector<std::string> tokens = options.specials;
  for (const int32_t number : order) {
    const std::string_view token = counts.token(number);
    if (counts.times(number) < options.min_freq || tokens.size() >= most) break;
    if (std::find(options.specials.begin(), options.specials.end(), token) == options.specials.end())
      tokens.emplace_back(token);
  }
  if (options.filler == Filler::modern) tokens.resize(tokens.size() + 8 - tokens.size() % 8, std::string(filler));
  return Vocab(std::move(tokens));
}

Vocab Vocab::load(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  return path.extension() == ".json" ? parsed_json(path, content) : parsed_lines(path, content);
}

void Vocab::save(const std::filesystem::path& path) const {
  if (path.extension() == ".json") {
    const nlohmann::json json = {{"tokens", tokens()}, {"unknown", unknown()}};
    write_file(path, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    return;
  }
  std::string lines;
  for (const std::string& token : tokens()) {
    if (token.find('\n') != std::string::npos)
      throw ConfigError("vocabulary", "a token holds a newline, which a text file cannot keep; save it as " +
                                          path.stem().string() + ".json");
    lines.append(token).push_back('\n');
  }
  write_file(path, lines);
}

int32_t Vocab::id(std::string_view token) const {
  const auto found = table_->ids.find(token);
  return found == table_->ids.end() ? table_->unknown : found->second;
}

VocabMerge merge(const Vocab& pretrained, const Vocab& own) {
  VocabMerge merge;
  merge.rows.reserve(static_cast<size_t>(own.size()));
  for (const std::string& token : own.tokens()) {
    const bool shared = pretrained.contains(token);
    merge.rows.push_back(shared ? pretrained.id(token) : -1);
    merge.shared += shared;
  }
  return merge;
}

}  // namespace tenfold::text
