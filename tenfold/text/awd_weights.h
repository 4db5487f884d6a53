#pragma once
// Weights and vocabularies of published AWD-LSTM language models: fastai 2.x's and 0.7's .pth files and pickled lists
// of words, as data (nn/pickle.h says what is refused), and their words matched with ours.

#include <filesystem>
#include <map>
#include <string>

#include "tenfold/text/awd_lstm.h"
#include "tenfold/text/vocab.h"

namespace tenfold::text {

/// A language model's tensors under fastai 2.8's names, each once: the aliases of the embedding (encoder_dp.emb.weight,
/// 1.decoder.weight) and of recurrent weights after dropout are left out. Also of an encoder alone, as fastai's
/// save_encoder writes it, of 0.7's files, and of our own.
struct AwdWeights {
  std::string path;
  std::map<std::string, at::Tensor> tensors;
  AwdLstmWidths widths;
  int64_t vocab = 0;
};

/// Throws WeightsError where the file is none of these, or its decoder is not its embedding.
AwdWeights read_awd_weights(const std::filesystem::path& path);
/// What a trained language model has, to make a classifier of.
AwdWeights awd_weights(const AwdLstm& model);

/// The vocabulary as a pickled list of words (fastai's itos_wt103.pkl and its like). Throws WeightsError.
Vocab read_pickled_vocab(const std::filesystem::path& path);

/// Rows of words that `pretrained` knows are copied to their place in `own`; new words get the mean of all rows. fastai
/// 2.8, match_embeds. Throws WeightsError where the file has another number of words than `pretrained`.
AwdWeights matched(AwdWeights weights, const Vocab& pretrained, const Vocab& own);

/// Copies into the model: all of it, or its encoder. A decoder's bias that the file lacks stays 0. Throws WeightsError
/// where widths or vocabulary differ, saying both.
void load_weights(AwdLstm& model, const AwdWeights& weights);
void load_weights(AwdEncoder& encoder, const AwdWeights& weights);

/// The state under all names that fastai 2.8 expects of a language model, aliases included.
std::map<std::string, at::Tensor> published_state(const AwdLstm& model);

}  // namespace tenfold::text
