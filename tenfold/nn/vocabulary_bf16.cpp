#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tenfold/nn/kernels/bf16_products.h"
#include "tenfold/nn/vocabulary_parts.h"

namespace tenfold::nn {
namespace {

constexpr int64_t kExponentials = int64_t{1} << 26;  // at a time: 128 MiB
constexpr int64_t kRowStep = 96;                     // tokens whose products a thread looks at while they are near
constexpr int64_t kRowGroup = 288;  // tokens of a task of dh: their sums stay in the second-level cache
constexpr double kFarthest = 70;    // from the origin: e^80 is the most that is told apart

const Bf16* bits(const at::Tensor& x) { return reinterpret_cast<const Bf16*>(x.const_data_ptr<at::BFloat16>()); }
Bf16* bits_of(at::Tensor& x) { return reinterpret_cast<Bf16*>(x.mutable_data_ptr<at::BFloat16>()); }
const uint32_t* words(const at::Tensor& x) { return reinterpret_cast<const uint32_t*>(x.const_data_ptr<int32_t>()); }

constexpr int64_t blocks_of(int64_t vocabulary) { return panels_of(vocabulary, softmax_block); }

template <class Pack>
at::Tensor packed(int64_t panels, int64_t pairs, Pack&& pack) {
  auto all = at::empty({panels, pairs, product_panel}, at::kInt);
  auto* to = reinterpret_cast<uint32_t*>(all.mutable_data_ptr<int32_t>());
  at::parallel_for(0, panels, 1, [&](int64_t first, int64_t last) {
    for (int64_t p = first; p < last; ++p) pack(p, to + p * pairs * product_panel);
  });
  return all;
}

/// The weight as the products take it: [V] across for logits, [E] across for dh. Both 0 beyond the vocabulary.
struct Weights {
  at::Tensor for_logits, for_dh;
  explicit Weights(const VocabularyParts& parts, bool gradients) {
    const int64_t vocabulary = parts.weight.size(0), width = parts.weight.size(1);
    const auto& own = *bf16_products();
    for_logits = packed(4 * blocks_of(vocabulary), width / 2, [&](int64_t panel, uint32_t* to) {
      if (panel * product_panel < vocabulary) own.pack_transposed(bits(parts.weight), vocabulary, width, panel, to);
    });
    if (gradients)
      for_dh = packed(
          panels_of(width, product_panel), blocks_of(vocabulary) * softmax_block / 2, [&](int64_t panel, uint32_t* to) {
            own.pack(bits(parts.weight), vocabulary, width, panel, blocks_of(vocabulary) * softmax_block / 2, to);
          });
  }
};

/// What a chunk of tokens leaves.
struct Chunk {
  at::Tensor e;                 ///< [blocks, rows, 256] bf16
  std::vector<float> own;       ///< the targets' logits
  std::vector<double> rest;     ///< Σ e but for the targets'
  std::vector<double> largest;  ///< the largest logit but the target's
};

Chunk exponentials(const at::Tensor& h, const Weights& weights, const at::Tensor& bias, const int64_t* targets,
                   int64_t vocabulary, const std::vector<float>& origin, const at::Tensor& room) {
  const bool gradients = room.defined();
  const int64_t rows = h.size(0), pairs = h.size(1) / 2, blocks = blocks_of(vocabulary);
  const auto n = static_cast<size_t>(rows);
  Chunk chunk{.e = {}, .own = std::vector<float>(n), .rest = std::vector<double>(n), .largest = {}};
  if (gradients) chunk.e = room.narrow(0, 0, blocks * rows * softmax_block).view({blocks, rows, softmax_block});
  std::vector<float> rest(static_cast<size_t>(blocks) * n), largest(rest.size());
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(static_cast<size_t>(product_scratch(kRowStep)));
    std::vector<int64_t> target(static_cast<size_t>(kRowStep));
    for (int64_t block = begin; block < end; ++block)
      for (int64_t row = 0; row < rows; row += kRowStep) {
        const int64_t count = std::min(kRowStep, rows - row), first = block * softmax_block;
        for (int64_t k = 0; k < count; ++k) target[static_cast<size_t>(k)] = targets[row + k] - first;
        bf16_products()->softmax({.h = bits(h) + row * 2 * pairs,
                                  .packed = words(weights.for_logits) + first * pairs,
                                  .bias = bias.defined() ? bias.const_data_ptr<float>() + first : nullptr,
                                  .origin = origin.data() + row,
                                  .target = target.data(),
                                  .rows = count,
                                  .pairs = pairs,
                                  .words = std::min(softmax_block, vocabulary - first),
                                  .e = gradients ? bits_of(chunk.e) + (block * rows + row) * softmax_block : nullptr,
                                  .rest = rest.data() + block * rows + row,
                                  .largest = largest.data() + block * rows + row,
                                  .own = chunk.own.data() + row},
                                 scratch.data());
      }
  });
  chunk.largest.assign(n, -INFINITY);
  for (int64_t block = 0; block < blocks; ++block)
    for (size_t k = 0; k < n; ++k) {
      chunk.rest[k] += rest[static_cast<size_t>(block) * n + k];
      chunk.largest[k] = std::max<double>(chunk.largest[k], largest[static_cast<size_t>(block) * n + k]);
    }
  return chunk;
}

