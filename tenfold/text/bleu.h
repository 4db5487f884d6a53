#pragma once
// BLEU, the share of n-grams that a translation has in common with a reference, n = 1 to 4, times a penalty for being
// short. Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation"; made comparable by
// Post 2018, "A call for clarity in reporting BLEU scores", arXiv 1804.08771, whose defaults these are: tokenisation
// "13a", case counts, exponential smoothing, counts summed over the corpus. Torch-free.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenfold::text {

/// The words of a line as mteval-v13a.pl cuts them: four entities undone, ASCII punctuation apart, full stops and
/// commas apart unless between digits, a dash apart after a digit; then split at white space.
std::vector<std::string> tokens_13a(std::string_view line);

constexpr int kBleuOrder = 4;

struct Bleu {
  double score = 0;                             ///< 0 to 100
  std::array<double, kBleuOrder> precisions{};  ///< in percent, smoothed
  double brevity_penalty = 1;                   ///< exp(1 - reference / hypothesis) where the hypotheses are shorter
  std::array<int64_t, kBleuOrder> correct{}, total{};   ///< n-grams that are in the reference, and all
  int64_t hypothesis_length = 0, reference_length = 0;  ///< tokens
};

/// Sums what BLEU is made of, sentence by sentence.
class BleuCounts {
 public:
  /// Of several references an n-gram may occur as often as in the one that has it most; the length that counts is the
  /// one nearest to the hypothesis', the shorter of two. At least one reference.
  void add(std::string_view hypothesis, std::span<const std::string> references);
  /// Orders without a match count as 1 / 2, 1 / 4, … of one (Chen & Cherry 2014, method 3); 0 where nothing matches.
  Bleu bleu() const;

 private:
  Bleu sums_;
};

/// One reference a hypothesis. Throws Error where they are not as many.
Bleu corpus_bleu(std::span<const std::string> hypotheses, std::span<const std::string> references);

/// fastai 2.8's CorpusBLEUMetric, 0 to 1: of token numbers, smoothed in each sentence instead of over the corpus, so
/// that it is the higher the shorter the sentences are; not comparable with published scores. NaN where an order has no
/// n-gram at all. Throws Error where they are not as many.
double fastai_bleu(std::span<const std::vector<int64_t>> hypotheses, std::span<const std::vector<int64_t>> references);

}  // namespace tenfold::text
