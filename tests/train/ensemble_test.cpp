#include "tenfold/train/ensemble.h"

#include <gtest/gtest.h>

#include "small.h"
#include "tenfold/core/error.h"

namespace tenfold {
namespace {

std::filesystem::path save(const small::Scratch& scratch, const std::string& name, Learner& learner) {
  const auto path = scratch.path / name;
  nn::write_safetensors(path, nn::state_of(learner.model()));
  return path;
}

TEST(Ensemble, AveragesProbabilities) {
  const small::Scratch scratch;
  auto one = small::learner(), two = small::learner(small::options(), small::data(), 2);
  one.fit({.lr = 1e-2, .shape = Cosine{.epochs = 2}});
  two.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  const auto of_one = predict(one, Split::valid), of_two = predict(two, Split::valid);
  auto learner = small::learner(small::options(), small::data(), 3);
  const auto before = small::bits(learner);
  const auto both = ensemble(learner, {save(scratch, "one", one), save(scratch, "two", two)},
                             [](Learner& l) { return predict(l, Split::valid); });
  EXPECT_TRUE(at::allclose(both.activated, (of_one.activated + of_two.activated) / 2, 1e-6, 1e-7));
  const auto own = -both.activated.gather(1, both.target.unsqueeze(1)).squeeze(1).log();
  EXPECT_TRUE(at::allclose(both.item_loss, own, 1e-4, 1e-5)) << "the loss of the average";
  EXPECT_EQ(both.names, of_one.names);
  EXPECT_EQ(small::bits(learner), before);
}

TEST(Ensemble, OfOneIsThatOne) {
  const small::Scratch scratch;
  auto one = small::learner();
  const auto alone = predict(one, Split::valid);
  const auto same = ensemble(one, {save(scratch, "one", one)}, [](Learner& l) { return predict(l, Split::valid); });
  EXPECT_TRUE(at::equal(same.activated, alone.activated));
}

TEST(Ensemble, RefusesWhatCannotWork) {
  const small::Scratch scratch;
  auto learner = small::learner();
  const auto once = [](Learner& l) { return predict(l, Split::valid); };
  EXPECT_THROW(ensemble(learner, {}, once), ConfigError);
  nn::write_safetensors(scratch.path / "other", {{"early.weight", torch::zeros({1})}});
  const auto before = small::bits(learner);
  EXPECT_THROW(ensemble(learner, {save(scratch, "own", learner), scratch.path / "other"}, once), WeightsError);
  EXPECT_EQ(small::bits(learner), before);
}

}  // namespace
}  // namespace tenfold
