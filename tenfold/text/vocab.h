#pragma once
// Which tokens have numbers. Made of counts as fastai does it, loaded, saved, and matched with a pretrained one.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tenfold::text {

/// Hashes a view and a string alike, so that maps of strings are searched without making one.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// fastai 2.8's special tokens in their order: unknown, padding, begin and end of text, field, character repeated, word
/// repeated, next word in capitals, next word capitalised.
const std::vector<std::string>& modern_specials();
/// Those of the ULMFiT scripts of 2018 (fastai 0.7): `_unk_`, `_pad_`.
const std::vector<std::string>& legacy_specials();

/// How often each token came, in order of first sight. A token's number is its place in that order. About 40 bytes a
/// token beside its own, so that the millions of different ones of a large corpus fit.
class TokenCounts {
 public:
  TokenCounts();
  /// The token's number, a new one where it is new. Its count stays.
  int32_t number(std::string_view token);
  void count(int32_t number, int64_t times = 1) { times_[static_cast<size_t>(number)] += times; }
  /// What came after all that was counted here. The same result however a corpus was cut, as long as its parts are
  /// added in order.
  void add(const TokenCounts& later);

  int64_t size() const { return static_cast<int64_t>(times_.size()); }
  /// Good until the next number().
  std::string_view token(int32_t number) const {
    const auto at = static_cast<size_t>(number);
    return std::string_view(bytes_).substr(ends_[at], ends_[at + 1] - ends_[at]);
  }
  int64_t times(int32_t number) const { return times_[static_cast<size_t>(number)]; }

 private:
  struct Place {
    uint32_t hash = 0;   ///< of its bits those that do not choose the place
    int32_t number = 0;  ///< + 1; 0 is free
  };
  size_t place(std::string_view token, uint64_t hash) const;
  void grow();

  std::string bytes_;         ///< of all tokens
  std::vector<size_t> ends_;  ///< where token k ends is where k + 1 begins
  std::vector<int64_t> times_;
  std::vector<Place> places_;  ///< open addressing; at most half full
};

/// fastai 2.8 fills a vocabulary with `xxfake` up to a multiple of 8, and adds eight more where it is one already.
/// `modern` repeats that, for weights made so.
enum class Filler { none, modern };

struct VocabOptions {
  int64_t min_freq = 3;                                   ///< a token needs this count
  int64_t max_vocab = 60000;                              ///< most tokens, specials included, filler not
  std::vector<std::string> specials = modern_specials();  ///< always in, in this order, first; specials[0] is unknown
  Filler filler = Filler::none;
};

/// Tokens and their numbers. A value: never changes, cheap to copy, shared between threads.
class Vocab {
 public:
  Vocab() : Vocab(std::vector<std::string>{}) {}
  /// Token k has id k. `unknown` is the id of what is in no vocabulary. Throws ConfigError where a token other than
  /// `xxfake` comes twice, or unknown is no id of it (an empty vocabulary takes 0).
  explicit Vocab(std::vector<std::string> tokens, int32_t unknown = 0);

  /// The max_vocab most common tokens (of equal counts the one seen first) that came min_freq times, specials moved to
  /// the front, cut to max_vocab: fastai 2.8, make_vocab. Throws ConfigError where max_vocab does not hold the
  /// specials.
  static Vocab of(const TokenCounts& counts, const VocabOptions& options);

  /// A JSON file (`*.json`: an array of tokens, or {"tokens": […], "unknown": id}) or text with a token a line, whose
  /// unknown is the first of xxunk, [UNK], <unk>, _unk_ that it holds, else 0. Throws FileError, DataError with the
  /// line.
  static Vocab load(const std::filesystem::path& path);
  /// Writes what load() reads, atomically. Throws ConfigError for text where a token holds a newline: JSON can.
  void save(const std::filesystem::path& path) const;

  int64_t size() const { return static_cast<int64_t>(table_->tokens.size()); }
  int32_t unknown() const { return table_->unknown; }
  /// The token's id, or unknown().
  int32_t id(std::string_view token) const;
  bool contains(std::string_view token) const { return table_->ids.contains(token); }
  /// 0 <= id < size().
  const std::string& token(int32_t id) const { return table_->tokens[static_cast<size_t>(id)]; }
  const std::vector<std::string>& tokens() const { return table_->tokens; }
  /// Changes with any token, its place, or what is unknown.
  const std::string& fingerprint() const { return table_->fingerprint; }

 private:
  struct Table {
    std::vector<std::string> tokens;
    std::unordered_map<std::string_view, int32_t> ids;
    int32_t unknown = 0;
    std::string fingerprint;
  };
  std::shared_ptr<const Table> table_;
};

/// How rows of an embedding over a pretrained vocabulary become rows over another one.
struct VocabMerge {
  /// For each id of the new vocabulary the pretrained row to copy, or -1: that token is new and starts as the mean of
  /// all pretrained rows (fastai's match_embeds; Howard & Ruder 2018).
  std::vector<int64_t> rows;
  int64_t shared = 0;  ///< how many of them are not -1
};
VocabMerge merge(const Vocab& pretrained, const Vocab& own);

}  // namespace tenfold::text
