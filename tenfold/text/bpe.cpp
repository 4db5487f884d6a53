#include "tenfold/text/bpe.h"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>
#include <unordered_map>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/text/bpe_ranks.h"
#include "tenfold/text/marked_words.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

using Symbol = int32_t;
constexpr Symbol kNone = BpePiece::none;

/// Two neighbours as one number, which orders them by left, then right.
uint64_t pair_of(Symbol left, Symbol right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}
Symbol left_of(uint64_t pair) { return static_cast<Symbol>(pair >> 32); }
Symbol right_of(uint64_t pair) { return static_cast<Symbol>(pair & 0xFFFFFFFFu); }

template <class Take>
void for_characters(std::string_view word, Take&& take) {
  for (size_t at = 0; at < word.size();) {
    const size_t start = at;
    next_character(word, at);
    take(word.substr(start, at - start));
  }
}

/// Tokens and their numbers while merges are being learnt.
struct Symbols {
  std::vector<std::string> texts;
  std::unordered_map<std::string, Symbol> numbers;
  Symbol number(const std::string& text) {
    const auto [place, fresh] = numbers.emplace(text, static_cast<Symbol>(texts.size()));
    if (fresh) texts.push_back(text);
    return place->second;
  }
};

struct Word {
  std::vector<Symbol> symbols;
  int64_t times = 0;
};

/// How often two symbols stand side by side, and in which words; kept up while words are merged.
class Neighbours {
 public:
  explicit Neighbours(std::vector<Word> words) : words_(std::move(words)) {
    for (size_t k = 0; k < words_.size(); ++k) count(k, 1);
    offer_changed();
  }

  /// The most frequent pair, of equals the smallest; nothing where none comes `least` times.
  std::pair<uint64_t, int64_t> best() {
    while (!queue_.empty()) {
      const auto [times, inverse] = queue_.top();
      queue_.pop();
      const uint64_t pair = ~inverse;
      if (times > 0 && pairs_.at(pair).times == times) return {pair, times};
    }
    return {0, 0};
  }

  void merge(uint64_t pair, Symbol into) {
    const auto places = std::move(pairs_.at(pair).words);
    for (const size_t k : places) {
      auto& symbols = words_[k].symbols;
      if (!stands_in(symbols, pair)) continue;
      count(k, -1);
      size_t kept = 0;
      for (size_t at = 0; at < symbols.size(); ++kept) {
        const bool here = at + 1 < symbols.size() && pair_of(symbols[at], symbols[at + 1]) == pair;
        symbols[kept] = here ? into : symbols[at];
        at += here ? 2 : 1;
      }
      symbols.resize(kept);
      count(k, 1);
    }
    offer_changed();
  }

 private:
  struct Places {
    int64_t times = 0;
    std::vector<size_t> words;
  };

  static bool stands_in(const std::vector<Symbol>& symbols, uint64_t pair) {
    for (size_t at = 0; at + 1 < symbols.size(); ++at)
      if (pair_of(symbols[at], symbols[at + 1]) == pair) return true;
    return false;
  }

  void count(size_t k, int64_t sign) {
    const auto& [symbols, times] = words_[k];
    for (size_t at = 0; at + 1 < symbols.size(); ++at) {
      if (symbols[at] == kNone || symbols[at + 1] == kNone) continue;
      const uint64_t pair = pair_of(symbols[at], symbols[at + 1]);
      auto& places = pairs_[pair];
      places.times += sign * times;
      if (sign > 0 && (places.words.empty() || places.words.back() != k)) places.words.push_back(k);
      changed_.push_back(pair);
    }
  }

  void offer_changed() {
    std::sort(changed_.begin(), changed_.end());
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    for (const uint64_t pair : changed_)
      if (const int64_t times = pairs_.at(pair).times; times > 0) queue_.emplace(times, ~pair);
    changed_.clear();
  }

  std::vector<Word> words_;
  std::unordered_map<uint64_t, Places> pairs_;
  std::vector<uint64_t> changed_;
  std::priority_queue<std::pair<int64_t, uint64_t>> queue_;  ///< times and ~pair; stale where the times are others
};

std::map<std::string, int64_t> words_of(std::span<const std::span<const std::string>> texts) {
  std::map<std::string, int64_t> words;  // in order, so that nothing depends on the texts' order
  std::unordered_map<std::string, int64_t, TextHash, std::equal_to<>> counts;
  std::string scratch;
  int64_t replaced = 0;
  for (const auto& part : texts)
    for (const auto& line : part)
      for_marked_words(valid_utf8(line, scratch, replaced), [&](std::string_view word) {
        if (const auto known = counts.find(word); known != counts.end())
          ++known->second;
        else
          counts.emplace(std::string(word), 1);
      });
  words.insert(counts.begin(), counts.end());
  return words;
}

}  // namespace

struct Bpe::Table {
  std::vector<Merge> merges;
  std::unordered_map<std::string, Symbol, TextHash, std::equal_to<>> symbols;
  BpeRanks ranks;

  Symbol symbol(std::string_view text) const {
    const auto found = symbols.find(text);
    return found == symbols.end() ? kNone : found->second;
  }

