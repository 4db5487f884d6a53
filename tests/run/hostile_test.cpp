// A disk that fills up during a checkpoint, and run folders that cannot be written: a clear error, nothing lost.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

#include "scene.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/run/run.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

std::string weights_of(const std::filesystem::path& run) {
  return nn::hash_of(nn::read_tensors(run / "model.safetensors").tensors);
}

/// What run() says, where it fails on a file.
std::string problem(const Recipe& recipe, const RunOptions& options, const Watch& watch) {
  try {
    run(recipe, options, watch);
  } catch (const FileError& error) {
    return error.what();
  }
  return "done";
}

/// A small disk of its own, in memory; not there without the right to mount.
struct Disk {
  Disk(const std::filesystem::path& folder, unsigned long flags, const char* size) : path(folder) {
    std::filesystem::create_directories(path);
    mounted = ::mount("tenfold-test", path.c_str(), "tmpfs", flags, size) == 0;
  }
  ~Disk() {
    if (mounted) ::umount(path.c_str());
  }
  std::filesystem::path path;
  bool mounted = false;
};

class Hostile : public testing::Test {
 protected:
  void SetUp() override {
    make_stripes(scratch_.path / "data", 40, 32, 1);
    recipe_ = stripes_recipe(scratch_.path / "data");
  }
  RunOptions options(const std::filesystem::path& folder) const {
    return {.folder = folder, .checkpoint_steps = 3, .cache = scratch_.path / "cache"};
  }
  Scratch scratch_;
  Recipe recipe_;
};

TEST_F(Hostile, AFileLimitDuringACheckpointLosesNothing) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto folder = scratch_.path / "limited";
  std::string kept;
  Watch watch;
  watch.step = [&](const StepRow& row, int64_t, int64_t) {
    if (row.step != 7) return;
    kept = content_hash(folder / "checkpoint.safetensors");
    const rlimit small{1 << 20, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  };
  const auto said = problem(recipe_, options(folder), watch);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(said, HasSubstr((folder / "checkpoint.safetensors").string() +
                              ": cannot be written: it would be larger than the file system or `ulimit -f` allows; "
                              "raise the limit or choose another disk"));
  EXPECT_EQ(content_hash(folder / "checkpoint.safetensors"), kept);
  EXPECT_EQ(resume(options(folder), {}).outcome, Outcome::done);
  ASSERT_EQ(problem(recipe_, options(scratch_.path / "straight"), {}), "done");
  EXPECT_EQ(weights_of(folder), weights_of(scratch_.path / "straight"));
}

TEST_F(Hostile, AFullDiskDuringACheckpointLosesNothing) {
  const Disk disk(scratch_.path / "disk", 0, "size=64m");
  if (!disk.mounted) GTEST_SKIP() << "needs the right to mount a small disk";
  const auto folder = disk.path / "run";
  std::string kept;
  Watch watch;
  watch.step = [&](const StepRow& row, int64_t, int64_t) {
    if (row.step != 7) return;
    kept = content_hash(folder / "checkpoint.safetensors");
    std::ofstream filler(disk.path / "filler", std::ios::binary);
    const std::string block(1 << 20, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
    filler.close();
    std::filesystem::resize_file(disk.path / "filler",
                                 std::filesystem::file_size(disk.path / "filler") - (1 << 20));  // the log still fits
  };
  EXPECT_THAT(problem(recipe_, options(folder), watch),
              HasSubstr((folder / "checkpoint.safetensors").string() +
                        ": cannot be written: the disk is full; free some space or choose a folder on another disk"));
  EXPECT_EQ(content_hash(folder / "checkpoint.safetensors"), kept);
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr(".part")));
  std::filesystem::remove(disk.path / "filler");
  EXPECT_EQ(resume(options(folder), {}).outcome, Outcome::done);
  ASSERT_EQ(problem(recipe_, options(scratch_.path / "straight"), {}), "done");
  EXPECT_EQ(weights_of(folder), weights_of(scratch_.path / "straight"));
}

TEST_F(Hostile, AReadOnlyRunFolderIsNamedBeforeTraining) {
  const Disk disk(scratch_.path / "disk", MS_RDONLY, "");
  if (!disk.mounted) {
    if (::geteuid() == 0) GTEST_SKIP() << "root writes anywhere, and mounting is not allowed here";
    std::filesystem::permissions(disk.path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  }
  Watch watch;
  watch.step = [](const StepRow&, int64_t, int64_t) { FAIL() << "trained before it could write"; };
  const auto said = problem(recipe_, options(disk.path / "run"), watch);
  EXPECT_THAT(said, HasSubstr((disk.path / "run").string()));
  EXPECT_THAT(said, HasSubstr("cannot be made: "));
  EXPECT_THAT(said, HasSubstr("choose another folder with --out"));
}

TEST_F(Hostile, ARunFolderBelowAFileIsNamed) {
  write_file(scratch_.path / "file", "not a folder");
  EXPECT_THAT(problem(recipe_, options(scratch_.path / "file" / "run"), {}),
              HasSubstr("cannot be made: Not a directory; choose another folder with --out"));
}

}  // namespace
}  // namespace tenfold
