#include "net.h"

#include <tenfold/core/random.h>
#include <torch/torch.h>

#include <cmath>

namespace cifar {

using namespace tenfold;

namespace {

/// Uniform within 1 / sqrt(fan in), as torch's own layers begin.
void fill_uniform(torch::Tensor& weight, uint64_t seed, uint64_t layer) {
  Draw draw(seed, 0, layer, Purpose::initialisation);
  const double bound = 1 / std::sqrt(static_cast<double>(weight[0].numel()));
  auto values = torch::empty(weight.sizes());
  for (int64_t i = 0; i < values.numel(); ++i)
    values.data_ptr<float>()[i] = static_cast<float>(draw.uniform(-bound, bound));
  weight.copy_(values);
}

}  // namespace

struct Net::Whitening : torch::nn::Module {
  explicit Whitening(const torch::Tensor& given)
      : weight(register_buffer("weight", given)), bias(register_parameter("bias", torch::zeros({given.size(0)}))) {}
  torch::Tensor forward(const torch::Tensor& x) {
    return torch::gelu(torch::conv2d(x, weight.to(x.scalar_type()), bias.to(x.scalar_type())));
  }
  torch::Tensor weight, bias;
};

/// conv, pool, norm, gelu, conv, norm, gelu. [N, in, H, W] → [N, out, H / 2, W / 2].
struct Net::Pair : torch::nn::Module {
  Pair(int64_t in, int64_t out, uint64_t seed, uint64_t layer)
      : conv1(register_module("conv1", nn::Conv2d(nn::ConvOptions{.in = in, .out = out, .padding = 1}))),
        conv2(register_module("conv2", nn::Conv2d(nn::ConvOptions{.in = out, .out = out, .padding = 1}))),
        norm1(register_module("norm1",
                              nn::NormGelu(nn::NormGeluOptions{
                                  .channels = out, .pool = nn::Pool::largest_of_four, .eps = 1e-12, .momentum = 0.4}))),
        norm2(register_module("norm2",
                              nn::NormGelu(nn::NormGeluOptions{.channels = out, .eps = 1e-12, .momentum = 0.4}))) {
    const torch::NoGradGuard no_grad;
    for (auto* conv : {&conv1, &conv2}) {
      auto& weight = (*conv)->weight;
      fill_uniform(weight, seed, layer++);
      const int64_t inputs = weight.size(1);  // the first filters pass their input on
      auto first = weight.slice(0, 0, inputs);
      torch::nn::init::dirac_(first);
    }
  }
  torch::Tensor forward(const torch::Tensor& x) { return norm2(conv2(norm1(conv1(x)))); }

  nn::Conv2d conv1, conv2;
  nn::NormGelu norm1, norm2;
};

struct Net::Head : torch::nn::Module {
  Head(int64_t width, uint64_t seed) : linear(register_module("linear", nn::Linear(width, 10, /*bias=*/false))) {
    const torch::NoGradGuard no_grad;
    fill_uniform(linear->weight, seed, 100);
    linear->weight.div_(linear->weight.std());
  }
  torch::Tensor forward(const torch::Tensor& x) { return linear(x) / static_cast<double>(x.size(1)); }
  nn::Linear linear;
};

Net::Net(const NetOptions& options, const torch::Tensor& whitening)
    : whitening_(register_module("whitening", std::make_shared<Whitening>(whitening))) {
  int64_t in = whitening.size(0);
  for (size_t k = 0; k < options.widths.size(); in = options.widths[k++])
    pairs_.push_back(register_module("pair" + std::to_string(k + 1),
                                     std::make_shared<Pair>(in, options.widths[k], options.seed, 2 * k)));
  head_ = register_module("head", std::make_shared<Head>(in, options.seed));
}

torch::Tensor Net::features(const std::vector<torch::Tensor>& x) {
  auto y = whitening_->forward(x.at(0));
  for (const auto& pair : pairs_) y = pair->forward(y);
  return torch::max_pool2d(y, {3, 3}).flatten(1).to(torch::kFloat);
}

torch::Tensor Net::head(const torch::Tensor& features) { return head_->forward(features); }

std::vector<nn::LayerGroup> Net::groups() const {
  nn::LayerGroup norms{.name = "norms", .modules = {}}, kernels{.name = "kernels", .modules = {}};
  for (const auto& pair : pairs_) {
    norms.modules.insert(norms.modules.end(), {pair->norm1.ptr(), pair->norm2.ptr()});
    kernels.modules.insert(kernels.modules.end(), {pair->conv1.ptr(), pair->conv2.ptr()});
  }
  return {{"whitening", {whitening_}}, norms, kernels, {"head", {head_}}};
}

std::shared_ptr<torch::nn::Module> Net::head_module() const { return head_; }
std::string Net::body_fingerprint() const { return {}; }

void Net::freeze_whitening() { whitening_->bias.requires_grad_(false); }

double Net::forward_flops() const {
  int64_t side = 31, multiplications = side * side * whitening_->weight.numel();
  for (const auto& pair : pairs_) {
    multiplications += side * side * pair->conv1->weight.numel();
    side /= 2;
    multiplications += side * side * pair->conv2->weight.numel();
  }
  return 2.0 * static_cast<double>(multiplications + head_->linear->weight.numel());
}

torch::Tensor whitening_of(const torch::Tensor& images) {
  const auto patches = images.unfold(2, 2, 1).unfold(3, 2, 1).permute({0, 2, 3, 1, 4, 5}).reshape({-1, 12});
  const auto covariance = (torch::mm(patches.t(), patches) / patches.size(0)).to(torch::kDouble);
  const auto [values, vectors] = torch::linalg_eigh(covariance, "U");
  const auto scaled = (vectors.t() / torch::sqrt(values + 5e-4).unsqueeze(1)).reshape({12, 3, 2, 2});
  return torch::cat({scaled, -scaled}).to(torch::kFloat);
}

torch::Tensor random_filters(uint64_t seed) {
  Draw draw(seed, 0, 101, Purpose::initialisation);
  auto filters = torch::empty({12, 12});
  for (int64_t i = 0; i < filters.numel(); ++i) filters.data_ptr<float>()[i] = static_cast<float>(draw.normal());
  filters = (filters / filters.norm(2, 1, true)).reshape({12, 3, 2, 2});
  return torch::cat({filters, -filters});
}

}  // namespace cifar
