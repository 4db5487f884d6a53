// Two compute threads on one core give the bits of two cores.

#include <gtest/gtest.h>
#include <sched.h>

#include "program.h"
#include "tenfold/core/options.h"

namespace tenfold::cli {
namespace {

/// Narrows this thread, and with it the programs that it starts, to one of the cores that it may use.
class OneCore {
 public:
  OneCore() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &before_)) {
        CPU_SET(core, &one);
        break;
      }
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OneCore() { sched_setaffinity(0, sizeof before_, &before_); }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  bool was_all_there_is() const { return CPU_COUNT(&before_) < 2; }

 private:
  cpu_set_t before_{};
};

/// Of every step, to the last bit: each depends on all weights before it.
std::vector<double> losses(const std::string& log) {
  std::vector<double> all;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);)
    if (const auto row = Json::parse(line); row.at("kind") == "step" || row.at("kind") == "epoch")
      all.push_back(row.at(row.at("kind") == "step" ? "loss" : "valid_loss").get<double>());
  return all;
}

TEST(Affinity, TwoThreadsOnOneCoreGiveTheBitsOfTwoCores) {
  const Folder folder;
  make_pictures(folder / "pictures", 12, 32);
  const auto train = [&](const std::string& name) {
    const auto result = run_words({"train",
                                   "--images",
                                   (folder / "pictures").string(),
                                   "--out",
                                   (folder / name).string(),
                                   "--size",
                                   "32",
                                   "--batch",
                                   "8",
                                   "--threads",
                                   "2",
                                   "--workers",
                                   "1",
                                   "--augment",
                                   "small",
                                   "--backbone",
                                   "small_resnet",
                                   "--epochs",
                                   "2",
                                   "--seed",
                                   "7"},
                                  {.environment = {{"GOMP_SPINCOUNT", "1000"}}});
    EXPECT_EQ(result.code, 0) << result.err;
    return losses(slurp(folder / name / "log.jsonl"));
  };
  const auto two_cores = train("two");
  ASSERT_GT(two_cores.size(), 4u);
  std::vector<double> one_core;
  {
    const OneCore narrowed;
    if (narrowed.was_all_there_is()) GTEST_SKIP() << "needs two cores to compare with";
    one_core = train("one");
  }
  EXPECT_EQ(one_core, two_cores);
}

}  // namespace
}  // namespace tenfold::cli
