#pragma once
// How sentences of two languages become token numbers and come back, as a value that a model file holds.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/text/sentence_pairs.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/text/tokenizer.h"
#include "tenfold/text/translation_options.h"

namespace tenfold::text {

/// Tokens that both vocabularies begin with.
constexpr int64_t kUnknownToken = 0, kPadToken = 1, kBeginToken = 2, kEndToken = 3;

struct Language {
  std::shared_ptr<const Tokenizer> tokenizer;
  Vocab vocab;
  bool small_letters = false;

  /// The sentence; begin, end and padding leave no trace, unknown tokens become U+2047.
  std::string sentence(std::span<const int64_t> ids) const;
};

/// The two of a translator; joint ones are the same.
struct Languages {
  Language source, target;
  PairOptions options;  ///< as they were learnt
};

/// Of these pairs. Throws ConfigError where the options cannot work.
Languages learn_languages(const SentencePairs& train, const PairOptions& options);

/// {"source": {"merges": […], "tokens": […]}, "target": …}, one where they are joint; what the options say is not
/// repeated.
Json to_json(const Languages& languages);
/// Throws DataError(path) where the tree is none of languages with these options.
Languages languages_of(const Json& tree, const PairOptions& options, const std::string& path);

/// What stands around a sentence's own tokens.
enum class Frame { end, begin_and_end };
/// Each sentence's tokens, at most `most` of them, in their frame.
TokenTexts numbered(std::span<const std::string> sentences, const Language& language, int64_t most, Frame frame);

/// Sentences to translate, or to look at, as a batch's x; targets may be empty where there are none: x then has the
/// source's two tensors only.
std::vector<at::Tensor> to_batch(const Languages& languages, std::span<const std::string> sources,
                                 std::span<const std::string> targets);

}  // namespace tenfold::text
