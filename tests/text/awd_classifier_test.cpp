#include "tenfold/text/awd_classifier.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "stream_scene.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/ulmfit.h"
#include "tenfold/train/precompute.h"

namespace tenfold::text {
namespace {

const AwdClassifierOptions kSmall{
    .embedding = 16, .hidden = 24, .layers = 2, .drop_mult = 0.1, .bptt = 10, .pooled_tokens = 20, .head = {12}};

AwdClassifier classifier(Direction direction = Direction::forwards) {
  auto options = kSmall;
  options.direction = direction;
  return AwdClassifier(33, options, {.kind = nn::TaskKind::single_label, .classes = 2}, at::kFloat, 1);
}

/// Padded behind with padding token 1, or any other.
std::vector<at::Tensor> batch(const std::vector<std::vector<int64_t>>& texts, int64_t width, int64_t padding = 1) {
  auto ids = at::full({static_cast<int64_t>(texts.size()), width}, padding, at::kLong);
  std::vector<int64_t> lengths;
  for (size_t k = 0; k < texts.size(); ++k) {
    lengths.push_back(static_cast<int64_t>(texts[k].size()));
    ids[static_cast<int64_t>(k)].narrow(0, 0, lengths.back()).copy_(at::tensor(texts[k], at::kLong));
  }
  return {ids, at::tensor(lengths, at::kLong)};
}

std::vector<int64_t> text(int64_t length, uint64_t number) {
  Draw draw(9, 0, number, Purpose::other);
  std::vector<int64_t> ids;
  for (int64_t k = 0; k < length; ++k) ids.push_back(2 + draw.below(31));
  return ids;
}

TEST(AwdClassifier, ATextDoesNotDependOnItsBatch) {
  auto model = classifier();
  model.eval();
  const std::vector<std::vector<int64_t>> texts{text(57, 1), text(30, 2), text(12, 3), text(10, 4), text(1, 5)};
  const auto together = model.features(batch(texts, 57));
  for (size_t k = 0; k < texts.size(); ++k) {
    const auto alone = model.features(batch({texts[k]}, static_cast<int64_t>(texts[k].size())));
    EXPECT_TRUE(at::allclose(together[static_cast<int64_t>(k)], alone[0], 1e-5, 1e-6)) << "text " << k;
  }
  const auto wider = model.features(batch(texts, 71, /*padding=*/7));  // padding of any kind, any amount of it
  EXPECT_TRUE(at::allclose(wider, together, 1e-5, 1e-6));
}

TEST(AwdClassifier, AnyOrderInABatch) {
  auto model = classifier();
  model.eval();
  const std::vector<std::vector<int64_t>> texts{text(4, 1), text(30, 2), text(12, 3)};
  const auto found = model.features(batch(texts, 30));
  const auto sorted = model.features(batch({texts[1], texts[2], texts[0]}, 30));
  EXPECT_TRUE(at::allclose(found, sorted.index_select(0, at::tensor({2, 0, 1}, at::kLong)), 1e-5, 1e-6));
}

TEST(AwdClassifier, PoolsWhatIsNearTheEnd) {
  auto model = classifier();
  model.eval();
  // 14 tokens, stretches of 4, 8 to pool: the last 6 are (fastai 2.8).
  auto options = kSmall;
  options.bptt = 4;
  options.pooled_tokens = 8;
  AwdClassifier near(33, options, {.kind = nn::TaskKind::single_label, .classes = 2}, at::kFloat, 1);
  options.pooled_tokens = 100;
  AwdClassifier all(33, options, {.kind = nn::TaskKind::single_label, .classes = 2}, at::kFloat, 1);
  near.eval(), all.eval();
  const auto ids = text(14, 1);
  const at::NoGradGuard no_grad;
  auto state = all.encoder().zeros(1, at::kFloat);
  const auto outputs = all.encoder().forward(batch({ids}, 14)[0], state, at::kFloat).squeeze(1);
  const auto pooled = near.features(batch({ids}, 14))[0], whole = all.features(batch({ids}, 14))[0];
  EXPECT_TRUE(at::allclose(pooled.narrow(0, 32, 16), outputs.narrow(0, 8, 6).mean(0), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(whole.narrow(0, 32, 16), outputs.mean(0), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(pooled.narrow(0, 0, 16), outputs[13], 1e-5, 1e-6));  // with the state of the whole text
}

TEST(AwdClassifier, ReadsBackwards) {
  auto forwards = classifier(), backwards = classifier(Direction::backwards);
  forwards.eval(), backwards.eval();
  auto ids = text(23, 1), other = text(9, 2);
  const auto found = backwards.features(batch({ids, other}, 23));
  std::reverse(ids.begin(), ids.end());
  std::reverse(other.begin(), other.end());
  EXPECT_TRUE(at::equal(found, forwards.features(batch({ids, other}, 23))));
}

TEST(AwdClassifier, GroupsForGradualUnfreezing) {
  const auto model = classifier();
  std::vector<std::string> names;
  for (const auto& group : model.groups()) names.push_back(group.name);
  EXPECT_EQ(names, (std::vector<std::string>{"embedding", "lstm 0", "lstm 1", "head"}));
  const AwdClassifier base(100, {}, {.kind = nn::TaskKind::single_label, .classes = 2}, at::kFloat, 1);
  EXPECT_EQ(base.groups().size(), 5u);
  const auto parameters = base.named_parameters();
  EXPECT_EQ(parameters["1.linear1.weight"].sizes(), (std::vector<int64_t>{50, 1200}));
  EXPECT_EQ(parameters["1.linear2.weight"].sizes(), (std::vector<int64_t>{2, 50}));
  EXPECT_FALSE(parameters.contains("1.linear1.bias"));
}

TextData moods(int64_t train, int64_t valid) {
  TextData data;
  const auto dataset = [](int64_t count, uint64_t seed) {
    std::vector<std::string> names;
    std::vector<int64_t> labels;
    for (int64_t k = 0; k < count; ++k) {
      names.push_back(std::to_string(k));
      labels.push_back(k % 2);
    }
    return std::make_shared<TokenDataset>(scene::sentences(count, seed), names, at::tensor(labels, at::kLong), 1);
  };
  data.data.train = dataset(train, 11);
  data.data.valid = dataset(valid, 12);
  data.data.classes = {"calm", "merry"};
  data.task = {.kind = nn::TaskKind::single_label, .classes = 2};
  return data;
}

TEST(AwdClassifier, LearnsMoods) {
  auto learner = classifier_learner(moods(64, 32), scene::vocab(), kSmall,
                                    {.batch = 16, .precision = Precision::fp32, .threads = 1});
  learner.fit({.lr = 3e-2, .shape = OneCycle{.epochs = 12}});
  EXPECT_GT(learner.record().epochs.back().metrics.at("accuracy"), 0.9);
}

TEST(AwdClassifier, HeadTrainsOnCachedFeatures) {
  auto learner = classifier_learner(moods(64, 32), scene::vocab(), kSmall,
                                    {.batch = 16, .precision = Precision::fp32, .threads = 1});
  learner.freeze();
  auto head = precompute(learner);
  head.fit({.lr = 3e-2, .shape = OneCycle{.epochs = 6}});
  adopt_head(learner, head);
  const auto found = evaluate(learner.task(), predict(learner, Split::valid), {"accuracy"});
  EXPECT_NEAR(found.metrics.at("accuracy"), head.record().epochs.back().metrics.at("accuracy"), 1e-9);
}

TEST(AwdClassifier, RefusesStretchesThatPoolNothing) {
  auto options = kSmall;
  options.pooled_tokens = 5;
  EXPECT_THROW(AwdClassifier(33, options, {.classes = 2}, at::kFloat, 1), ConfigError);
  options.bptt = 0;
  EXPECT_THROW(AwdClassifier(33, options, {.classes = 2}, at::kFloat, 1), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
