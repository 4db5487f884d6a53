// Technique 7: learn the language first, then the task. Reviews without labels teach which words keep company; a few
// labels then reach words that no labelled review has.

#include <array>

#include "example.h"
#include "tenfold/text.h"
using namespace tenfold;

constexpr std::array kGood = {"moving", "witty", "tender", "bright", "graceful", "clever", "warm", "rich"};
constexpr std::array kBad = {"dull", "clumsy", "hollow", "tedious", "shallow", "noisy", "stale", "bland"};
constexpr std::array kThings = {"story", "cast", "music", "ending", "camera", "dialogue", "pace", "plot"};
/// Five sentences of one mood, in words [first, last) of its list.
std::string review(bool good, size_t first, size_t last, Draw& draw) {
  std::string text;
  for (int k = 0; k < 5; ++k) {
    const auto word = [&] { return std::string((good ? kGood : kBad)[first + draw.below(last - first)]); };
    text += "the " + std::string(kThings[draw.below(kThings.size())]) + " is " + word() + " and " + word() + ". ";
  }
  return text;
}

int main() {
  Expect expect;
  Draw draw(8, 0, 0, Purpose::other);
  std::vector<std::string> unlabelled;
  for (int k = 0; k < 1500; ++k) unlabelled.push_back(review(k % 2 == 0, 0, kGood.size(), draw));
  text::TextSplits splits{.classes = {"bad", "good"}};
  for (int k = 0; k < 232; ++k) {  // labelled reviews know three words a mood; the others are asked in all the rest
    auto& part = k < 32 ? splits.train : splits.valid;
    part.texts.push_back(k < 32 ? review(k % 2, 0, 3, draw) : review(k % 2, 3, kGood.size(), draw));
    part.names.push_back("review " + std::to_string(k));
    part.label.push_back(k % 2);
  }
  const auto numbering = text::numbering({.min_freq = 2}, {}, {&unlabelled}, 0);
  const auto how = text::numericaliser(numbering, {});
  const text::TextData data = text::numericalised(splits, how);

  const text::AwdLstmOptions small{.embedding = 32,
                                   .hidden = 64,
                                   .layers = 2,
                                   .drop_mult = 0,
                                   .activation_penalty = 0,
                                   .change_penalty = 0,
                                   .bptt = 36};
  const text::AwdClassifierOptions reader{.embedding = 32, .hidden = 64, .layers = 2, .drop_mult = 0.3};
  auto language =
      text::lm_learner(numbering.vocab, {.train = text::numbered(unlabelled, how), .valid = {}}, small, {.batch = 8});
  language.fit({.lr = 2e-2, .shape = OneCycle{.epochs = 20}});
  const auto train = [&](const std::optional<text::AwdWeights>& start) {
    auto learn = text::classifier_learner(data, numbering.vocab, reader, {.batch = 8}, start);
    learn.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 40}});  // after the language the head alone: the rest is frozen
    return accuracy(learn);
  };
  const double alone = train({}), after = train(text::awd_weights(language));
  std::printf("32 labels alone: %.3f right; after the language: %.3f\n", alone, after);
  expect.at_least("share right, in words that no labelled review has, after the language", 0.9, after);
  expect.that("the language first is better than the labels alone", after > alone + 0.1);
  return expect.result();
}
