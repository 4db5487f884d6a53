#pragma once
// Losses, output activations and decoding of the task table.

#include <ATen/core/Tensor.h>

#include "tenfold/nn/task.h"

namespace tenfold::nn {

/// Logits [N, logits(task)] → probabilities [N, classes] or values [N, outputs], fp32. Ordinal: class probabilities
/// from cumulative sigmoids P(y > k), each held to at most the one before it (Frank & Hall 2001, "A simple approach to
/// ordinal classification"). A language model's scores [N, 2] stay what they are.
at::Tensor activate(const Task& task, const at::Tensor& logits);

/// The inverse: logits that activate() takes to these probabilities or values, so that an average of views has a loss
/// too. Probabilities are held 1e-7 from 0 and 1. [N, classes] or [N, outputs] → [N, logits(task)] fp32.
at::Tensor logits_of(const Task& task, const at::Tensor& activated);

/// Loss of each item, [N] fp32: cross-entropy (with class weights: of its class, as torch without reduction); mean over
/// labels of binary cross-entropy, each label times its weight; mean over outputs of squared error; sum over steps of
/// binary cross-entropy (ordinal); sum over tokens (language model). Targets as in Sample::y, collated. Throws
/// ConfigError, naming the task that fits and why, where the target's dtype, shape or values do not fit this one.
at::Tensor item_loss(const Task& task, const at::Tensor& logits, const at::Tensor& target);

/// Mean loss, scalar fp32; class weights as torch's cross_entropy weighs them (weighted mean); of a language model the
/// mean over all tokens.
at::Tensor loss(const Task& task, const at::Tensor& logits, const at::Tensor& target);

/// What is predicted: int64 [N] (single label: the most probable class; ordinal: the median class), bool [N, classes]
/// (multi-label), float [N, outputs]; of a language model its scores.
at::Tensor decode(const Task& task, const at::Tensor& activated);

}  // namespace tenfold::nn
