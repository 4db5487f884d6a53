// Texts a second of fine-tuning an encoder of MiniLM's sizes (6 layers of 384) through the Learner, on random token
// numbers of random lengths. Prints one JSON line, with the keys that bench/peers/encoder.sh compares.
//   encoder_bench SHORTEST LONGEST BATCH STEPS [ATTENTION_DROPOUT]

#include <malloc.h>
#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>

#include "tenfold/text/encoder_model.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/train/machine.h"

namespace {

using namespace tenfold;
using Clock = std::chrono::steady_clock;
constexpr int kUncounted = 3;  // first batches of a run: thread start, allocation, primitive caches
constexpr int64_t kVocabulary = 30522;

std::shared_ptr<const Dataset> random_texts(int64_t n, int64_t shortest, int64_t longest) {
  text::TokenTexts texts;
  std::vector<std::string> names;
  std::vector<int64_t> label;
  for (int64_t k = 0; k < n; ++k) {
    Draw draw(42, 0, static_cast<uint64_t>(k), Purpose::other);
    std::vector<int32_t> ids(static_cast<size_t>(shortest + draw.below(longest - shortest + 1)));
    for (auto& id : ids) id = static_cast<int32_t>(draw.below(kVocabulary));
    texts.add(ids);
    names.push_back(std::to_string(k));
    label.push_back(k % 2);
  }
  return std::make_shared<text::TokenDataset>(std::move(texts), std::move(names), at::tensor(label, at::kLong), 0);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::cerr << "usage: encoder_bench SHORTEST LONGEST BATCH STEPS [ATTENTION_DROPOUT]\n";
    return 2;
  }
  mallopt(M_MMAP_MAX, 0);  // as tenfold-core does
  mallopt(M_TRIM_THRESHOLD, -1);
  const int64_t shortest = std::stoll(arguments[1]), longest = std::stoll(arguments[2]);
  const int64_t batch = std::stoll(arguments[3]);
  const int steps = std::stoi(arguments[4]);
  const text::EncoderShape shape{.layers = 6, .width = 384, .heads = 12, .inner = 1536, .vocabulary = kVocabulary};
  const text::ModelOptions options{.attention_dropout = count > 5 ? std::stod(arguments[5]) : 0.1};
  const nn::Task task{.classes = 2};
  Data data{.train = random_texts((steps + kUncounted + 1) * batch, shortest, longest), .classes = {"a", "b"}};
  LearnerOptions training{.batch = batch};
  const auto dtype = resolved(training, task.kind).precision == Precision::bf16 ? at::kBFloat16 : at::kFloat;
  auto model = text::make_encoder_model(shape, options, task, text::EncoderModel::Rows::texts, dtype, 42);
  model->body().initialise(42);
  Learner learner(data, model, task, training);

  int seen = 0;
  int64_t items = 0, tokens = 0;
  Clock::time_point began, last;
  Callback timer{.name = "timer"};
  timer.on_step = [&](StepContext& context) {
    last = Clock::now();
    if (++seen <= kUncounted) {
      began = last;
    } else {
      items += context.batch.size();
      tokens += context.batch.x[1].sum().item<int64_t>();
    }
    return seen == steps + kUncounted ? Next::stop : Next::go_on;
  };
  learner.fit({.lr = 1e-4, .shape = Constant{.epochs = 1}, .callbacks = {timer}});
  const double seconds = std::chrono::duration<double>(last - began).count();
  const Json line{{"shortest", shortest},
                  {"longest", longest},
                  {"batch", batch},
                  {"threads", learner.options().threads},
                  {"bf16", dtype == at::kBFloat16},
                  {"texts_per_s", static_cast<double>(items) / seconds},
                  {"tokens_per_s", static_cast<double>(tokens) / seconds},
                  {"step_ms", 1e3 * seconds / steps}};
  std::cout << line.dump() << "\n";
}
