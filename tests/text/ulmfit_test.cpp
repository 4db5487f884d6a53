// The whole of ULMFiT on made-up texts: the language, then the task with the network that knows it.

#include "tenfold/text/ulmfit.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "stream_scene.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::text {
namespace {

const AwdLstmOptions kLanguage{.embedding = 16, .hidden = 24, .layers = 2, .drop_mult = 0.3, .bptt = 12};
const AwdClassifierOptions kTask{
    .embedding = 16, .hidden = 24, .layers = 2, .drop_mult = 0.1, .bptt = 12, .pooled_tokens = 48, .head = {12}};
const LearnerOptions kTraining{.batch = 8, .precision = Precision::fp32, .threads = 1};

/// Which mood a sentence is in.
TextData task(int64_t train, int64_t valid) {
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
  data.data = {.train = dataset(train, 5),
               .valid = dataset(valid, 6),
               .test = nullptr,
               .transform = nullptr,
               .classes = {"calm", "merry"},
               .outputs = {},
               .resized = {}};
  data.task = {.kind = nn::TaskKind::single_label, .classes = 2};
  return data;
}

Learner language(Direction direction = Direction::forwards) {
  auto options = kLanguage;
  options.direction = direction;
  return lm_learner(scene::vocab(), {.train = scene::sentences(60, 1), .valid = scene::sentences(10, 2)}, options,
                    kTraining);
}

TEST(Ulmfit, FromTheLanguageToTheTask) {
  auto lm = language();
  lm.fit({.lr = 2e-2, .shape = OneCycle{.epochs = 6}});
  const auto known = awd_weights(lm);
  auto classifier = classifier_learner(task(32, 32), scene::vocab(), kTask, kTraining, known);
  EXPECT_EQ(classifier.frozen(), 3);  // all but the head
  EXPECT_TRUE(at::equal(dynamic_cast<AwdClassifier&>(classifier.model()).encoder().embedding(),
                        known.tensors.at("0.encoder.weight")));
  classifier.fit({.lr = 2e-2, .shape = OneCycle{.epochs = 6}});
  classifier.fit({.lr = Rates::range(1e-2 / 2.6, 1e-2), .shape = SlantedTriangular{.epochs = 4}, .freeze_to = -2});
  classifier.fit({.lr = Rates::range(5e-3 / 17.6, 5e-3), .shape = OneCycle{.epochs = 4}, .freeze_to = 0});
  EXPECT_GT(classifier.record().epochs.back().metrics.at("accuracy"), 0.85);
}

TEST(Ulmfit, StartsFromAPublishedLanguageModel) {
  auto before = language();
  before.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 1}});
  auto words = scene::vocab().tokens();
  std::swap(words[12], words[20]);
  words[30] = "new";
  const Vocab own(words);
  auto lm = lm_learner(own, {.train = scene::sentences(60, 3), .valid = {}}, kLanguage, kTraining,
                       Pretrained{awd_weights(before), scene::vocab()});
  EXPECT_EQ(lm.frozen(), 2);  // all but the words
  const auto &old_rows = dynamic_cast<AwdLstm&>(before.model()).encoder().embedding(),
             &rows = dynamic_cast<AwdLstm&>(lm.model()).encoder().embedding();
  EXPECT_TRUE(at::equal(rows[12], old_rows[20]));
  EXPECT_TRUE(at::allclose(rows[30], old_rows.mean(0)));
}

TEST(Ulmfit, ForwardAndBackwardAveraged) {
  const auto data = task(16, 12);
  auto forwards = classifier_learner(data, scene::vocab(), kTask, kTraining);
  auto options = kTask;
  options.direction = Direction::backwards;
  auto backwards = classifier_learner(data, scene::vocab(), options, kTraining);
  const auto one = predict(forwards, Split::valid), other = predict(backwards, Split::valid);
  const auto both = mean_of(data.task, {one, other});
  EXPECT_FALSE(at::allclose(one.activated, other.activated));
  EXPECT_TRUE(at::allclose(both.activated, (one.activated + other.activated) / 2));
  const auto right = both.activated.gather(1, both.target.unsqueeze(1)).squeeze(1);
  EXPECT_TRUE(at::allclose(both.item_loss, -right.log(), 1e-5, 1e-6));
  EXPECT_THROW(mean_of(data.task, {}), ConfigError);
  EXPECT_THROW(mean_of(data.task, {one, predict(forwards, Split::train)}), ConfigError);
}

TEST(Ulmfit, SaysWhichWordsAreMissing) {
  const Vocab few({"xxunk", "xxpad", "a"});
  EXPECT_THROW(lm_learner(few, {.train = scene::sentences(60, 1), .valid = {}}, kLanguage, kTraining), ConfigError);
  EXPECT_THROW(classifier_learner(task(8, 8), few, kTask, kTraining), ConfigError);
  auto classifier = classifier_learner(task(8, 8), scene::vocab(), kTask, kTraining);
  EXPECT_THROW(awd_weights(classifier), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
