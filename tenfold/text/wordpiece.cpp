#include "tenfold/text/wordpiece.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

constexpr size_t no_end = std::numeric_limits<size_t>::max();

bool is_punctuation(char32_t c) {
  // BERT counts every ASCII symbol as punctuation, $ and ^ too.
  if (c < 0x80) return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
  return has(c, punctuation);
}

/// Nothing to the tokeniser: NUL, the replacement character, and category C but for tab and line ends.
bool is_dropped(char32_t c) {
  if (c < 0x80) return (c < 32 && c != '\t' && c != '\n' && c != '\r') || c == 127;
  return c == 0xFFFD || has(c, other);
}

bool is_space(char32_t c) { return c < 0x80 ? c == ' ' || c == '\t' || c == '\n' || c == '\r' : has(c, space); }

int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
}

void lower_ascii(std::string& text) {
  for (char& byte : text)
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + 32);
}

int32_t needed(const Vocab& vocab, const std::string& source, std::string_view token) {
  if (vocab.contains(token)) return vocab.id(token);
  throw DataError(
      source, 0,
      "has no " + std::string(token) + "; a BERT vocabulary (vocab.txt) lists [PAD], [UNK], [CLS] and [SEP]");
}

}  // namespace

WordPiece::WordPiece(const std::filesystem::path& vocabulary, const WordPieceOptions& options)
    : WordPiece(Vocab::load(vocabulary), options, vocabulary.string()) {}

WordPiece::WordPiece(Vocab vocabulary, const WordPieceOptions& options, const std::string& source)
    : vocab_(std::move(vocabulary)), options_(options) {
  needed(vocab_, source, "[UNK]");
  pad_ = needed(vocab_, source, "[PAD]");
  cls_ = needed(vocab_, source, "[CLS]");
  sep_ = needed(vocab_, source, "[SEP]");
  for (int32_t id = 0; id < vocab_.size(); ++id) {
    const std::string_view token = vocab_.token(id);
    if (token.starts_with("##"))
      behind_.add(token.substr(2), id);
    else
      whole_.add(token, id);
  }
  if (options.specials == SpecialsInText::taken)
    for (const char* token : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
      if (vocab_.contains(token)) specials_.emplace_back(token, vocab_.id(token));
}

WordPiece WordPiece::of_folder(const std::filesystem::path& folder) {
  WordPieceOptions options;
  const std::filesystem::path path = folder / "tokenizer_config.json";
  if (std::filesystem::exists(path)) {
    const auto config = nlohmann::json::parse(read_file(path), nullptr, false);
    if (!config.is_object())
      throw DataError(path.string(), 0, "is no JSON object; take the file that came with the weights, or remove it");
    const auto flag = [&](const char* key, bool otherwise) {
      const auto found = config.find(key);
      return found != config.end() && found->is_boolean() ? found->get<bool>() : otherwise;
    };
    options.lower_case = flag("do_lower_case", true);
    options.strip_accents = flag("strip_accents", options.lower_case);  // null there means: as lower case
  }
  return WordPiece(folder / "vocab.txt", options);
}

std::vector<int32_t> WordPiece::ids(std::string_view text, int64_t max_length) const {
  if (max_length < 2)
    throw ConfigError("max_length", "is " + std::to_string(max_length) + "; [CLS] and [SEP] alone need 2");
  const auto most = static_cast<size_t>(max_length) - 1;
  std::vector<int32_t> ids = {cls_};
  int64_t replaced = 0;
  append(text, ids, most, replaced);
  ids.resize(std::min(ids.size(), most));
  ids.push_back(sep_);
  return ids;
}

std::vector<int32_t> WordPiece::word_ids(std::string_view word) const {
  std::vector<int32_t> ids;
  int64_t replaced = 0;
  append(word, ids, no_end, replaced);
  if (ids.empty()) ids.push_back(unknown_id());
  return ids;
}

std::vector<std::string> WordPiece::tokens(std::string_view text) const {
  std::vector<int32_t> ids;
  int64_t replaced = 0;
  append(text, ids, no_end, replaced);
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const int32_t id : ids) tokens.push_back(vocab_.token(id));
  return tokens;
}

