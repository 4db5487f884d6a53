#pragma once
// Texts as token numbers in memory, for classifiers of any family: batches of like length, padded behind.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tenfold/data/dataset.h"

namespace tenfold::text {

/// Token numbers of texts, one after the other.
struct TokenTexts {
  std::vector<int32_t> ids;
  std::vector<int64_t> starts = {0};  ///< text k is ids[starts[k] … starts[k + 1])

  int64_t size() const { return static_cast<int64_t>(starts.size()) - 1; }
  int64_t length(int64_t k) const { return starts[static_cast<size_t>(k) + 1] - starts[static_cast<size_t>(k)]; }
  std::span<const int32_t> operator[](int64_t k) const {
    return {ids.data() + starts[static_cast<size_t>(k)], static_cast<size_t>(length(k))};
  }
  void add(std::span<const int32_t> text);
};

/// Order of a training epoch: a permutation with the longest text first, cut into blocks of 50 batches; each block
/// sorted from long to short; its batches shuffled, but for the first, which holds the longest text (so that memory
/// runs out at once or never), and the last, which may be short. fastai 2.8's SortedDL.
std::vector<int64_t> sortish_order(const std::vector<int64_t>& lengths, int64_t batch, const EpochKey& key);
/// From long to short; of equal length in their own order.
std::vector<int64_t> long_to_short(const std::vector<int64_t>& lengths);

/// Sample: x = {ids int64 [T]}. Batch: x = {ids int64 [N, T], lengths int64 [N]}, T the longest of the batch, padded
/// behind. In validation from long to short; predictions come back in the dataset's order.
class TokenDataset : public Dataset {
 public:
  /// names: one a text. target: int64 [N], float [N, K], or undefined. Throws Error where their numbers differ or a
  /// text has no token.
  TokenDataset(TokenTexts texts, std::vector<std::string> names, at::Tensor target, int64_t pad);

  int64_t size() const override { return texts_.size(); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;
  std::vector<int64_t> order(int64_t batch, const std::optional<EpochKey>& shuffle) const override;
  Batch collate(std::vector<Sample> samples, std::vector<int64_t> index) const override;
  bool gathers() const override { return true; }
  std::string name(int64_t index) const override { return names_.at(static_cast<size_t>(index)); }
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;
  std::string item_fingerprint(int64_t index) const override;

  const TokenTexts& texts() const { return texts_; }
  int64_t pad() const { return pad_; }

 private:
  TokenTexts texts_;
  std::vector<std::string> names_;
  at::Tensor target_;
  int64_t pad_;
};

/// Rows of samples' x[0], int64 [T each], as {ids [N, T] padded behind with `pad`, lengths [N]}.
std::vector<at::Tensor> padded(const std::vector<Sample>& samples, int64_t pad);

}  // namespace tenfold::text
