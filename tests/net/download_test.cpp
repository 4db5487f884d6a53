// Downloads from a server on loopback that drops, stalls, lies and recovers as each test wants.

#include "tenfold/net/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <filesystem>

#include "server.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"

namespace tenfold::net {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Outcome = Downloaded::Outcome;

const Patience kSoon{.tries = 3, .wait = 0.01, .connect_seconds = 5, .stall_seconds = 1};

std::string sum_of(const std::string& text) { return sha256(std::as_bytes(std::span(text.data(), text.size()))); }

std::string some_bytes(size_t count, uint32_t seed = 1) {
  std::string bytes;
  for (size_t k = 0; k < count; ++k) bytes += static_cast<char>((seed = seed * 1664525u + 1013904223u) >> 24);
  return bytes;
}

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() {
    auto pattern = (fs::temp_directory_path() / "tenfold-net-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    file_ = folder_ / "models/net-12345678.pth";
  }
  ~DownloadTest() override { fs::remove_all(folder_); }

  fs::path part() const { return file_.string() + ".part"; }
  /// Names in the folder, so that leftovers are seen.
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(file_.parent_path())) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  /// An earlier call's part.
  void begin_with(const std::string& bytes, const std::string& etag = "") const {
    fs::create_directories(file_.parent_path());
    write_file(part(), bytes);
    if (!etag.empty()) write_file(part().string() + ".etag", etag);
  }
  template <class Kind>
  std::string problem(const Download& download) const {
    try {
      fetch(download, {}, kSoon);
    } catch (const Kind& error) {
      return error.what();
    }
    return "no such error";
  }

  fs::path folder_, file_;
  const std::string content_ = some_bytes(300000);
  const std::string sum_ = sum_of(content_);
};

TEST_F(DownloadTest, BringsTheFileAndNothingElse) {
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_, "\"v1\""); });
  int64_t done = 0, all = 0;
  const auto result = fetch({server.url("/net.pth"), file_, sum_.substr(0, 8)}, {.progress = [&](int64_t d, int64_t a) {
                              EXPECT_GT(d, done);
                              done = d, all = a;
                            }});
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(result.sha256, sum_);
  EXPECT_EQ(result.bytes, 300000);
  EXPECT_TRUE(result.checked);
  EXPECT_EQ(read_file(file_), content_);
  EXPECT_EQ(done, 300000);
  EXPECT_EQ(all, 300000);
  EXPECT_THAT(left(), ElementsAre("net-12345678.pth"));
}

TEST_F(DownloadTest, LeavesAFileThatIsThereAndAsksNobody) {
  fs::create_directories(file_.parent_path());
  write_file(file_, content_);
  const auto result = fetch({"http://127.0.0.1:1/net.pth", file_, sum_});
  EXPECT_EQ(result.outcome, Outcome::there_already);
  EXPECT_EQ(result.sha256, sum_);
}

TEST_F(DownloadTest, ReplacesAFileWithAnotherSum) {
  fs::create_directories(file_.parent_path());
  write_file(file_, "half a download of some other program");
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_); });
  EXPECT_EQ(fetch({server.url("/"), file_, sum_}).outcome, Outcome::fetched);
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, GoesOnWhereTheConnectionBroke) {
  Server server([&](const Connection& to, const Asked& asked, size_t number) {
    const size_t start = from(asked, "\"v1\"");
    head_of(to, content_, "\"v1\"", start);
    to.send(content_.substr(start, number < 2 ? 100000 : std::string::npos));  // then hangs up
  });
  std::vector<std::string> said;
  const auto result =
      fetch({server.url("/"), file_, sum_}, {.message = [&](const std::string& line) { said.push_back(line); }}, kSoon);
  EXPECT_EQ(result.outcome, Outcome::fetched);
  EXPECT_EQ(read_file(file_), content_);
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].headers.count("range"), 0u);
  EXPECT_EQ(asked[1].headers.at("range"), "bytes=100000-");
  EXPECT_EQ(asked[1].headers.at("if-range"), "\"v1\"");
  EXPECT_EQ(asked[2].headers.at("range"), "bytes=200000-");
  ASSERT_EQ(said.size(), 2u);
  EXPECT_THAT(said[0], HasSubstr("trying again in 0.01 s"));
}

TEST_F(DownloadTest, GoesOnFromAnEarlierCall) {
  begin_with(content_.substr(0, 250000), "\"v1\"");
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_, "\"v1\""); });
  fetch({server.url("/"), file_}, {}, kSoon);  // no sum known: the ETag tells that both halves belong together
  EXPECT_EQ(read_file(file_), content_);
  EXPECT_EQ(server.asked().at(0).headers.at("range"), "bytes=250000-");
  EXPECT_THAT(left(), ElementsAre("net-12345678.pth"));
}

