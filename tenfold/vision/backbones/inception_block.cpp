#include "tenfold/vision/backbones/inception_block.h"

#include <ATen/ATen.h>

#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision::inception {
namespace {

nn::ConvOptions options(int64_t in, const Conv& conv) {
  return {.in = in,
          .out = conv.out,
          .kernel = conv.rows,
          .kernel_width = conv.columns,
          .stride = conv.stride,
          .same = conv.stride == 1 && conv.edge == Edge::zeros};
}

at::Tensor mean(const at::Tensor& x, From from) {
  return at::avg_pool2d(x, {3, 3}, {1, 1}, {1, 1}, /*ceil_mode=*/false,
                        /*count_include_pad=*/from == From::mean_with_zeros);
}

at::Tensor taken(const at::Tensor& x, From from) {
  if (from == From::input) return x;
  return from == From::maximum ? at::max_pool2d(x, {3, 3}, {2, 2}) : mean(x, from);
}

}  // namespace

ConvNorm::ConvNorm(int64_t in, const Conv& conv)
    : conv_(register_module("conv", nn::Conv2d(options(in, conv)))),
      norm_(register_module("bn", nn::NormAct(nn::NormActOptions{.channels = conv.out, .eps = 1e-3}))) {}

at::Tensor ConvNorm::forward(const at::Tensor& x) { return norm_(conv_(x)); }

Block::Block(int64_t in, const std::vector<Branch>& branches) {
  for (const auto& branch : branches) {
    Made made{.from = branch.from, .row = {}, .fork = {}};
    int64_t width = in;
    for (const auto& conv : branch.row) {
      made.row.push_back(add(width, conv));
      width = conv.out;
    }
    for (const auto& conv : branch.fork) {
      made.fork.push_back(add(width, conv));
      out_ += conv.out;
    }
    if (branch.fork.empty()) out_ += width;
    branches_.push_back(std::move(made));
  }
}

std::shared_ptr<ConvNorm> Block::add(int64_t in, const Conv& conv) {
  return nest(*this, conv.name, std::make_shared<ConvNorm>(in, conv));
}

at::Tensor Block::forward(const at::Tensor& x) {
  std::vector<at::Tensor> maps;
  for (const auto& branch : branches_) {
    auto y = taken(x, branch.from);
    for (const auto& conv : branch.row) y = conv->forward(y);
    for (const auto& conv : branch.fork) maps.push_back(conv->forward(y));
    if (branch.fork.empty()) maps.push_back(y);
  }
  return at::cat(maps, 1);
}

}  // namespace tenfold::vision::inception