/// From an origin that no logit is far above. The targets' logits are a good guess; where one is far below the largest,
/// that is taken, at the price of a second look.
Chunk well_placed(const at::Tensor& h, const Weights& weights, const at::Tensor& bias, const int64_t* targets,
                  int64_t vocabulary, std::vector<float>& origin, const at::Tensor& room) {
  auto chunk = exponentials(h, weights, bias, targets, vocabulary, origin, room);
  bool far = false;
  for (size_t k = 0; k < origin.size(); ++k) {
    const double largest = std::max<double>(chunk.largest[k], chunk.own[k]);
    if (!(std::abs(largest - origin[k]) < kFarthest)) origin[k] = static_cast<float>(largest), far = true;
  }
  return far ? exponentials(h, weights, bias, targets, vocabulary, origin, room) : chunk;
}

/// sums [rows, 64 · panels] fp32 of e times the weight.
at::Tensor weighed_words(const Chunk& chunk, const Weights& weights, int64_t rows) {
  const int64_t panels = weights.for_dh.size(0), blocks = chunk.e.size(0), pairs = softmax_block / 2;
  auto sums = at::zeros({rows, panels * product_panel}, at::kFloat);
  float* out = sums.mutable_data_ptr<float>();
  const int64_t groups = panels_of(rows, kRowGroup), size = panels_of(panels_of(rows, groups), 6) * 6;
  at::parallel_for(0, groups, 1, [&](int64_t begin, int64_t end) {
    for (int64_t group = begin; group < end; ++group) {
      const int64_t row = group * size, count = std::min(size, rows - row);
      if (count <= 0) return;
      for (int64_t block = 0; block < blocks; ++block)
        for (int64_t panel = 0; panel < panels; ++panel)
          bf16_products()->multiply(
              {.left = reinterpret_cast<const uint32_t*>(bits(chunk.e) + (block * rows + row) * softmax_block),
               .row_step = pairs,
               .pair_step = 1,
               .right = words(weights.for_dh) + (panel * blocks + block) * pairs * product_panel,
               .rows = count,
               .pairs = pairs,
               .vectors = product_panel / 16,
               .out = out + row * panels * product_panel + panel * product_panel,
               .out_step = panels * product_panel});
    }
  });
  return sums;
}

/// Adds eᵀ · scaled to dweight [V, padded] and the sums of scale · e to dbias [256 · blocks].
void add_words(const Chunk& chunk, const at::Tensor& scaled, const std::vector<float>& scale, int64_t vocabulary,
               at::Tensor& dweight, at::Tensor& dbias) {
  const int64_t rows = scaled.size(0), width = scaled.size(1), pairs = (rows + 1) / 2;
  const int64_t panels = panels_of(width, product_panel), step = dweight.size(1);
  const auto& own = *bf16_products();
  const auto right = packed(
      panels, pairs, [&](int64_t panel, uint32_t* to) { own.pack(bits(scaled), rows, width, panel, pairs, to); });
  float *out = dweight.mutable_data_ptr<float>(), *sums = dbias.mutable_data_ptr<float>();
  at::parallel_for(0, panels_of(vocabulary, product_panel), 1, [&](int64_t begin, int64_t end) {
    std::vector<uint32_t> left(static_cast<size_t>(pairs * product_panel));
    float added[product_panel];
    for (int64_t panel = begin; panel < end; ++panel) {
      const int64_t first = panel * product_panel, block = first / softmax_block, within = first % softmax_block;
      const Bf16* e = bits(chunk.e) + block * rows * softmax_block;
      own.pack(e, rows, softmax_block, within / product_panel, pairs, left.data());
      own.weighed_sums(e + within, rows, softmax_block, scale.data(), added);
      for (int64_t c = 0; c < product_panel; ++c) sums[first + c] += added[c];
      for (int64_t across = 0; across < panels; ++across)
        own.multiply({.left = left.data(),
                      .row_step = 1,
                      .pair_step = product_panel,
                      .right = words(right) + across * pairs * product_panel,
                      .rows = std::min(product_panel, vocabulary - first),
                      .pairs = pairs,
                      .vectors = panels_of(std::min(product_panel, width - across * product_panel), 16),
                      .out = out + first * step + across * product_panel,
                      .out_step = step});
    }
  });
}

