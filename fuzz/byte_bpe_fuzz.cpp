// Any bytes as a text for byte-level BPE. Beside not crashing: its tokens give the repaired text again, do not depend on
// what an encoder saw before, and are the same of the text and of what was repaired. The first byte chooses the options.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "tenfold/text/byte_bpe.h"
#include "tenfold/text/byte_words.h"
#include "tenfold/text/utf8.h"

namespace {

using namespace tenfold::text;

void require(bool holds) {
  if (!holds) std::abort();
}

/// All bytes and a few merges, some of bytes that are parts of characters.
ByteBpe small(bool space_before) {
  std::vector<std::string> tokens = {"<s>", "<pad>", "</s>", "<unk>"};
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool shown = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    append_character(shown ? byte : next++, tokens.emplace_back());
  }
  std::vector<ByteBpe::Merge> merges;
  const auto merge = [&](const std::string& left, const std::string& right) {
    merges.emplace_back(left, right);
    tokens.push_back(left + right);
  };
  merge("a", "a");
  merge("aa", "aa");
  merge("a", "b");
  merge("\u0120", "a");
  merge("\u0120", "\u0120");
  merge("\u00C3", "\u00A9");
  merge("'", "s");
  merge("b", "aa");
  tokens.emplace_back("<mask>");
  ByteBpeOptions options;
  options.space_before = space_before;
  return {Vocab(std::move(tokens), 3), std::move(merges), options, "fuzz"};
}

/// Without the white space that goes with a mask, and the space that a part without one begins with.
bool is_plain(std::string_view text) {
  for (const std::string_view name : {"<s>", "<pad>", "</s>", "<unk>", "<mask>"})
    if (text.find(name) != text.npos) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const ByteBpe plain = small(false), spaced = small(true);
  static const auto seen = plain.encoder(plain.vocabulary());
  if (size == 0) return 0;
  const ByteBpe& bpe = (data[0] & 1) == 0 ? plain : spaced;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  std::string scratch, joined;
  int64_t replaced = 0;
  const std::string valid(valid_utf8(text, scratch, replaced));
  for_byte_words(valid, [&](std::string_view word) {
    require(!word.empty());
    joined.append(word);
  });
  require(joined == valid);

  const auto ids = bpe.ids(text, bpe.vocabulary());
  require(ids == bpe.ids(valid, bpe.vocabulary()));
  if (is_plain(valid)) {
    const bool before = &bpe == &spaced && !valid.empty() && !valid.starts_with(' ');
    require(bpe.decode(ids) == (before ? " " : "") + valid);
  }
  if (&bpe == &plain) {
    std::vector<int32_t> again;
    seen->append(text, again);
    require(again == ids);
  }
  const auto cut = bpe.ids(text, 16);
  require(cut.size() >= 2 && cut.size() <= 16 && cut.front() == bpe.begin_id() && cut.back() == bpe.end_id());
  require(std::equal(cut.begin() + 1, cut.end() - 1, ids.begin()));
  return 0;
}
