#include "tenfold/text/word_tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "tenfold/core/hash.h"
#include "tenfold/text/fastai_rules.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"
#include "tenfold/text/word_cache.h"

namespace tenfold::text {
namespace {

/// What a byte is to somebody who looks for the end of a word.
enum class Byte : uint8_t { inside, space, alone, perhaps_space };
constexpr auto bytes = [] {
  std::array<Byte, 256> kinds{};
  for (const unsigned char c : {9, 10, 11, 12, 13, 28, 29, 30, 31, 32}) kinds[c] = Byte::space;
  for (const unsigned char c : {'/', '#', '\\'}) kinds[c] = Byte::alone;
  for (const unsigned char c : {0xC2, 0xE1, 0xE2, 0xE3})
    kinds[c] = Byte::perhaps_space;  // where those of Unicode begin
  return kinds;
}();
Byte kind(char byte) { return bytes[static_cast<unsigned char>(byte)]; }

/// Bytes of the white space that begins at `at`, 0 where there is none.
size_t space_length(std::string_view text, size_t at) {
  if (kind(text[at]) == Byte::space) return 1;
  if (kind(text[at]) != Byte::perhaps_space) return 0;
  size_t behind = at;
  return has(next_character(text, behind), space) ? behind - at : 0;
}

/// Behind the word that begins at `at`.
size_t word_end(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (kind(text[at]) == Byte::inside) continue;
    if (kind(text[at]) != Byte::perhaps_space || space_length(text, at) > 0) break;
  }
  return at;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

/// The token that tells of a word's capitals, empty where there is nothing to tell: none at its front, one letter
/// alone, or mixed ones.
std::string_view capitals_marker(std::string_view word) {
  size_t first = 0;
  if (!is_capital(word[0]) || (next_character(word, first), first == word.size())) return {};
  if (std::none_of(word.begin(), word.end(), is_small)) return "xxup";
  return std::none_of(word.begin() + 1, word.end(), is_capital) ? "xxmaj" : std::string_view();
}

}  // namespace

/// Rules that look further than a word rewrite the text; the others, and spaCy's, depend on the word alone, so that
/// each word is cut once and found again by its bytes.
class WordTokenizer::Words : public Encoder {
 public:
  Words(const English& english, Number number)
      : english_(english), number_(std::move(number)), begin_(number_("xxbos")) {}

  void append(std::string_view original, std::vector<int32_t>& ids) override {
    text_.text = valid_utf8(original, repaired_, replaced_);
    fix_html(text_);
    mark_repeated_characters(text_);
    mark_repeated_words(text_);
    ids.push_back(begin_);
    append_words(text_.text, ids);
    end_run(ids);
  }

 private:
  /// Words and the white space between them: `/`, `#` and `\` stand alone, runs of spaces are one, and white space at
  /// both ends falls.
  void append_words(std::string_view text, std::vector<int32_t>& ids) {
    bool first = true;
    for (size_t at = 0; at < text.size();) {
      if (const size_t length = space_length(text, at); length > 0) {
        if (text[at] != ' ' || !gap_.ends_with(' ')) gap_.append(text.substr(at, length));
        at += length;
        continue;
      }
      const bool alone = kind(text[at]) == Byte::alone;
      if (alone && !gap_.ends_with(' ')) gap_.push_back(' ');
      // The first space between two words is none of a token, what is left is one.
      const std::string_view gap = std::string_view(gap_).substr(gap_.starts_with(' '));
      if (!first && !gap.empty()) append_pieces(gap, Kind::gap, ids);
      const size_t end = alone ? at + 1 : word_end(text, at);
      append_pieces(text.substr(at, end - at), Kind::word, ids);
      gap_.assign(alone ? " " : "");
      first = false;
      at = end;
    }
    gap_.clear();
  }

  enum class Kind { word, gap };
  void append_pieces(std::string_view text, Kind kind, std::vector<int32_t>& ids) {
    if (const auto* known = cache_.find(text)) {
      append_pieces(known->ids, known->parts, ids);
      return;
    }
    cut_ids_.clear();
    cut_parts_.clear();
    if (kind == Kind::word) {
      cut_word(text);
    } else {
      lowered_.assign(text);
      for (size_t at = lowered_.find(' '); at != lowered_.npos; at = lowered_.find(' ', at))
        lowered_.replace(at, 1, "\u2581");
      cut_ids_.push_back(number_(lowered_));
    }
    cache_.add(text, cut_ids_, cut_parts_);
    append_pieces(cut_ids_, cut_parts_, ids);
  }