/// Origins: the targets' logits, roughly.
std::vector<float> origins(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias,
                           const at::Tensor& targets) {
  auto logits = (h.to(at::kFloat) * weight.index_select(0, targets).to(at::kFloat)).sum(1);
  if (bias.defined()) logits += bias.index_select(0, targets);
  return {logits.const_data_ptr<float>(), logits.const_data_ptr<float>() + logits.numel()};
}

}  // namespace

bool has_own_products(const VocabularyParts& parts) {
  return parts.h.is_cpu() && parts.h.scalar_type() == at::kBFloat16 && parts.h.size(1) % 2 == 0 && bf16_products();
}

VocabularyOutcome by_own_products(const VocabularyParts& parts, const at::Tensor& upstream) {
  const int64_t tokens = parts.h.size(0), width = parts.h.size(1), vocabulary = parts.weight.size(0);
  const bool gradients = upstream.defined();
  const int64_t most = std::max<int64_t>(1, kExponentials / (blocks_of(vocabulary) * softmax_block));
  const int64_t pieces = panels_of(tokens, most), chunk_rows = panels_of(panels_of(tokens, pieces), 6) * 6;
  const Weights weights(parts, gradients);
  const auto fp32 = parts.h.options().dtype(at::kFloat);
  VocabularyOutcome out{.scores = {at::empty({tokens}, fp32), at::empty({tokens}, fp32)}};
  at::Tensor room, padded_weight, padded_bias;
  if (gradients) {
    out.dh = at::empty_like(parts.h);
    room = at::empty({blocks_of(vocabulary) * chunk_rows * softmax_block}, parts.h.options());  // for all chunks
    padded_weight = at::zeros({vocabulary, panels_of(width, 16) * 16}, fp32);
    padded_bias = at::zeros({blocks_of(vocabulary) * softmax_block}, fp32);
  }
  auto *loss = out.scores.loss.mutable_data_ptr<float>(), *right = out.scores.right.mutable_data_ptr<float>();
  for (int64_t first = 0; first < tokens; first += chunk_rows) {
    const int64_t rows = std::min(chunk_rows, tokens - first);
    const auto h = parts.h.narrow(0, first, rows), targets = parts.targets.narrow(0, first, rows);
    auto origin = origins(h, parts.weight, parts.bias, targets);
    const Chunk chunk =
        well_placed(h, weights, parts.bias, targets.const_data_ptr<int64_t>(), vocabulary, origin, room);
    // By token: upstream / Σ, what the softmax of the other words is scaled by; and upstream · (p - 1) of the target.
    std::vector<float> scale(static_cast<size_t>(rows)), own(scale.size());
    for (int64_t k = 0; k < rows; ++k) {
      const auto n = static_cast<size_t>(k);
      const double above = chunk.own[n] - static_cast<double>(origin[n]), total = chunk.rest[n] + std::exp(above);
      loss[first + k] = static_cast<float>(std::log(total) - above);
      right[first + k] = chunk.own[n] >= chunk.largest[n] ? 1 : 0;
      if (!gradients) continue;
      const double weight = upstream.const_data_ptr<float>()[first + k];
      scale[n] = static_cast<float>(weight / total);
      own[n] = static_cast<float>(-weight * chunk.rest[n] / total);
    }
    if (!gradients) continue;
    const auto scales = at::from_blob(scale.data(), {rows, 1}, at::kFloat),
               owns = at::from_blob(own.data(), {rows, 1}, at::kFloat);
    const auto dh = weighed_words(chunk, weights, rows).narrow(1, 0, width) * scales +
                    parts.weight.index_select(0, targets).to(at::kFloat) * owns;
    out.dh.narrow(0, first, rows).copy_(dh);
    add_words(chunk, (h.to(at::kFloat) * scales).to(at::kBFloat16), scale, vocabulary, padded_weight, padded_bias);
    padded_weight.narrow(1, 0, width).index_add_(0, targets, h.to(at::kFloat) * owns);
    padded_bias.index_add_(0, targets, owns.squeeze(1));
  }
  if (gradients) {
    out.dweight = padded_weight.narrow(1, 0, width).contiguous();
    if (parts.bias.defined()) out.dbias = padded_bias.narrow(0, 0, vocabulary).contiguous();
  }
  return out;
}

}  // namespace tenfold::nn
