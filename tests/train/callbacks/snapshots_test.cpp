#include "tenfold/train/callbacks/snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "../small.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"

namespace tenfold {
namespace {

using testing::ElementsAre;

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& path : snapshot_files(folder)) names.push_back(path.filename().string());
  return names;
}

std::vector<std::string> hashes_in(const std::filesystem::path& folder) {
  std::vector<std::string> hashes;
  for (const auto& path : snapshot_files(folder)) hashes.push_back(nn::hash_of(nn::read_tensors(path).tensors));
  return hashes;
}

/// Hash of the weights after every step.
Callback after_steps(std::vector<std::string>& hashes) {
  Callback callback{.name = "after steps"};
  callback.on_step = [&hashes](StepContext& context) {
    hashes.push_back(small::bits(context.learner));
    return Next::go_on;
  };
  return callback;
}

Plan plan(const Shape& shape, std::vector<Callback> callbacks, int accumulate = 1) {
  return {.lr = 1e-2, .shape = shape, .accumulate = accumulate, .callbacks = std::move(callbacks)};
}

TEST(Snapshots, AreTheWeightsAfterTheLastStepOfEachCycle) {
  struct Case {
    Shape shape;
    int accumulate;
    std::vector<size_t> last_steps;  // an epoch has six batches
  };
  const std::vector<Case> cases = {{Sgdr{.cycles = 3, .cycle_len = 1, .cycle_mult = 1}, 1, {5, 11, 17}},
                                   {Sgdr{.cycles = 2, .cycle_len = 1, .cycle_mult = 2}, 1, {5, 17}},
                                   {Sgdr{.cycles = 4, .cycle_len = 0.5, .cycle_mult = 1}, 1, {2, 5, 8, 11}},
                                   {SlantedTriangular{.epochs = 2, .cycles = 2}, 2, {2, 5}}};
  for (const auto& [shape, accumulate, last_steps] : cases) {
    const small::Scratch scratch;
    std::vector<std::string> steps, expected;
    auto learner = small::learner();
    learner.fit(plan(shape, {snapshots({.folder = scratch.path, .keep = 9}), after_steps(steps)}, accumulate));
    for (const size_t step : last_steps) expected.push_back(steps.at(step));
    EXPECT_EQ(hashes_in(scratch.path), expected);
    EXPECT_EQ(hashes_in(scratch.path).back(), small::bits(learner));
  }
}

TEST(Snapshots, OnlyTheLastStay) {
  const small::Scratch scratch;
  write_file(scratch.path / "snapshot-x.safetensors", "another's");
  auto learner = small::learner();
  learner.fit(
      plan(Sgdr{.cycles = 12, .cycle_len = 0.5, .cycle_mult = 1}, {snapshots({.folder = scratch.path, .keep = 3})}));
  EXPECT_THAT(names_in(scratch.path),
              ElementsAre("snapshot-10.safetensors", "snapshot-11.safetensors", "snapshot-12.safetensors"));
}

TEST(Snapshots, AreTheSameAfterAResume) {
  const Shape shape = Sgdr{.cycles = 3, .cycle_len = 0.5, .cycle_mult = 1};
  const small::Scratch straight;
  auto learner = small::learner();
  learner.fit(plan(shape, {snapshots({.folder = straight.path, .keep = 2})}));
  for (int64_t step = 0; step < 9; ++step) {
    const small::Scratch scratch;
    std::optional<Learner::Snapshot> taken;
    Callback cut{.name = "cut"};
    cut.on_step = [&](StepContext& context) {
      if (context.row.step != step) return Next::go_on;
      taken = context.learner.snapshot();
      throw Interrupted();
    };
    auto killed = small::learner();
    EXPECT_THROW(killed.fit(plan(shape, {snapshots({.folder = scratch.path, .keep = 2}), cut})), Interrupted);
    auto resumed = small::learner();
    resumed.restore(*taken);
    resumed.fit(plan(shape, {snapshots({.folder = scratch.path, .keep = 2})}));
    EXPECT_EQ(names_in(scratch.path), names_in(straight.path)) << "cut after step " << step;
    EXPECT_EQ(hashes_in(scratch.path), hashes_in(straight.path)) << "cut after step " << step;
  }
}

TEST(Snapshots, RefuseWhatCannotWork) {
  const small::Scratch scratch;
  EXPECT_THROW(snapshots({.folder = scratch.path, .keep = 0}), ConfigError);
  auto learner = small::learner();
  try {
    learner.fit(plan(OneCycle{.epochs = 2}, {snapshots({.folder = scratch.path})}));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("one_cycle has one only"));
  }
}

}  // namespace
}  // namespace tenfold