  /// The tokens of one marked word, as views of it.
  std::vector<std::string_view> cut(std::string_view word) const {
    std::vector<BpePiece> pieces;
    for_characters(word, [&](std::string_view character) { pieces.push_back({symbol(character), character.size()}); });
    ranks.merge(pieces);
    std::vector<std::string_view> parts;
    parts.reserve(pieces.size());
    for (const BpePiece& piece : pieces) {
      parts.push_back(word.substr(0, piece.bytes));
      word.remove_prefix(piece.bytes);
    }
    return parts;
  }
};

namespace {

class BpeEncoder : public Encoder {
 public:
  BpeEncoder(std::shared_ptr<const Bpe::Table> table, Tokenizer::Number number)
      : table_(std::move(table)), number_(std::move(number)) {}

  void append(std::string_view text, std::vector<int32_t>& ids) override {
    for_marked_words(valid_utf8(text, scratch_, replaced_), [&](std::string_view word) {
      auto known = cache_.find(word);
      if (known == cache_.end()) {
        std::vector<int32_t> numbers;
        for (const auto token : table_->cut(word)) numbers.push_back(number_(token));
        if (word.size() > kLongest) {
          ids.insert(ids.end(), numbers.begin(), numbers.end());
          return;
        }
        if (cache_.size() >= kMost) cache_.clear();
        known = cache_.emplace(std::string(word), std::move(numbers)).first;
      }
      ids.insert(ids.end(), known->second.begin(), known->second.end());
    });
  }

 private:
  static constexpr size_t kMost = 1 << 18, kLongest = 64;  // words remembered: bounds the memory, not the result
  std::shared_ptr<const Bpe::Table> table_;
  Tokenizer::Number number_;
  std::unordered_map<std::string, std::vector<int32_t>, TextHash, std::equal_to<>> cache_;
  std::string scratch_;
};

}  // namespace

Bpe::Bpe(std::vector<Merge> merges) {
  auto table = std::make_shared<Table>();
  const auto number = [&](const std::string& text) {
    return table->symbols.emplace(text, static_cast<Symbol>(table->symbols.size())).first->second;
  };
  for (const auto& [left, right] : merges) {
    if (left.empty() || right.empty())
      throw ConfigError("bpe.merges", "has one with an empty side; the file is not what was written");
    const Symbol a = number(left), b = number(right);
    table->ranks.add(a, b, number(left + right));
  }
  table->merges = std::move(merges);
  table_ = std::move(table);
}

Bpe::Learnt Bpe::learn(std::span<const std::span<const std::string>> texts, const BpeOptions& options) {
  const auto counts = words_of(texts);
  std::map<std::string, int64_t> characters;  // UTF-8 sorts as code points do
  for (const auto& [word, times] : counts)
    for_characters(word, [&](std::string_view c) { characters[std::string(c)] += times; });
  Symbols symbols;
  for (const auto& special : options.specials) symbols.number(special);
  for (const auto& [character, times] : characters)
    if (times >= options.min_freq) symbols.number(character);
  const auto base = static_cast<int64_t>(symbols.texts.size());
  if (options.vocabulary < base)
    throw ConfigError("data.vocabulary", "is " + std::to_string(options.vocabulary) + " tokens; the texts have " +
                                             std::to_string(base) +
                                             " characters and special tokens, which must fit: raise it or min_freq");

  std::vector<Word> words;
  for (const auto& [text, times] : counts) {
    Word word{.symbols = {}, .times = times};
    for_characters(text, [&](std::string_view c) {
      const auto known = symbols.numbers.find(std::string(c));
      word.symbols.push_back(known == symbols.numbers.end() ? kNone : known->second);
    });
    if (word.symbols.size() > 1) words.push_back(std::move(word));
  }
  Neighbours neighbours(std::move(words));
  std::vector<Merge> merges;
  while (static_cast<int64_t>(symbols.texts.size()) < options.vocabulary) {
    const auto [pair, times] = neighbours.best();
    if (times < std::max<int64_t>(1, options.min_freq)) break;
    const Merge merge{symbols.texts[static_cast<size_t>(left_of(pair))],
                      symbols.texts[static_cast<size_t>(right_of(pair))]};
    neighbours.merge(pair, symbols.number(merge.first + merge.second));
    merges.push_back(merge);
  }
  return {Bpe(std::move(merges)), Vocab(std::move(symbols.texts))};
}

std::vector<std::string> Bpe::tokens(std::string_view text) const {
  std::vector<std::string> tokens;
  std::string scratch;
  int64_t replaced = 0;
  for_marked_words(valid_utf8(text, scratch, replaced), [&](std::string_view word) {
    for (const auto token : table_->cut(word)) tokens.emplace_back(token);
  });
  return tokens;
}

std::unique_ptr<Encoder> Bpe::encoder(Number number) const {
  return std::make_unique<BpeEncoder>(table_, std::move(number));
}

std::string Bpe::fingerprint() const {
  ContentHash hash;
  for (const auto& [left, right] : table_->merges) hash.add(left).add(right);
  return "bpe 1 " + hash.hex();
}

const std::vector<Bpe::Merge>& Bpe::merges() const { return table_->merges; }

}  // namespace tenfold::text