/// Appends the text's pieces, and stops where there are `most` or more ids.
void WordPiece::append(std::string_view text, std::vector<int32_t>& ids, size_t most, int64_t& replaced) const {
  std::string scratch;
  text = valid_utf8(text, scratch, replaced);
  size_t from = 0;
  for (size_t at = text.find('['); !specials_.empty() && at != text.npos && ids.size() < most;) {
    const auto special = std::find_if(specials_.begin(), specials_.end(),
                                      [&](const auto& one) { return text.substr(at).starts_with(one.first); });
    if (special == specials_.end()) {
      at = text.find('[', at + 1);
      continue;
    }
    append_plain(text.substr(from, at - from), ids, most);
    ids.push_back(special->second);
    from = at + special->first.size();
    at = text.find('[', from);
  }
  append_plain(text.substr(from), ids, most);
}

/// Splits at white space and around ideographs.
void WordPiece::append_plain(std::string_view text, std::vector<int32_t>& ids, size_t most) const {
  std::string word, lowered, base;
  bool ascii = true;
  const auto end_word = [&] {
    if (ascii) {
      if (options_.lower_case) lower_ascii(word);
      append_word(word, ids);
    } else {
      std::string_view done = word;
      if (options_.lower_case) {
        lowered.clear();
        append_lower(done, lowered);
        done = lowered;
      }
      if (options_.strip_accents) {
        base.clear();
        append_base(done, base);
        done = base;
      }
      append_word(done, ids);
    }
    word.clear();
    ascii = true;
  };
  for (size_t at = 0; at < text.size() && ids.size() < most;) {
    const size_t from = at;
    const char32_t c = next_character(text, at);
    if (is_dropped(c)) continue;
    if (is_space(c)) {
      if (!word.empty()) end_word();
    } else {
      const bool alone = c >= 0x80 && is_ideograph(c);
      if (alone && !word.empty()) end_word();
      word.append(text.substr(from, at - from));
      ascii = ascii && c < 0x80;
      if (alone) end_word();
    }
  }
  if (!word.empty() && ids.size() < most) end_word();
}

/// Splits at punctuation, each mark a word of its own, and cuts each word into the longest pieces there are.
void WordPiece::append_word(std::string_view word, std::vector<int32_t>& ids) const {
  const auto append_pieces = [&](std::string_view rest) {
    if (static_cast<int64_t>(rest.size()) > options_.longest_word && characters(rest) > options_.longest_word) {
      ids.push_back(vocab_.unknown());
      return;
    }
    const size_t before = ids.size();
    for (const Trie* pieces = &whole_; !rest.empty(); pieces = &behind_) {
      const Trie::Match match = pieces->longest(rest);
      if (match.length == 0) {
        ids.resize(before);
        ids.push_back(vocab_.unknown());
        return;
      }
      ids.push_back(match.value);
      rest.remove_prefix(match.length);
    }
  };
  size_t from = 0;
  for (size_t at = 0; at < word.size();) {
    const size_t here = at;
    if (!is_punctuation(next_character(word, at))) continue;
    if (here > from) append_pieces(word.substr(from, here - from));
    append_pieces(word.substr(here, at - here));
    from = at;
  }
  if (from < word.size()) append_pieces(word.substr(from));
}

/// An encoder over another numbering than the vocabulary's own asks for each piece once.
class WordPiece::Pieces : public Encoder {
 public:
  Pieces(const WordPiece& wordpiece, Number number)
      : wordpiece_(wordpiece), number_(std::move(number)), known_(static_cast<size_t>(wordpiece.vocab_.size()), -1) {}

  void append(std::string_view text, std::vector<int32_t>& ids) override {
    size_t at = ids.size();
    wordpiece_.append(text, ids, no_end, replaced_);
    for (; at < ids.size(); ++at) {
      int32_t& known = known_[static_cast<size_t>(ids[at])];
      if (known < 0) known = number_(wordpiece_.vocab_.token(ids[at]));
      ids[at] = known;
    }
  }

 private:
  const WordPiece& wordpiece_;
  Number number_;
  std::vector<int32_t> known_;
};

std::unique_ptr<Encoder> WordPiece::encoder(Number number) const {
  return std::make_unique<Pieces>(*this, std::move(number));
}

std::string WordPiece::fingerprint() const {
  return ContentHash()
      .add("wordpiece 1")
      .add(vocab_.fingerprint())
      .add_integer(options_.lower_case)
      .add_integer(options_.strip_accents)
      .add_integer(options_.longest_word)
      .add_integer(options_.specials == SpecialsInText::taken)
      .hex();
}

}  // namespace tenfold::text
