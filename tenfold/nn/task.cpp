#include "tenfold/nn/task.h"

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"

namespace tenfold::nn {

const TaskRow& row(TaskKind kind) {
  static const std::array<TaskRow, 5> table{
      TaskRow{
          .kind = TaskKind::single_label,
          .target = "one class number an item, int64 [N]",
          .activation = "softmax over classes",
          .loss = "cross-entropy",
          .decoding = "the most probable class",
          .metrics = {"accuracy"},
          .why =
              "softmax makes the classes share one probability, as exactly one of them is right; cross-entropy is the "
              "surprise at the right one, and its gradient is simply probability minus truth, so confident mistakes "
              "are corrected hardest",
          .why_not = "exactly one class is right: sigmoids would let several classes, or none, be probable, and "
                     "squared error on class numbers would call class 2 nearer to 1 than to 7",
          .wrong = {{"a sigmoid for each class with binary cross-entropy",
                     "classes no longer compete: several or none may be probable, and with many classes the loss is "
                     "mostly about the wrong ones"},
                    {"softmax with squared error",
                     "the gradient vanishes where the network is confidently wrong, so it learns last what it should "
                     "learn first"},
                    {"one output with squared error on class numbers",
                     "numbers have distances: class 2 would be nearer to 1 than to 7, and half-way between cat and dog "
                     "lies whatever was numbered there"},
                    {"accuracy as the loss", "it is flat but for jumps, so there is no gradient to follow"}}},
      TaskRow{
          .kind = TaskKind::multi_label,
          .target = "0 or 1 for each label, float [N, classes]",
          .activation = "a sigmoid for each label",
          .loss = "binary cross-entropy for each label",
          .decoding = "every label more probable than the threshold",
          .metrics = {"f2", "accuracy"},
          .why =
              "each label is a question of its own, answered by a probability of its own; binary cross-entropy is the "
              "surprise at each answer. Which probability is enough is decided afterwards, by the threshold that "
              "serves the metric best on validation data",
          .why_not = "any number of labels may be right: softmax makes them share one probability, so a second "
                     "label could only be gained by losing the first",
          .wrong =
              {{"softmax with cross-entropy",
                "labels would share one probability: with three right ones none could exceed a third for long, and "
                "an item without labels could not be said"},
               {"each combination of labels as a class of its own",
                "n labels make 2^n classes; rare combinations have no examples, and what is known of a label in one "
                "is lost for the others"},
               {"the most probable label", "it always names exactly one; take every label above the threshold"},
               {"squared error on the sigmoids", "the gradient vanishes where a label is confidently wrong"}}},
      TaskRow{.kind = TaskKind::regression,
              .target = "one value for each output, float [N, outputs]",
              .activation = "none, or a sigmoid scaled to the range",
              .loss = "mean squared error",
              .decoding = "the value itself",
              .metrics = {"rmse", "mae", "r2"},
              .why =
                  "the output is a number, so any number may come out; squared error makes it the mean of what is "
                  "likely. Where values are known to lie in a range, a scaled sigmoid spares the network from learning "
                  "that (loss.range, a little wider than the data, since a sigmoid never reaches its ends)",
              .why_not =
                  "values have distances: classes would forget that 3 lies between 2 and 4, and a ReLU could not say a "
                  "negative value",
              .wrong = {{"softmax with cross-entropy on values cut into classes",
                         "it forgets that 3 lies between 2 and 4, and no answer is finer than a class"},
                        {"a sigmoid without a range", "it answers from 0 to 1 only, whatever the values are"},
                        {"a tanh", "it answers from -1 to 1 only"},
                        {"a ReLU at the end",
                         "negative values cannot be said, and an output that has gone below 0 has no gradient to come "
                         "back"}}},
      TaskRow{
          .kind = TaskKind::ordinal,
          .target = "one class number an item, int64 [N], classes in their order",
          .activation = "cumulative sigmoids: the probability that the class is above each step",
          .loss = "binary cross-entropy for each step",
          .decoding = "the middle class: as probably above as below",
          .metrics = {"kappa", "accuracy"},
          .why =
              "each step asks whether the class is above it, so a guess that is two steps off fails two questions and "
              "one that is one step off fails one: the order counts, and no distances are invented",
          .why_not =
              "classes have an order but no distances: softmax would forget the order, and squared error would invent "
              "equal distances",
          .wrong =
              {{"softmax with cross-entropy",
                "it forgets the order: mild for healthy costs as much as severe for healthy"},
               {"one output with squared error on class numbers",
                "it invents equal distances between the classes, and the mean of two extremes is a middle that may "
                "not be likely at all"},
               {"a sigmoid for each class with binary cross-entropy",
                "several classes, or none, may be probable, and their order is lost"}}},
      TaskRow{
          .kind = TaskKind::language_model,
          .target = "how many tokens of each item are to be predicted, int64 [N]; the tokens are the model's input",
          .activation = "softmax over the vocabulary, at every token",
          .loss = "cross-entropy, mean over tokens",
          .decoding = "the most probable next token; beam search for translations",
          .metrics = {"perplexity", "accuracy"},
          .why = "every token is one of a vocabulary, and its text so far is what is known: the product of the "
                 "probabilities of all next tokens is that of the text, and cross-entropy its negative logarithm. The "
                 "model says a score an item, so that no table of tokens by vocabulary leaves it",
          .why_not = "the target is text, not a label: each of its tokens is predicted from those before it",
          .wrong = {{"a sigmoid for each word of the vocabulary",
                     "it asks which words occur, and forgets their order and that one word comes next"},
                    {"squared error between the vectors of words",
                     "the mean of two likely words' vectors lies near neither, and a vocabulary's vectors would fall "
                     "together, where the error is least"},
                    {"perplexity or BLEU as the loss",
                     "perplexity is the exponential of the loss and follows it; BLEU counts whole n-grams, so it is "
                     "flat but for jumps"}}}};
  return table[static_cast<size_t>(kind)];
}

TaskKind task_named(const std::string& name, const std::string& option) {
  struct Part {
    std::string_view name;
    TaskKind kind;
  };
  constexpr Part parts[] = {{"softmax", TaskKind::single_label},
                            {"cross_entropy", TaskKind::single_label},
                            {"sigmoid", TaskKind::multi_label},
                            {"bce", TaskKind::multi_label},
                            {"binary_cross_entropy", TaskKind::multi_label},
                            {"mse", TaskKind::regression},
                            {"linear", TaskKind::regression},
                            {"l1", TaskKind::regression},
                            {"perplexity", TaskKind::language_model}};
  std::vector<std::string> known;
  for (const auto& [kind, task] : names(TaskKind{})) {
    if (kind == TaskKind::language_model) continue;  // of texts alone, by how a stage learns
    if (task == name) return kind;
    known.emplace_back(task);
  }
  std::string all = "auto (by the labels)";
  for (const auto& task : known) all += ", " + task;
  for (const auto& [part, kind] : parts)
    if (part == name)
      throw ConfigError(
          option, "is \"" + name + "\", which is part of a task and not chosen by itself: " + name_of(kind) + " has " +
                      std::string(row(kind).activation) + " with " + std::string(row(kind).loss) +
                      ". Name what the targets are: " + all + "; `tenfold explain-task` says why each has what it has");
  const std::string near = nearest(name, known);
  throw ConfigError(option, "is \"" + name + "\"; needs " + all + (near.empty() ? "" : "; nearest is " + near));
}

int64_t logits(const Task& task) {
  if (task.kind == TaskKind::language_model) return 2;
  return task.kind == TaskKind::ordinal ? task.classes - 1 : task.classes;
}

void check(const Task& task) {
  const std::string kind = name_of(task.kind);
  const bool labels = task.kind == TaskKind::single_label || task.kind == TaskKind::multi_label;
  const int64_t fewest = task.kind == TaskKind::single_label || task.kind == TaskKind::ordinal ? 2 : 1;
  if (task.classes < fewest)
    throw ConfigError("task.classes", "is " + std::to_string(task.classes) + "; a " + kind + " task needs at least " +
                                          std::to_string(fewest) +
                                          (fewest == 2 ? ", since with one class nothing is to be learnt" : ""));
  if (task.range) {
    const auto [low, high] = *task.range;
    if (task.kind != TaskKind::regression)
      throw ConfigError("task.range",
                        "limits the values of a regression; a " + kind + " task gives probabilities: leave it out");
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high))
      throw ConfigError("task.range", "goes from " + std::to_string(low) + " to " + std::to_string(high) +
                                          "; needs two finite values, the lower one first");
  }
  if (!(task.threshold > 0 && task.threshold < 1))
    throw ConfigError("task.threshold",
                      "is " + std::to_string(task.threshold) + "; needs a probability between 0 and 1");
  if (!(task.label_smoothing >= 0 && task.label_smoothing < 1))
    throw ConfigError("task.label_smoothing",
                      "is " + std::to_string(task.label_smoothing) + "; needs a share from 0 to below 1");
  if (task.label_smoothing > 0 && task.kind != TaskKind::single_label)
    throw ConfigError("task.label_smoothing",
                      "spreads the one right class over all; a " + kind + " task has no such class: leave it 0");
  if (task.class_weights.empty()) return;
  if (!labels)
    throw ConfigError("task.class_weights",
                      "weigh single_label and multi_label tasks; this one is " + kind + ": leave them out");
  if (static_cast<int64_t>(task.class_weights.size()) != task.classes)
    throw ConfigError("task.class_weights", "are " + std::to_string(task.class_weights.size()) + " for " +
                                                std::to_string(task.classes) +
                                                " classes; give one a class, in class order");
  double sum = 0;
  for (const double weight : task.class_weights) {
    if (!std::isfinite(weight) || weight < 0)
      throw ConfigError("task.class_weights", "hold " + std::to_string(weight) + "; need finite weights of at least 0");
    sum += weight;
  }
  if (sum == 0)
    throw ConfigError("task.class_weights", "are all 0, so nothing would be learnt; give at least one above 0");
}

}  // namespace tenfold::nn
