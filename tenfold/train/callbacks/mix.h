#pragma once
// What mixup and CutMix share: partners within a batch, blended targets, and the loss of both targets.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "tenfold/train/callback.h"

namespace tenfold {

/// Of the batch that is on its way.
struct Mix {
  at::Tensor share;      ///< [N] fp32, of the item itself
  at::Tensor partner_y;  ///< undefined where targets were blended
};

/// [N] int64: a permutation of the batch, keyed by (seed, step, first item).
at::Tensor partners_of(const Batch& batch, uint64_t seed, uint64_t step);

/// Blends float targets by the shares, or keeps the partners' beside class targets.
void mix_targets(Batch& batch, Mix& mix, const at::Tensor& partners);

/// share · loss(own) + (1 - share) · loss(partner), mean with class weights; the task's own loss where targets were
/// blended.
at::Tensor mixed_loss(const StepContext& context, const at::Tensor& logits, const Mix& mix);

/// share · own + (1 - share) · other, in own's dtype and memory format; share is [N].
at::Tensor blend(const at::Tensor& own, const at::Tensor& other, const at::Tensor& share);

/// One of two callbacks each step, as likely, drawn by (seed, step): their on_batch and loss. Named "one or the other".
Callback either(const Callback& one, const Callback& other);

}  // namespace tenfold
