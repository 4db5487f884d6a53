#include "tenfold/train/activation_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "small.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

const std::string kColumn(32, 'a'), kOther(32, 'b');

std::vector<ItemId> ids(uint64_t first, uint64_t count) {
  std::vector<ItemId> all;
  for (uint64_t k = first; k < first + count; ++k) all.push_back(item_id("item " + std::to_string(k)));
  return all;
}

/// Row k is all k.
at::Tensor rows(int64_t first, int64_t count, int64_t width = 5) {
  return torch::arange(first, first + count, torch::kFloat).unsqueeze(1).expand({count, width}).contiguous();
}

class Store : public testing::Test {
 protected:
  ActivationStore store(int64_t max_mib = 64) {
    return ActivationStore({.folder = scratch_.path, .max_mib = max_mib, .told = [this](const std::string& text) {
                              told_.push_back(text);
                            }});
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& file : fs::directory_iterator(scratch_.path)) all.push_back(file.path());
    std::sort(all.begin(), all.end());
    return all;
  }
  small::Scratch scratch_;
  std::vector<std::string> told_;
};

TEST(ItemId, ReadsHashesAndHashesOtherText) {
  const auto id = item_id("0123456789abcdef00000000000000ff");
  EXPECT_EQ(id.high, 0x0123456789abcdefu);
  EXPECT_EQ(id.low, 0xffu);
  EXPECT_NE(item_id("0123456789abcdef00000000000000fg"), id);
  EXPECT_EQ(item_id("any text"), item_id("any text"));
  EXPECT_NE(item_id("any text"), item_id("any other text"));
}

TEST_F(Store, FindsWhatWasAddedByItemInAnyOrder) {
  EXPECT_TRUE(store().add(kColumn, ids(0, 6), rows(0, 6)));
  EXPECT_TRUE(store().add(kColumn, ids(6, 3), rows(6, 3)));
  auto again = store();
  auto wanted = ids(3, 5);
  std::swap(wanted[0], wanted[4]);
  wanted.push_back(item_id("item 4"));  // twice the same
  wanted.push_back(item_id("unknown"));
  EXPECT_EQ(again.count_missing(kColumn, wanted), 1);
  const auto table = again.find(kColumn, wanted);
  EXPECT_EQ(table.missing(), (std::vector<int64_t>{6}));
  EXPECT_TRUE(at::equal(table.gather({0, 1, 2, 3, 4, 5}).select(1, 0), torch::tensor({7.f, 4.f, 5.f, 6.f, 3.f, 4.f})));
  EXPECT_EQ(again.find(kOther, wanted).missing().size(), wanted.size()) << "another column";
  EXPECT_TRUE(told_.empty());
}

TEST_F(Store, KeepsBf16AndMaps) {
  const auto maps = torch::randn({4, 3, 2, 2}).to(torch::kBFloat16);
  store().add(kColumn, ids(0, 4), maps);
  const auto table = store().find(kColumn, ids(0, 4));
  EXPECT_TRUE(at::equal(table.gather({0, 1, 2, 3}), maps));
}

TEST_F(Store, SeesWhatIsAddedWhileItIsOpen) {
  auto one = store(), other = store();
  EXPECT_EQ(one.count_missing(kColumn, ids(0, 2)), 2);
  other.add(kColumn, ids(0, 2), rows(0, 2));
  EXPECT_EQ(one.count_missing(kColumn, ids(0, 2)), 0);
}

TEST_F(Store, OneWithoutFolderKeepsNothing) {
  ActivationStore none({});
  EXPECT_FALSE(none.keeps());
  EXPECT_FALSE(none.add(kColumn, ids(0, 2), rows(0, 2)));
  EXPECT_EQ(none.find(kColumn, ids(0, 2)).missing().size(), 2u);
}

TEST_F(Store, AFlippedBitAnywhereIsFoundAndTold) {
  store().add(kColumn, ids(0, 4), rows(0, 4));
  const auto file = files().at(0);
  const std::string whole = read_file(file);
  const size_t header = 8 + static_cast<size_t>(static_cast<uint8_t>(whole[0]) + 256 * static_cast<uint8_t>(whole[1]));
  ASSERT_EQ(whole.size() - header, 4u * (16 + 8 + 5 * 4));
  for (const size_t at : {header + 3, header + 70, header + 100, whole.size() - 1, size_t{9}}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    write_file(file, damaged);
    told_.clear();
    auto open = store();
    EXPECT_EQ(open.find(kColumn, ids(0, 4)).missing().size(), 4u) << at;
    ASSERT_EQ(told_.size(), 1u) << at;
    EXPECT_THAT(told_[0], testing::HasSubstr("damaged"));
    EXPECT_FALSE(fs::exists(file)) << at;
    open.add(kColumn, ids(0, 4), rows(0, 4));
    EXPECT_TRUE(open.find(kColumn, ids(0, 4)).missing().empty()) << at;
    EXPECT_EQ(read_file(file), whole) << "the same bytes again";
  }
}

TEST_F(Store, ATruncatedFileIsTold) {
  for (const size_t length : {0, 5, 60, 300}) {
    store().add(kColumn, ids(0, 40), rows(0, 40));
    const auto file = files().at(0);
    write_file(file, read_file(file).substr(0, length));
    told_.clear();
    EXPECT_EQ(store().find(kColumn, ids(0, 40)).missing().size(), 40u);
    EXPECT_EQ(told_.size(), 1u) << length;
    EXPECT_FALSE(fs::exists(file));
  }
}

TEST_F(Store, DamageOfRowsThatNobodyAsksForCostsNothing) {
  store().add(kColumn, ids(0, 4), rows(0, 4));
  const auto file = files().at(0);
  std::string text = read_file(file);
  text.back() = static_cast<char>(text.back() ^ 4);  // in row 3
  write_file(file, text);
  EXPECT_TRUE(store().find(kColumn, ids(0, 3)).missing().empty());
  EXPECT_TRUE(told_.empty());
}

