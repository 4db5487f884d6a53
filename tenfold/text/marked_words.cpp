#include "tenfold/text/marked_words.h"

#include <unordered_map>
#include <utility>

#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

class WordEncoder : public Encoder {
 public:
  explicit WordEncoder(Tokenizer::Number number) : number_(std::move(number)) {}
  void append(std::string_view text, std::vector<int32_t>& ids) override {
    for_marked_words(valid_utf8(text, scratch_, replaced_), [&](std::string_view token) {
      const auto known = numbers_.find(token);
      ids.push_back(known != numbers_.end() ? known->second
                                            : numbers_.emplace(std::string(token), number_(token)).first->second);
    });
  }

 private:
  Tokenizer::Number number_;
  std::unordered_map<std::string, int32_t, TextHash, std::equal_to<>> numbers_;
  std::string scratch_;
};

}  // namespace

void for_marked_words(std::string_view text, const std::function<void(std::string_view)>& take) {
  constexpr char32_t space_mark = 0x2581;
  std::string current;
  const auto finish = [&] {
    if (!current.empty()) take(current);
    current.clear();
  };
  bool spaced = true;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_character(text, at);
    if (c == space_mark || has(c, space)) {
      finish();
      spaced = true;
      continue;
    }
    const bool alone = !has(c, word | mark | other);
    if (alone) finish();
    if (std::exchange(spaced, false)) current += kSpaceMark;
    current += text.substr(start, at - start);
    if (alone) finish();
  }
  finish();
}

std::string without_marks(std::span<const std::string> tokens) {
  std::string text;
  for (const auto& token : tokens)
    for (size_t at = 0; at < token.size();) {
      if (std::string_view(token).substr(at).starts_with(kSpaceMark)) {
        if (!text.empty()) text += ' ';
        at += kSpaceMark.size();
      } else {
        text += token[at++];
      }
    }
  return text;
}

std::vector<std::string> MarkedWords::tokens(std::string_view text) const {
  std::vector<std::string> tokens;
  std::string scratch;
  int64_t replaced = 0;
  for_marked_words(valid_utf8(text, scratch, replaced), [&](std::string_view token) { tokens.emplace_back(token); });
  return tokens;
}

std::unique_ptr<Encoder> MarkedWords::encoder(Number number) const {
  return std::make_unique<WordEncoder>(std::move(number));
}

}  // namespace tenfold::text
