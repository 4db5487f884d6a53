#include "tenfold/core/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "folder.h"

namespace tenfold {
namespace {

template <class Work>
std::string problem(const Work& work) {
  try {
    work();
  } catch (const FileError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(AtomicFile, AppearsWholeOrNotAtAll) {
  const Folder folder;
  const auto path = folder / "model.bin";
  write_file(path, "first");
  {
    AtomicFile file(path);
    file.write("half of the sec");
    EXPECT_EQ(read_file(path), "first");
  }
  EXPECT_EQ(read_file(path), "first");
  EXPECT_EQ(folder.entries(), 1u);
  AtomicFile file(path);
  file.write("the ");
  file.write("second");
  file.commit();
  EXPECT_EQ(read_file(path), "the second");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, TwoAtOnceDoNotMix) {
  const Folder folder;
  const auto path = folder / "file";
  AtomicFile a(path), b(path);
  a.write("a");
  b.write("b");
  b.commit();
  a.commit();
  EXPECT_EQ(read_file(path), "a");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, KeepsBytesAsTheyAre) {
  const Folder folder;
  std::string bytes;
  for (int i = 0; i < 300000; ++i) bytes += static_cast<char>(i * 7);
  write_file(folder / "bytes", bytes);
  EXPECT_EQ(read_file(folder / "bytes"), bytes);
}

TEST(AtomicFile, SaysWhatToDo) {
  const Folder folder;
  EXPECT_EQ(problem([&] { write_file(folder / "no/such/file", ""); }),
            (folder / "no/such/file").string() + ": cannot be written: folder " + (folder / "no/such").string() +
                " does not exist; create it or correct the path");
  EXPECT_NE(problem([&] { write_file(folder.path(), ""); }).find("it is a folder; name a file"), std::string::npos);
  write_file(folder / "plain", "");
  EXPECT_NE(problem([&] { write_file(folder / "plain/file", ""); }).find("a part of the path is a file"),
            std::string::npos);
  EXPECT_NE(problem([&] { write_file(folder / std::string(300, 'n'), ""); }).find("shorten it"), std::string::npos);
}

TEST(AtomicFile, SaysThatAFolderIsReadOnly) {
  const Folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  const bool root = ::geteuid() == 0;  // who writes everywhere: try as nobody
  if (root) ASSERT_EQ(::seteuid(65534), 0);
  const std::string what = problem([&] { write_file(folder / "file", ""); });
  if (root) ASSERT_EQ(::seteuid(0), 0);
  EXPECT_EQ(what, (folder / "file").string() + ": cannot be written: no permission in " + folder.path().string() +
                      "; make it writable (chmod u+w) or choose another folder");
}

// A limit on the size of files stands in for a full disk: write fails in the middle.
TEST(AtomicFile, LeavesThePreviousFileWholeWhenThereIsNoRoom) {
  const Folder folder;
  const auto path = folder / "checkpoint";
  write_file(path, "previous");
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string what = problem([&] { write_file(path, std::string(1 << 20, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(what, path.string() +
                      ": cannot be written: it would be larger than the file system or `ulimit -f` allows; raise the "
                      "limit or choose another disk");
  EXPECT_EQ(read_file(path), "previous");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(FileError, NamesTheRemedy) {
  const Folder folder;
  const auto said = [&](const char* action, int reason) {
    return std::string(file_error(folder / "file", action, reason).what());
  };
  EXPECT_EQ(said("written", ENOSPC),
            (folder / "file").string() +
                ": cannot be written: the disk is full; free some space or choose a folder on another disk");
  EXPECT_NE(said("written", EROFS).find("read-only; choose a folder on another one"), std::string::npos);
  EXPECT_NE(said("written", EACCES).find("no permission in " + folder.path().string()), std::string::npos);
  EXPECT_NE(said("read", EACCES).find("make it readable"), std::string::npos);
  EXPECT_NE(said("read", ENOENT).find("no such file in " + folder.path().string()), std::string::npos);
}

TEST(ReadFile, SaysWhatIsMissing) {
  const Folder folder;
  EXPECT_NE(problem([&] { read_file(folder / "missing"); }).find("missing: cannot be read: no such file"),
            std::string::npos);
  EXPECT_NE(problem([&] { read_file(folder.path()); }).find("it is a folder"), std::string::npos);
}

TEST(MappedFile, ShowsTheBytes) {
  const Folder folder;
  write_file(folder / "file", "mapped");
  write_file(folder / "empty", "");
  const MappedFile file(folder / "file");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()), "mapped");
  EXPECT_EQ(file.path(), folder / "file");
  EXPECT_TRUE(MappedFile(folder / "empty").bytes().empty());
  EXPECT_NE(problem([&] { MappedFile missing(folder / "missing"); }).find("no such file"), std::string::npos);
  EXPECT_NE(problem([&] { MappedFile of_folder(folder.path()); }).find("it is a folder"), std::string::npos);
}

}  // namespace
}  // namespace tenfold