TEST_F(DownloadTest, StartsOverWhereTheContentHasChanged) {
  begin_with(some_bytes(250000, 7), "\"v0\"");
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_, "\"v1\""); });
  fetch({server.url("/"), file_}, {}, kSoon);
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, StartsOverWhereNothingTellsWhatThePartBelongsTo) {
  begin_with(some_bytes(250000, 7));
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_); });
  EXPECT_FALSE(fetch({server.url("/"), file_}, {}, kSoon).checked);
  EXPECT_EQ(read_file(file_), content_);
  EXPECT_EQ(server.asked().at(0).headers.count("range"), 0u);
}

TEST_F(DownloadTest, TakesTheWholeFromAServerWithoutRanges) {
  begin_with(content_.substr(0, 250000));
  Server server([&](const Connection& to, const Asked&, size_t) { to.answer("200 OK", content_); });
  fetch({server.url("/"), file_, sum_}, {}, kSoon);
  EXPECT_EQ(read_file(file_), content_);
  EXPECT_EQ(server.asked().size(), 1u);
}

TEST_F(DownloadTest, EndsAPartThatIsWhole) {
  begin_with(content_);  // killed before it was renamed
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_); });
  EXPECT_EQ(fetch({server.url("/"), file_, sum_}, {}, kSoon).outcome, Outcome::fetched);
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, StartsOverFromAPartThatIsTooLong) {
  begin_with(content_ + "and more");
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_); });
  EXPECT_EQ(fetch({server.url("/"), file_, sum_}, {}, kSoon).outcome, Outcome::fetched);
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, RemovesWhatHasAWrongSum) {
  const std::string other = some_bytes(1000, 9);
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, other); });
  EXPECT_THAT(problem<DataError>({server.url("/net.pth"), file_, "0123abcd"}),
              AllOf(HasSubstr(sum_of(other)), HasSubstr("begins with 0123abcd"), HasSubstr("run again")));
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(DownloadTest, ComparesWithTheSumThatTheServerNames) {
  Server server([&](const Connection& to, const Asked& asked, size_t) {
    if (asked.path == "/hub")
      to.answer("302 Found", "", "Location: /store\r\nX-Linked-ETag: \"" + sum_ + "\"\r\n");
    else
      serve(to, asked, content_.substr(0, 1000) + "altered" + content_.substr(1007), "\"another-tag\"");
  });
  EXPECT_THAT(problem<DataError>({server.url("/hub"), file_}), HasSubstr("the published one is " + sum_));
}

TEST_F(DownloadTest, FollowsRedirects) {
  Server server([&](const Connection& to, const Asked& asked, size_t) {
    if (asked.path == "/here")
      to.answer("301 Moved Permanently", "moved", "Location: /there\r\n");
    else
      serve(to, asked, content_);
  });
  fetch({server.url("/here"), file_, sum_});
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, DoesNotGoRoundInCircles) {
  Server server([&](const Connection& to, const Asked&, size_t) { to.answer("302 Found", "", "Location: /\r\n"); });
  EXPECT_THAT(problem<DownloadError>({server.url("/"), file_}), HasSubstr("redirects"));
}

TEST_F(DownloadTest, TriesAgainWhereTheServerIsBusy) {
  Server server([&](const Connection& to, const Asked& asked, size_t number) {
    if (number == 0)
      to.answer("503 Service Unavailable", "<html>busy</html>");
    else if (number == 1)
      to.answer("429 Too Many Requests", "slower", "Retry-After: 0\r\n");
    else
      serve(to, asked, content_);
  });
  EXPECT_EQ(fetch({server.url("/"), file_, sum_}, {}, kSoon).outcome, Outcome::fetched);
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, GivesUpOnAServerThatStaysBusyAndSaysWhatIsKept) {
  begin_with(content_.substr(0, 260000));
  Server server([&](const Connection& to, const Asked&, size_t) { to.answer("503 Service Unavailable"); });
  EXPECT_THAT(problem<DownloadError>({server.url("/net.pth"), file_, sum_}),
              AllOf(HasSubstr("failed 3 times in a row (last: HTTP 503)"),
                    HasSubstr("The 0.3 MB that came are kept in " + part().string()),
                    HasSubstr("running again goes on from there"), HasSubstr("put it at " + file_.string())));
  EXPECT_EQ(server.asked().size(), 3u);
  EXPECT_EQ(read_file(part()), content_.substr(0, 260000));
}

