#pragma once
// The search for the most probable text, many sentences at once: greedy, or with a beam of unfinished ones.
// Lengths are made comparable as in Wu et al. 2016, arXiv 1609.08144, section 7.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tenfold::text {

/// A model that writes several texts, a token of each at a time, and remembers what it wrote. There are as many rows
/// for each sentence, one behind the other.
class StepDecoder {
 public:
  virtual ~StepDecoder() = default;
  /// The last token of each row, int64 [R] → scores of the next one, log-probabilities fp32 [R, V].
  virtual at::Tensor step(const at::Tensor& tokens) = 0;
  /// From now on row k goes on where row rows[k] stood; int64, whole sentences may be missing, none changes its place
  /// before another, and rows stay with their sentence.
  virtual void select(const at::Tensor& rows) = 0;
};

struct BeamOptions {
  int64_t sentences = 1;
  int64_t beam = 4;  ///< rows a sentence
  /// α of ((5 + tokens) / 6)^α, by which log-probabilities are divided.
  double length_penalty = 0.6;
  std::vector<int64_t> most{};  ///< for each sentence, tokens that may be written, the end among them; at least 1
  int64_t begin = 0, end = 0;   ///< tokens
};

struct Hypothesis {
  std::vector<int64_t> tokens;  ///< without begin and end
  double log_probability = 0;   ///< of the tokens and the end
  double score = 0;             ///< divided by the length penalty; what the search compares
};

/// The best finished text of each sentence. A sentence is done when as many texts as the beam is wide have ended, or
/// when no unfinished one can get a better score than the best that has; texts that reach the most are ended there, at
/// the cost of an end. With a beam of 1 this is greedy: the most probable token each time. Throws ConfigError where
/// beam < 1, or `most` does not fit.
std::vector<Hypothesis> beam_search(StepDecoder& decoder, const BeamOptions& options);

}  // namespace tenfold::text
