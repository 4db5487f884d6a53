// Translation from scratch: a small transformer on aligned sentences.
//   translate_multi30k FOLDER SOURCE TARGET [EPOCHS] [MODEL.safetensors]
// FOLDER has train.SOURCE, train.TARGET, and the like for val and test. Prints loss and BLEU an epoch, BLEU on the test
// sentences as sacreBLEU computes it, some translations, and writes the model with its vocabulary and merges.

#include <chrono>
#include <cstdio>
#include <string>

#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/bpe.h"
#include "tenfold/text/translation.h"
#include "tenfold/train/callbacks/clip.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/callbacks/progress.h"
using namespace tenfold;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Callback told(std::chrono::steady_clock::time_point start) {
  return progress({.stage = {}, .step = {}, .epoch = [start](const EpochRow& row) {
                     std::printf("%3d  %7.1f s  train %.4f  valid %.4f  perplexity %6.3f  accuracy %.4f  %5.0f pairs/s",
                                 row.epoch + 1, seconds_since(start), row.train_loss, row.valid_loss.value_or(0),
                                 row.metrics.at("perplexity"), row.metrics.at("accuracy"), row.images_per_second);
                     if (row.metrics.contains("bleu")) std::printf("  bleu %.2f", row.metrics.at("bleu"));
                     std::printf("\n");
                     std::fflush(stdout);
                   }});
}

std::map<std::string, std::string> metadata(const text::PairData& data) {
  Json merges = Json::array();
  if (const auto* bpe = dynamic_cast<const text::Bpe*>(data.languages.source.tokenizer.get()))
    for (const auto& [left, right] : bpe->merges()) merges.push_back({left, right});
  return {{"merges", merges.dump()}, {"vocabulary", Json(data.languages.target.vocab.tokens()).dump()}};
}

int run(const std::string& folder, const std::string& source, const std::string& target, int epochs,
        const std::string& file) {
  const auto start = std::chrono::steady_clock::now();
  const auto data = text::load_pairs({.path = folder, .source = source, .target = target, .vocabulary = 8000});
  std::printf("%lld pairs to train, %lld to validate, %lld to test; %lld tokens; %zu left out; %.1f s\n",
              static_cast<long long>(data.pairs(Split::train).size()),
              static_cast<long long>(data.pairs(Split::valid).size()),
              static_cast<long long>(data.pairs(Split::test).size()),
              static_cast<long long>(data.languages.target.vocab.size()), data.left_out.size(), seconds_since(start));
  auto learn = text::translation_learner(data, {});
  learn.fit(
      {.lr = 2e-3,
       .shape =
           OneCycle{.epochs = static_cast<double>(epochs), .pct_start = 0.1, .momentum_high = 0.9, .momentum_low = 0.9},
       .callbacks = {clip({.norm = 1}), ema({.decay = 0.998}), text::bleu_each(data, epochs, {.every = 5}),
                     told(start)}});

  const auto& test = data.pairs(Split::test).pairs();
  const auto before = std::chrono::steady_clock::now();
  const auto translations = text::translate(learn, data.languages, test.source);
  const auto bleu = text::corpus_bleu(translations, test.target);
  std::printf("test: bleu %.2f (%.1f/%.1f/%.1f/%.1f, penalty %.3f), %zu sentences in %.1f s\n", bleu.score,
              bleu.precisions[0], bleu.precisions[1], bleu.precisions[2], bleu.precisions[3], bleu.brevity_penalty,
              translations.size(), seconds_since(before));
  for (size_t k = 0; k < translations.size(); k += std::max<size_t>(1, translations.size() / 8))
    std::printf("  %s\n    = %s\n    ~ %s\n", test.source[k].c_str(), test.target[k].c_str(), translations[k].c_str());
  if (!file.empty()) nn::write_safetensors(file, nn::state_of(learn.model()), metadata(data));
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr, "usage: translate_multi30k FOLDER SOURCE TARGET [EPOCHS] [MODEL.safetensors]\n");
    return 2;
  }
  try {
    return run(words[1], words[2], words[3], count > 4 ? std::stoi(words[4]) : 20, count > 5 ? words[5] : "");
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
