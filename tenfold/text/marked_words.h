#pragma once
// Words and punctuation with a mark where a space stood before them, so that tokens can be put back together into text:
// "Hello, world!" is ▁Hello , ▁world !. The mark is SentencePiece's (Kudo & Richardson 2018, arXiv 1808.06226).

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/tokenizer.h"

namespace tenfold::text {

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581

/// Calls `take` for each marked word of valid UTF-8, in order: runs of white space count as one space and none at the
/// ends; a character that is no letter, number, accent or control (unicode.h) is a word by itself. The mark in the text
/// itself counts as a space.
void for_marked_words(std::string_view text, const std::function<void(std::string_view)>& take);

/// The text that marked words, or pieces of them, stand for: marks become spaces, but for one at the front.
std::string without_marks(std::span<const std::string> tokens);

/// One token a marked word: a vocabulary of whole words, as the fast.ai course of 2018 has it.
class MarkedWords : public Tokenizer {
 public:
  std::vector<std::string> tokens(std::string_view text) const override;
  using Tokenizer::encoder;
  std::unique_ptr<Encoder> encoder(Number number) const override;
  std::string fingerprint() const override { return "marked words 1"; }
};

}  // namespace tenfold::text