TEST_F(Store, TheLongestUnusedMakesRoom) {
  constexpr int64_t kWide = 100000;  // 0.38 MiB a row
  for (uint64_t k = 0; k < 4; ++k) {
    store(2).add(std::string(32, static_cast<char>('0' + k)), ids(k, 1), rows(static_cast<int64_t>(k), 1, kWide));
    for (const auto& file : files())
      fs::last_write_time(file, fs::last_write_time(file) - hours(1));  // each an hour older than the next
  }
  ASSERT_EQ(files().size(), 4u);
  EXPECT_TRUE(store(2).find(std::string(32, '0'), ids(0, 1)).missing().empty());  // so 1 is the longest unused
  EXPECT_TRUE(store(2).add(kColumn, ids(7, 2), rows(7, 2, kWide)));
  EXPECT_TRUE(store(2).find(std::string(32, '0'), ids(0, 1)).missing().empty());
  EXPECT_EQ(store(2).count_missing(std::string(32, '1'), ids(1, 1)), 1);
  EXPECT_EQ(store(2).count_missing(std::string(32, '3'), ids(3, 1)), 0);
  uintmax_t sum = 0;
  for (const auto& file : files()) sum += fs::file_size(file);
  EXPECT_LE(sum, 2u << 20);
  EXPECT_TRUE(told_.empty());
}

TEST_F(Store, WhatIsInUseStaysAndNewRowsAreNotKept) {
  constexpr int64_t kWide = 100000;
  store(1).add(kColumn, ids(0, 2), rows(0, 2, kWide));
  {
    const RowTable used = store(1).find(kColumn, ids(0, 2));  // the store that read it is gone, the rows are not
    auto other = store(1);
    EXPECT_FALSE(other.add(kOther, ids(0, 1), rows(0, 1, kWide)));
    EXPECT_FALSE(other.add(kOther, ids(0, 1), rows(0, 1, kWide)));
    EXPECT_EQ(told_.size(), 1u) << "told once";
    EXPECT_THAT(told_.at(0), testing::HasSubstr("1 MiB are in use"));
    EXPECT_EQ(files().size(), 1u);
    EXPECT_EQ(used.gather({1})[0][0].item<float>(), 1);
  }
  EXPECT_TRUE(store(1).add(kOther, ids(0, 1), rows(0, 1, kWide))) << "no longer in use";
  EXPECT_EQ(files().size(), 1u);
  EXPECT_FALSE(store(1).add(kOther, ids(1, 3), rows(1, 3, kWide))) << "larger than the bound";
  EXPECT_EQ(files().size(), 1u) << "and nothing was removed for it";
}

TEST_F(Store, LeavesOtherFilesAloneButNotItsOwnLeftovers) {
  const auto notes = scratch_.path / "notes.txt", part = scratch_.path / ".features-x.safetensors.123-0.part",
             fresh = scratch_.path / ".features-y.safetensors.124-0.part";
  for (const auto& file : {notes, part, fresh}) write_file(file, std::string(2 << 20, 'x'));
  fs::last_write_time(part, fs::file_time_type::clock::now() - hours(5));
  EXPECT_TRUE(store(1).add(kColumn, ids(0, 1), rows(0, 1)));
  EXPECT_TRUE(fs::exists(notes));
  EXPECT_TRUE(fs::exists(fresh)) << "somebody may be writing it";
  EXPECT_FALSE(fs::exists(part));
}

/// What each process of the next test does, as a program of its own: OpenMP's threads do not survive a fork.
TEST(StoreProcess, DISABLED_AddsAndFinds) {
  const char* folder = std::getenv("TENFOLD_TEST_STORE");
  ASSERT_TRUE(folder);
  std::vector<std::string> told;
  for (uint64_t round = 0; round < 15; ++round) {
    // Tight: files come and go under everybody's hands.
    ActivationStore here(
        {.folder = folder, .max_mib = 1, .told = [&](const std::string& text) { told.push_back(text); }});
    const auto items = ids(10 * round, 10);
    auto table = here.find(kColumn, items);
    if (!table.missing().empty()) {
      here.add(kColumn, items, rows(static_cast<int64_t>(10 * round), 10, 8000));
      table = here.find(kColumn, items);
    }
    for (int64_t k = 0; k < 10; ++k)
      if (table.has(k)) EXPECT_EQ(table.gather({k})[0][7999].item<float>(), static_cast<float>(10 * round + k));
  }
  for (const auto& text : told) EXPECT_EQ(text.find("damaged"), std::string::npos) << text;
}

TEST_F(Store, ManyProcessesAddAndFindAtOnce) {
  setenv("TENFOLD_TEST_STORE", scratch_.path.c_str(), 1);
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    const pid_t process = fork();
    if (process == 0) {
      execl("/proc/self/exe", "train_test", "--gtest_also_run_disabled_tests",
            "--gtest_filter=StoreProcess.DISABLED_AddsAndFinds", "--gtest_brief=1", nullptr);
      _exit(127);
    }
    children.push_back(process);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  unsetenv("TENFOLD_TEST_STORE");
  uintmax_t sum = 0;
  for (const auto& file : files()) sum += fs::file_size(file);
  EXPECT_LE(sum, 4u << 20) << "each may add one while the others do";
}

TEST(ActivationStore, NamesTheFolderThatCannotBeMade) {
  const small::Scratch scratch;
  write_file(scratch.path / "file", "x");
  EXPECT_THROW(ActivationStore({.folder = scratch.path / "file" / "store"}), FileError);
}

}  // namespace
}  // namespace tenfold