TEST_F(DownloadTest, SaysAtOnceThatTheServerHasNoSuchFile) {
  Server server([&](const Connection& to, const Asked&, size_t) { to.answer("404 Not Found", "<html>no</html>"); });
  EXPECT_THAT(problem<DownloadError>({server.url("/net.pth"), file_, sum_}),
              AllOf(HasSubstr(server.url("/net.pth")), HasSubstr("HTTP 404"), HasSubstr("no such file"),
                    HasSubstr("Nothing of it is on disk")));
  EXPECT_EQ(server.asked().size(), 1u);
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(DownloadTest, SaysAtOnceThatItIsOffline) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  EXPECT_THAT(problem<DownloadError>({"http://127.0.0.1:1/net.pth", file_, sum_}),
              AllOf(HasSubstr("127.0.0.1:1 cannot be reached"), HasSubstr("may be offline"), HasSubstr("https_proxy"),
                    HasSubstr("put it at " + file_.string())));
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(DownloadTest, TakesNoOtherProtocol) {
  write_file(folder_ / "secret", "x");
  EXPECT_THAT(problem<DownloadError>({"file://" + (folder_ / "secret").string(), file_}), HasSubstr("Protocol"));
}

TEST_F(DownloadTest, GivesUpAConnectionThatStalls) {
  Server server([&](const Connection& to, const Asked& asked, size_t number) {
    const size_t start = from(asked, "");
    head_of(to, content_, "", start);
    to.send(content_.substr(start, number == 0 ? 100000 : std::string::npos));
    if (number == 0) to.wait_for_the_client_to_go();
  });
  EXPECT_EQ(fetch({server.url("/"), file_, sum_}, {}, kSoon).outcome, Outcome::fetched);
  EXPECT_EQ(read_file(file_), content_);
  EXPECT_EQ(server.asked().size(), 2u);
}

TEST_F(DownloadTest, StopsWhereItIsInterruptedAndGoesOnLater) {
  Server server([&](const Connection& to, const Asked& asked, size_t number) {
    const size_t start = from(asked, "");
    head_of(to, content_, "", start);
    to.send(content_.substr(start, number == 0 ? 100000 : std::string::npos));
    if (number == 0) to.wait_for_the_client_to_go();
  });
  int64_t came = 0;
  const DownloadWatch watch{.progress = [&](int64_t done, int64_t) { came = done; },
                            .interrupted = [&] { return came == 100000; }};
  const auto stopped = fetch({server.url("/"), file_, sum_}, watch);
  EXPECT_EQ(stopped.outcome, Outcome::interrupted);
  EXPECT_EQ(stopped.bytes, 100000);
  EXPECT_EQ(read_file(part()), content_.substr(0, 100000));
  EXPECT_EQ(fetch({server.url("/"), file_, sum_}).outcome, Outcome::fetched);
  EXPECT_EQ(server.asked().at(1).headers.at("range"), "bytes=100000-");
}

TEST_F(DownloadTest, TwoAtOnceAreOneDownload) {
  std::atomic<bool> second_waits{false};
  Server server([&](const Connection& to, const Asked& asked, size_t) {
    head_of(to, content_, "", from(asked, ""));
    to.send(content_.substr(0, 1000));
    for (int k = 0; k < 500 && !second_waits; ++k) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    to.send(content_.substr(1000));
  });
  std::atomic<bool> begun{false};
  Downloaded first;
  std::thread other(
      [&] { first = fetch({server.url("/"), file_, sum_}, {.progress = [&](int64_t, int64_t) { begun = true; }}); });
  for (int k = 0; k < 500 && !begun; ++k) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::string said;
  const auto second = fetch({server.url("/"), file_, sum_}, {.message = [&](const std::string& line) {
                              said = line;
                              second_waits = true;
                            }});
  other.join();
  EXPECT_EQ(first.outcome, Outcome::fetched);
  EXPECT_EQ(second.outcome, Outcome::there_already);
  EXPECT_THAT(said, HasSubstr("waiting for it"));
  EXPECT_EQ(server.asked().size(), 1u);
  EXPECT_EQ(read_file(file_), content_);
  EXPECT_THAT(left(), ElementsAre("net-12345678.pth"));
}

// A limit on the size of files stands in for a full disk.
TEST_F(DownloadTest, SaysThatThereIsNoRoom) {
  Server server([&](const Connection& to, const Asked& asked, size_t) { serve(to, asked, content_); });
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string what = problem<FileError>({server.url("/"), file_, sum_});
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(what, AllOf(HasSubstr(part().string() + ": cannot be written"), HasSubstr("ulimit -f")));
  EXPECT_EQ(read_file(part()), content_.substr(0, 100000));
  fetch({server.url("/"), file_, sum_});
  EXPECT_EQ(read_file(file_), content_);
}

TEST_F(DownloadTest, SaysThatItsFolderCannotBeMade) {
  write_file(folder_ / "models", "a file where the folder should be");
  EXPECT_THAT(problem<FileError>({"http://127.0.0.1:1/", file_}), HasSubstr((folder_ / "models").string()));
}

TEST(Megabytes, AreDecimal) { EXPECT_EQ(megabytes(46830571), "46.8 MB"); }

}  // namespace
}  // namespace tenfold::net
