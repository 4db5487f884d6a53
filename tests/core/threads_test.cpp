#include "tenfold/core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

TEST(ThreadPool, RunsEachIndexOnce) {
  for (const int workers : {1, 2, 5}) {
    ThreadPool pool(workers);
    EXPECT_EQ(pool.workers(), workers);
    std::vector<std::atomic<int>> visits(1000);
    pool.parallel_for(1000, [&](int64_t i) { ++visits[static_cast<size_t>(i)]; });
    for (const auto& count : visits) EXPECT_EQ(count, 1);
    pool.parallel_for(0, [](int64_t) { FAIL(); });
  }
}

TEST(ThreadPool, FuturesCarryResultsAndExceptions) {
  ThreadPool pool(2);
  auto answer = pool.submit([] { return 42; });
  auto failure = pool.submit([]() -> int { throw DataError("file", 7, "is broken"); });
  EXPECT_EQ(answer.get(), 42);
  EXPECT_THROW(failure.get(), DataError);
  EXPECT_EQ(pool.submit([] { return std::string("still works"); }).get(), "still works");
}

TEST(ThreadPool, RethrowsTheErrorOfTheLowestIndexAndStops) {
  ThreadPool pool(4);
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> started = 0;
    std::atomic<int> waiting = 0;
    try {
      pool.parallel_for(100000, [&](int64_t i) {
        ++started;
        if (i < 3) {  // all three have begun before one of them throws
          ++waiting;
          while (waiting < 3) std::this_thread::yield();
          throw std::runtime_error(std::to_string(i));
        }
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "0");
    }
    EXPECT_LT(started, 100000);
  }
}

TEST(ThreadPool, LoopsInsideLoopsEnd) {
  ThreadPool pool(2);
  std::atomic<int> count = 0;
  pool.parallel_for(8, [&](int64_t) { pool.parallel_for(8, [&](int64_t) { ++count; }); });
  EXPECT_EQ(count, 64);
}

TEST(ThreadPool, EmptiesItsQueueBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool(1);
    for (int i = 0; i < 20; ++i)
      pool.submit([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++done;
      });
  }
  EXPECT_EQ(done, 20);
}

TEST(ThreadPool, UsesItsWorkers) {
  ThreadPool pool(3);
  std::atomic<int> arrived = 0;
  pool.parallel_for(3, [&](int64_t) {
    ++arrived;
    while (arrived < 3) std::this_thread::yield();  // ends only where three run at once
  });
  EXPECT_EQ(arrived, 3);
}

TEST(ThreadPool, NeedsAWorker) { EXPECT_THROW(ThreadPool(0), ConfigError); }

}  // namespace
}  // namespace tenfold
