#include "tenfold/text/translator.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/pairs.h"
#include "tenfold/text/rnn_translator.h"
#include "tenfold/text/transformer.h"

namespace tenfold::text {
namespace {

/// oneDNN makes a kernel for each number of rows that it meets, which takes longer than the product: so there are few.
constexpr int64_t kPackedRows = 128;

}  // namespace

std::string Translator::body_fingerprint() const { return nn::hash_of(nn::state_of(*this)); }

TokenTableImpl::TokenTableImpl(int64_t tokens, int64_t width) : tokens_(tokens), width_(width) { reset(); }

void TokenTableImpl::reset() { weight = register_parameter("weight", at::zeros({tokens_, width_})); }

torch::Tensor TokenTableImpl::forward(const torch::Tensor& tokens) { return at::embedding(weight, tokens); }

void initialise_translator(torch::nn::Module& module, uint64_t seed) {
  nn::initialise(module, seed);
  const at::NoGradGuard no_grad;
  const double from_kaiming = std::sqrt(0.5);  // whose variance is 2 / fan
  module.apply([&](const std::string& name, torch::nn::Module& layer) {
    if (auto* linear = dynamic_cast<nn::LinearImpl*>(&layer)) {
      linear->weight.mul_(from_kaiming);
    } else if (auto* table = dynamic_cast<TokenTableImpl*>(&layer)) {
      nn::kaiming_normal(table->weight, nn::Fan::in, 1, seed, name + ".weight");
      table->weight.mul_(from_kaiming);
    }
  });
}

Packed packed(const at::Tensor& ids, const at::Tensor& lengths, int64_t from, int64_t less) {
  TORCH_CHECK(ids.dim() == 2 && lengths.dim() == 1 && lengths.size(0) == ids.size(0) && ids.is_cpu(),
              "sentences are ids [N, T] and lengths [N] on the CPU, were ", ids.sizes(), " and ", lengths.sizes());
  const auto rows = ids.contiguous(), ends = lengths.contiguous();
  const auto* length = ends.const_data_ptr<int64_t>();
  auto starts = std::make_shared<std::vector<int64_t>>(1, 0);
  for (int64_t n = 0; n < rows.size(0); ++n) {
    const int64_t tokens = length[n] - less;
    TORCH_CHECK(tokens >= 1 && from + tokens <= rows.size(1), "sentence ", n, " has ", tokens, " tokens from ", from,
                " on, of ", rows.size(1));
    starts->push_back(starts->back() + tokens);
  }
  const auto options = rows.options();
  const int64_t all = (starts->back() + kPackedRows - 1) / kPackedRows * kPackedRows;
  Packed packed{at::full({all}, kPadToken, options), at::zeros({all}, options), at::empty({starts->back()}, options),
                starts};
  auto *id = packed.ids.mutable_data_ptr<int64_t>(), *place = packed.places.mutable_data_ptr<int64_t>(),
       *item = packed.items.mutable_data_ptr<int64_t>();
  for (int64_t n = 0; n < rows.size(0); ++n) {
    const auto* row = rows.const_data_ptr<int64_t>() + n * rows.size(1) + from;
    for (int64_t t = 0; t < length[n] - less; ++t) *id++ = row[t], *place++ = t, *item++ = n;
  }
  return packed;
}

std::shared_ptr<Translator> make_translator(const TranslatorOptions& options, int64_t sources, int64_t targets,
                                            Vocabularies vocabularies, uint64_t seed) {
  if (!(options.label_smoothing >= 0 && options.label_smoothing < 1))
    throw ConfigError("translation_model.label_smoothing",
                      "is " + shortest(options.label_smoothing) + "; needs a share from 0 to below 1");
  if (vocabularies == Vocabularies::joint && sources != targets)
    throw ConfigError("translation.vocabularies",
                      "are joint, and have " + std::to_string(sources) + " and " + std::to_string(targets) + " tokens");
  std::shared_ptr<Translator> made;
  if (options.kind == TranslatorKind::transformer)
    made = std::make_shared<Transformer>(options.transformer, sources, targets, vocabularies, options.label_smoothing);
  else
    made = std::make_shared<RnnTranslator>(options.rnn, sources, targets, vocabularies, options.label_smoothing);
  initialise_translator(*made, seed);
  return made;
}

}  // namespace tenfold::text
