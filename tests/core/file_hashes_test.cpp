#include "tenfold/core/file_hashes.h"

#include <gtest/gtest.h>

#include "folder.h"
#include "tenfold/core/file.h"
#include "tenfold/core/file_lock.h"
#include "tenfold/core/hash.h"

namespace tenfold {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST(FileHashes, AreThoseOfTheContentAndRemembered) {
  const Folder folder;
  std::vector<std::string> paths;
  for (int k = 0; k < 20; ++k) {
    paths.push_back((folder / ("file" + std::to_string(k))).string());
    write_file(paths.back(), "content " + std::to_string(k));
  }
  FileHashes first(folder / "memo", 0ns);
  const auto hashes = first.of(paths, 4);
  for (size_t k = 0; k < paths.size(); ++k) EXPECT_EQ(hashes[k], content_hash(paths[k]));
  EXPECT_EQ(first.read(), 20);
  EXPECT_EQ(first.of(paths, 1), hashes);
  EXPECT_EQ(first.read(), 20) << "remembered within the process";
  first.save();

  fs::rename(paths[3], folder / "elsewhere");
  paths[3] = (folder / "elsewhere").string();
  write_file(paths[5], "other content");
  FileHashes second(folder / "memo", 0ns);
  const auto again = second.of(paths, 2);
  EXPECT_EQ(again[5], content_hash(paths[5]));
  EXPECT_NE(again[5], hashes[5]);
  EXPECT_EQ(again[3], hashes[3]);
  EXPECT_LE(second.read(), 2) << "the changed one, and the renamed one where that touches ctime";
}

TEST(FileHashes, DoNotTrustWhatChangedJustNow) {
  const Folder folder;
  const std::string path = (folder / "file").string();
  write_file(path, "one");
  {
    FileHashes hashes(folder / "memo", 1h);
    hashes.of({path}, 1);
    hashes.save();
  }
  EXPECT_FALSE(fs::exists(folder / "memo")) << "nothing to remember";
  FileHashes hashes(folder / "memo", 1h);
  hashes.of({path}, 1);
  hashes.of({path}, 1);
  EXPECT_EQ(hashes.read(), 2);
}

TEST(FileHashes, AnUnreadableFileHasNone) {
  const Folder folder;
  FileHashes hashes("");
  EXPECT_EQ(hashes.of({(folder / "missing").string(), folder.path().string()}, 1), std::vector<std::string>({"", ""}));
}

TEST(FileHashes, ADamagedMemoIsBegunAnew) {
  const Folder folder;
  const std::string path = (folder / "file").string(), memo = (folder / "memo").string();
  write_file(path, "one");
  FileHashes(memo, 0ns).save();  // nothing to write
  const auto hash = [&] {
    FileHashes hashes(memo, 0ns);
    const auto found = hashes.of({path}, 1)[0];
    EXPECT_EQ(hashes.read(), 1);
    hashes.save();
    return found;
  };
  const auto expected = hash();
  std::string text = read_file(memo);
  text[20] ^= 1;  // in the hash
  write_file(memo, text);
  EXPECT_EQ(hash(), expected);
  write_file(memo, text.substr(0, 17));
  EXPECT_EQ(hash(), expected);
}

TEST(FileLock, WhatIsHeldIsNotRemoved) {
  const Folder folder;
  const auto path = folder / "file";
  write_file(path, "x");
  {
    const SharedLock one(path), two(path);
    EXPECT_TRUE(one.held() && two.held());
    EXPECT_FALSE(remove_unused(path));
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_TRUE(remove_unused(path));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(remove_unused(path)) << "gone already";
  EXPECT_FALSE(SharedLock(path).held());
}

}  // namespace
}  // namespace tenfold
