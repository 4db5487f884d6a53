#include "tenfold/text/byte_bpe.h"

#include <algorithm>
#include <unordered_map>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/text/byte_words.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

/// The characters that stand for bytes: printable ones for themselves, the others in order from U+0100 on.
const std::array<char32_t, 256>& characters_of_bytes() {
  static const auto table = [] {
    std::array<char32_t, 256> characters{};
    char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte) {
      const bool shown = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      characters[byte] = shown ? byte : next++;
    }
    return characters;
  }();
  return table;
}

int32_t needed(const Vocab& vocab, const std::string& source, const std::string& token) {
  if (vocab.contains(token)) return vocab.id(token);
  throw DataError(source, 0,
                  "has no token '" + token +
                      "', which a byte-level vocabulary needs; take the files that came with the "
                      "weights");
}

/// Calls plain(view) and special(name) for what a text holds, in order. Of specials that begin at one place the longest
/// counts.
template <class Plain, class Special>
void for_parts(std::string_view text, const std::vector<std::string>& specials, const std::string& mask,
               const Plain& plain, const Special& special) {
  std::array<bool, 256> begins{};
  for (const auto& name : specials) begins[static_cast<unsigned char>(name[0])] = true;
  size_t from = 0;
  for (size_t at = 0; at < text.size();) {
    const std::string* found = nullptr;
    if (begins[static_cast<unsigned char>(text[at])])
      for (const auto& name : specials)
        if (text.substr(at).starts_with(name) && (found == nullptr || name.size() > found->size())) found = &name;
    if (found == nullptr) {
      ++at;
      continue;
    }
    size_t end = at;
    while (*found == mask && end > from) {
      size_t before = end;
      if (byte_class(previous_character(text, before)) != ByteClass::white) break;
      end = before;
    }
    if (end > from) plain(text.substr(from, end - from));
    special(*found);
    from = at += found->size();
  }
  if (from < text.size()) plain(text.substr(from));
}

}  // namespace

ByteBpe::ByteBpe(Vocab vocabulary, std::vector<Merge> merges, ByteBpeOptions options, const std::string& source)
    : vocab_(std::move(vocabulary)), merges_(std::move(merges)), options_(std::move(options)) {
  for (size_t byte = 0; byte < bytes_.size(); ++byte) {
    std::string token;
    append_character(characters_of_bytes()[byte], token);
    bytes_[byte] = needed(vocab_, source, token);
  }
  for (const auto& [left, right] : merges_)
    ranks_.add(needed(vocab_, source, left), needed(vocab_, source, right), needed(vocab_, source, left + right));
  for (const auto& name : {options_.begin, options_.end, options_.pad}) needed(vocab_, source, name);
  for (const auto& name : {options_.begin, options_.end, options_.pad, options_.mask, std::string("<unk>")})
    if (!name.empty() && vocab_.contains(name) &&
        std::find(specials_.begin(), specials_.end(), name) == specials_.end())
      specials_.push_back(name);
}

void ByteBpe::cut(std::string_view word, std::vector<int32_t>& ids) const {
  std::vector<BpePiece> pieces;
  pieces.reserve(word.size());
  for (const char byte : word) pieces.push_back({bytes_[static_cast<unsigned char>(byte)], 1});
  ranks_.merge(pieces);
  for (const BpePiece& piece : pieces) ids.push_back(piece.symbol);
}

class ByteBpe::Pieces : public Encoder {
 public:
  Pieces(const ByteBpe& bpe, Number number)
      : bpe_(bpe), number_(std::move(number)), known_(static_cast<size_t>(bpe.vocab_.size()), -1) {}

  void append(std::string_view text, std::vector<int32_t>& ids) override {
    for_parts(
        valid_utf8(text, scratch_, replaced_), bpe_.specials_, bpe_.options_.mask,
        [&](std::string_view plain) { append_plain(plain, ids); },
        [&](const std::string& special) { ids.push_back(number_(special)); });
  }

 private:
  static constexpr size_t most_words = 1 << 16, longest_word = 64;  // remembered: bounds the memory, not the result

  void append_plain(std::string_view text, std::vector<int32_t>& ids) {
    if (bpe_.options_.space_before && !text.starts_with(' ')) {
      spaced_.assign(" ").append(text);
      text = spaced_;
    }
    for_byte_words(text, [&](std::string_view word) { append_word(word, ids); });
  }

  void append_word(std::string_view word, std::vector<int32_t>& ids) {
    if (const auto found = words_.find(word); found != words_.end()) {
      ids.insert(ids.end(), found->second.begin(), found->second.end());
      return;
    }
    std::vector<int32_t> own;
    bpe_.cut(word, own);
    for (int32_t& id : own) {
      int32_t& known = known_[static_cast<size_t>(id)];
      if (known < 0) known = number_(bpe_.vocab_.token(id));
      id = known;
    }
    ids.insert(ids.end(), own.begin(), own.end());
    if (word.size() > longest_word) return;
    if (words_.size() == most_words) words_.clear();
    words_.emplace(word, std::move(own));
  }

  const ByteBpe& bpe_;
  Number number_;
  std::vector<int32_t> known_;
  std::unordered_map<std::string, std::vector<int32_t>, TextHash, std::equal_to<>> words_;
  std::string scratch_, spaced_;
};

std::unique_ptr<Encoder> ByteBpe::encoder(Number number) const {
  return std::make_unique<Pieces>(*this, std::move(number));
}

std::vector<int32_t> ByteBpe::ids(std::string_view text, int64_t max_length) const {
  if (max_length < 2)
    throw ConfigError("max_length", "is " + std::to_string(max_length) + "; " + options_.begin + " and " +
                                        options_.end + " alone need 2");
  std::vector<int32_t> ids = {begin_id()};
  encoder(vocab_)->append(text, ids);
  ids.resize(std::min(ids.size(), static_cast<size_t>(max_length) - 1));
  ids.push_back(end_id());
  return ids;
}

std::vector<std::string> ByteBpe::tokens(std::string_view text) const {
  std::vector<std::string> tokens;
  for (const int32_t id : ids(text, vocab_)) tokens.push_back(vocab_.token(id));
  return tokens;
}

std::string ByteBpe::bytes_of(std::string_view token) {
  static const auto bytes = [] {
    std::unordered_map<char32_t, char> table;
    for (size_t byte = 0; byte < 256; ++byte) table[characters_of_bytes()[byte]] = static_cast<char>(byte);
    return table;
  }();
  std::string text;
  for (size_t at = 0; at < token.size();) {
    const size_t from = at;
    const auto byte = bytes.find(next_character(token, at));
    byte == bytes.end() ? text.append(token.substr(from, at - from)) : text.append(1, byte->second);
  }
  return text;
}

std::string ByteBpe::decode(std::span<const int32_t> ids) const {
  std::string text;
  for (const int32_t id : ids) {
    if (id < 0 || id >= vocab_.size())
      throw Error("id " + std::to_string(id) + " is none of the vocabulary, which has " +
                  std::to_string(vocab_.size()));
    const std::string& token = vocab_.token(id);
    const bool special = std::find(specials_.begin(), specials_.end(), token) != specials_.end();
    text.append(special ? token : bytes_of(token));
  }
  return text;
}

std::string ByteBpe::fingerprint() const {
  ContentHash hash;
  hash.add("byte bpe 1").add(vocab_.fingerprint()).add_integer(options_.space_before);
  for (const auto& name : {options_.begin, options_.end, options_.pad, options_.mask}) hash.add(name);
  for (const auto& [left, right] : merges_) hash.add(left).add(right);
  return hash.hex();
}

}  // namespace tenfold::text