  void cut_word(std::string_view word) {
    const std::string_view marker = capitals_marker(word);
    if (!marker.empty()) cut_ids_.push_back(number_(marker));
    lowered_.clear();
    append_lower(word, lowered_);
    pieces_.clear();
    english_.split(lowered_, pieces_);
    cut_parts_.assign(cut_ids_.size(), 0);
    for (const std::string_view piece : pieces_) {
      cut_ids_.push_back(number_(piece));
      cut_parts_.push_back(english_.part(piece));
    }
    if (std::all_of(cut_parts_.begin(), cut_parts_.end(), [](English::Part part) { return part == 0; }))
      cut_parts_.clear();
  }

  /// Ids of one word go to the text's. Neighbours that may be parts of an exception make a run, of which the last word
  /// is not over until another piece comes.
  void append_pieces(std::span<const int32_t> pieces, std::span<const English::Part> parts, std::vector<int32_t>& ids) {
    ++word_;
    if (parts.empty()) {
      end_run(ids);
      ids.insert(ids.end(), pieces.begin(), pieces.end());
      return;
    }
    for (size_t k = 0; k < pieces.size(); ++k) {
      if (parts[k] == 0) {
        end_run(ids);
      } else {
        run_.push_back(parts[k]);
        run_words_.push_back(word_);
      }
      ids.push_back(pieces[k]);
    }
  }

  /// Puts exceptions for the pieces that make them up; the run's ids are the last ones.
  void end_run(std::vector<int32_t>& ids) {
    if (run_.size() > 1) english_.find(run_, found_);
    if (run_.size() > 1 && !found_.empty()) {
      const size_t start = ids.size() - run_.size();
      run_ids_.assign(ids.begin() + static_cast<std::ptrdiff_t>(start), ids.end());
      ids.resize(start);
      size_t at = 0;
      for (const English::Found& one : found_) {
        if (run_words_[one.first] != run_words_[one.first + one.count - 1]) continue;  // white space between
        ids.insert(ids.end(), run_ids_.begin() + static_cast<std::ptrdiff_t>(at),
                   run_ids_.begin() + static_cast<std::ptrdiff_t>(one.first));
        for (const std::string& piece : *one.pieces) ids.push_back(number_(piece));
        at = one.first + one.count;
      }
      ids.insert(ids.end(), run_ids_.begin() + static_cast<std::ptrdiff_t>(at), run_ids_.end());
    }
    run_.clear();
    run_words_.clear();
  }

  const English& english_;
  Number number_;
  const int32_t begin_;
  WordCache cache_;
  Rewritten text_;
  std::string repaired_, gap_, lowered_;
  std::vector<std::string_view> pieces_;
  std::vector<int32_t> cut_ids_, run_ids_;
  std::vector<English::Part> cut_parts_, run_;
  std::vector<int64_t> run_words_;  ///< the word that each piece of the run is of
  std::vector<English::Found> found_;
  int64_t word_ = 0;
};

WordTokenizer::WordTokenizer() : english_(modern_specials()) {}

std::vector<std::string> WordTokenizer::tokens(std::string_view text) const {
  TokenCounts seen;
  std::vector<int32_t> ids;
  encoder([&](std::string_view token) { return seen.number(token); })->append(text, ids);
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const int32_t id : ids) tokens.push_back(seen.token(id));
  return tokens;
}

std::unique_ptr<Encoder> WordTokenizer::encoder(Number number) const {
  return std::make_unique<Words>(english_, std::move(number));
}

std::string WordTokenizer::fingerprint() const { return ContentHash().add("words, fastai 2.8, 1").hex(); }

std::string join_fields(std::span<const std::string_view> fields) {
  std::string text;
  if (fields.size() == 1) return text.assign(fields[0]);
  for (size_t k = 0; k < fields.size(); ++k)
    text.append(k == 0 ? "xxfld " : " xxfld ").append(std::to_string(k + 1)).append(" ").append(fields[k]);
  return text;
}

}  // namespace tenfold::text
