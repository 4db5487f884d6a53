#pragma once
// Losses, output activations and decoding of the task table.

#include <ATen/core/Tensor.h>

#include "tenfold/nn/task.h"

namespace tenfold::nn {

/// Logits [N, logits(task)] → probabilities [N, classes] or values [N, outputs], fp32. Ordinal: class probabilities from
/// cumulative sigmoids P(y > k).
at::Tensor activate(const Task& task, const at::Tensor& logits);

/// Loss of each item, [N] fp32. Targets as in Sample::y, collated. Throws ConfigError, naming the task that fits, where the
/// target's dtype or shape does not fit this one.
at::Tensor item_loss(const Task& task, const at::Tensor& logits, const at::Tensor& target);

/// Mean loss, scalar fp32; class weights as torch's cross_entropy weighs them (weighted mean).
at::Tensor loss(const Task& task, const at::Tensor& logits, const at::Tensor& target);

/// What is predicted: int64 [N] (single label, ordinal), bool [N, classes] (multi-label), float [N, outputs].
at::Tensor decode(const Task& task, const at::Tensor& activated);

}  // namespace tenfold::nn
