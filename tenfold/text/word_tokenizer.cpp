#include "tenfold/text/word_tokenizer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tenfold/core/hash.h"
#include "tenfold/text/fastai_rules.h"
#include "tenfold/text/fastai_words.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"
#include "tenfold/text/word_cache.h"

namespace tenfold::text {
namespace {

constexpr size_t longest_word = 1 << 20;  // bytes

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
    const char* const end = text_.text.data() + text_.text.size();
    each_word(
        text_.text, gap_,
        [&](std::string_view word) {
          if (word.size() <= WordKey::longest) {
            const auto key = WordKey::of(word, static_cast<size_t>(end - word.data()));
            if (const auto* known = cache_.find(key)) return append_short(*known, ids);
          }
          append_word(word, ids);
        },
        [&](std::string_view gap) { append_pieces(gap, Kind::gap, ids); });
    end_run(ids);
  }

 private:
  /// What append_pieces() does, for most words.
  void append_short(const WordCache::Short& word, std::vector<int32_t>& ids) {
    ++word_;
    if (word.has_parts) {
      for (size_t k = 0; k < word.count; ++k) append_piece(word.ids[k], word.parts[k], ids);
      return;
    }
    end_run(ids);
    for (size_t k = 0; k < word.count; ++k) ids.push_back(word.ids[k]);
  }

  /// A word longer than anybody writes is cut, so that its pieces fit in memory.
  void append_word(std::string_view word, std::vector<int32_t>& ids) {
    while (word.size() > longest_word) {
      size_t at = longest_word;
      while ((word[at] & 0xC0) == 0x80) --at;
      append_pieces(word.substr(0, at), Kind::word, ids);
      end_run(ids);
      word.remove_prefix(at);
    }
    append_pieces(word, Kind::word, ids);
  }

  enum class Kind { word, gap };
  void append_pieces(std::string_view text, Kind kind, std::vector<int32_t>& ids) {
    if (text.size() <= WordKey::longest) {
      if (const auto* known = cache_.find(WordKey::of(text, text.size()))) return append_short(*known, ids);
    }
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
    for (size_t k = 0; k < pieces.size(); ++k) append_piece(pieces[k], parts[k], ids);
  }

  void append_piece(int32_t id, English::Part part, std::vector<int32_t>& ids) {
    if (part == 0) {
      end_run(ids);
    } else {
      run_.push_back(part);
      run_words_.push_back(word_);
    }
    ids.push_back(id);
  }

  void end_run(std::vector<int32_t>& ids) {
    if (!run_.empty()) put_exceptions(ids);
  }

  /// Puts exceptions for the pieces that make them up; the run's ids are the last ones.
  void put_exceptions(std::vector<int32_t>& ids) {
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
  for (const int32_t id : ids) tokens.emplace_back(seen.token(id));
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
