#pragma once
// What all networks that translate have in common.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/model.h"
#include "tenfold/text/beam_search.h"
#include "tenfold/text/packed_attention.h"
#include "tenfold/text/translation_options.h"

namespace tenfold::text {

/// A model of sentence pairs: x as PairDataset collates it, {source [N, S], lengths [N], target [N, T], lengths [N]};
/// what it says of them are the language model's scores [N, 2]: mean negative log-likelihood of the target's tokens,
/// and the share of them predicted right. In training the gradient is that of smoothed targets. Sums and the softmax
/// are fp32; the layers compute in the dtype of compute_in(), in evaluation the scores of tokens in fp32.
class Translator : public nn::Model {
 public:
  torch::Tensor head(const torch::Tensor& features) override { return features; }
  /// There is none: the scores are made of the embedding. The last layer group's module.
  std::shared_ptr<torch::nn::Module> head_module() const override { return groups().back().modules.front(); }
  std::string body_fingerprint() const override;

  /// Writes translations of source sentences int64 [N, S], lengths [N], `beam` rows each.
  virtual std::unique_ptr<StepDecoder> decoder(const at::Tensor& source, const at::Tensor& lengths, int64_t beam) = 0;
  /// How much each target token that was written looked at each source token: [N, T - 1, S] fp32, rows sum to 1 over
  /// the source's length. Throws ConfigError where the network has no attention.
  virtual at::Tensor attention(const std::vector<at::Tensor>& x) = 0;

  /// fp32 or bf16; fp32 until told otherwise.
  void compute_in(at::ScalarType dtype) { dtype_ = dtype; }
  at::ScalarType dtype() const { return dtype_; }

 private:
  at::ScalarType dtype_ = at::kFloat;
};

/// weight [V, D] fp32. Tokens int64 of any shape → [tokens…, D] fp32.
class TokenTableImpl : public torch::nn::Cloneable<TokenTableImpl> {
 public:
  TokenTableImpl(int64_t tokens, int64_t width);
  void reset() override;
  torch::Tensor forward(const torch::Tensor& tokens);
  torch::Tensor weight;

 private:
  int64_t tokens_, width_;
};
TORCH_MODULE(TokenTable);

/// Sets every TokenTable and Linear below `module` to normal numbers of variance 1 / width, drawn by the seed and their
/// names, and norms to the identity: the scale at which transformers and GRUs start.
void initialise_translator(torch::nn::Module& module, uint64_t seed);

/// Tokens of sentences one behind the other, M of them, and a few pads behind the last up to a round number R.
struct Packed {
  at::Tensor ids;     ///< int64 [R]
  at::Tensor places;  ///< int64 [R]: in the sentence, from 0
  at::Tensor items;   ///< int64 [M]: which sentence
  Starts starts;

  int64_t tokens() const { return starts->back(); }
};

/// The first lengths[n] - less tokens of each row, from column `from` on. ids int64 [N, T], lengths int64 [N].
Packed packed(const at::Tensor& ids, const at::Tensor& lengths, int64_t from = 0, int64_t less = 0);

/// Transformer, or GRUs with attention, by the options' kind. Vocabularies of `sources` and `targets` tokens; joint
/// ones share one table. Throws ConfigError where an option cannot work.
std::shared_ptr<Translator> make_translator(const TranslatorOptions& options, int64_t sources, int64_t targets,
                                            Vocabularies vocabularies, uint64_t seed);

}  // namespace tenfold::text
