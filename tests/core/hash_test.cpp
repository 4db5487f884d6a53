#include "tenfold/core/hash.h"

#include <gtest/gtest.h>

#include <string>

#include "folder.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"

namespace tenfold {
namespace {

std::string sha256_of(const std::string& text) { return sha256(std::as_bytes(std::span(text.data(), text.size()))); }

// FIPS 180-4's examples, and the one of a million letters.
TEST(Sha256, GivesThePublishedAnswers) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const Folder folder;
  const std::string text(3 << 20, 'x');  // several pieces
  write_file(folder / "file", text);
  EXPECT_EQ(sha256_of_file(folder / "file"), sha256_of(text));
}

// XXH3's 128-bit hash of nothing, from its specification.
TEST(ContentHash, IsXxh3) {
  const Folder folder;
  write_file(folder / "empty", "");
  EXPECT_EQ(content_hash(folder / "empty"), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(ContentHash().hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(ContentHash, KnowsWhereOnePartEnds) {
  EXPECT_EQ(ContentHash().add("ab").add("c").hex(), ContentHash().add("ab").add("c").hex());
  EXPECT_NE(ContentHash().add("ab").add("c").hex(), ContentHash().add("a").add("bc").hex());
  EXPECT_NE(ContentHash().add("").hex(), ContentHash().hex());
  EXPECT_NE(ContentHash().add_number(1).hex(), ContentHash().add_integer(1).hex());
  EXPECT_EQ(ContentHash().add("ab").hex().size(), 32u);
}

TEST(ContentHash, ChangesWithOneBitOfALargeFile) {
  const Folder folder;
  std::string text(3 << 20, 'x');
  write_file(folder / "a", text);
  text[2 << 20] ^= 1;
  write_file(folder / "b", text);
  EXPECT_NE(content_hash(folder / "a"), content_hash(folder / "b"));
  EXPECT_THROW(content_hash(folder / "missing"), FileError);
}

}  // namespace
}  // namespace tenfold
