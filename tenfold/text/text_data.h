#pragma once
// Text data for classifiers: files → texts and labels → token numbers → Data and the task that fits.

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "tenfold/data/data.h"
#include "tenfold/nn/task.h"
#include "tenfold/text/options.h"
#include "tenfold/text/text_list.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/text/tokenizer.h"
#include "tenfold/text/wordpiece.h"

namespace tenfold::text {

/// How a text becomes token numbers, at least one; `ids` may be called by several threads at once.
struct Numericaliser {
  std::function<std::vector<int32_t>(std::string_view text)> ids;
  int64_t pad = 0;
};

/// How a text of more than `most` tokens is cut (Sun et al. 2019, arXiv 1905.05583, 5.3.1: both ends beat either).
struct Cut {
  int64_t most = 0;
  Keep keep = Keep::start;
};

/// [CLS] pieces [SEP], at most cut.most of them.
Numericaliser numericaliser(std::shared_ptr<const WordPiece> wordpiece, Cut cut);
/// Ids that stand before and behind a text for a network that wants them; -1 is none.
struct Framing {
  int32_t begin = -1, end = -1;
};
/// At most cut.most tokens of any tokeniser over a vocabulary, the framing's among them. Each thread keeps its encoder
/// from text to text.
Numericaliser numericaliser(std::shared_ptr<const Tokenizer> tokenizer, const Vocab& vocab, int64_t pad, Cut cut,
                            Framing framing = {});

/// Numbers of texts in their order, by `threads` threads (0: the cores).
TokenTexts numbered(const std::vector<std::string>& texts, const Numericaliser& how, int threads = 0);

struct TextData {
  Data data;  ///< of TokenDataset
  nn::Task task;
  std::shared_ptr<const TextSplits> texts;  ///< as they were read, for reports; in the datasets' order
};

/// Numbers for the texts of all splits, by `threads` threads (0: the cores).
TextData numericalised(TextSplits splits, const Numericaliser& how, int threads = 0);
/// read_texts(), then numericalised(). Throws what they do.
TextData load(const DataOptions& options, const Numericaliser& how, uint64_t seed = 42);

/// Texts to predict on, without labels, named by their place from 1.
Data to_predict(const std::vector<std::string>& texts, const Numericaliser& how);

}  // namespace tenfold::text
