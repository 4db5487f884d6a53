#include "tenfold/text/concat_pool.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace tenfold::text {
namespace {

TEST(ConcatPool, LastMaximumAndMean) {
  // Outputs 0 … 23 of two texts, 6 steps, 2 features; the second text's tokens are at times 3 and 4. fastai 2.8's
  // masked_concat_pool gives the same for such a mask.
  const auto output = at::arange(24, at::kFloat).view({2, 6, 2}).transpose(0, 1);
  const auto pooled = masked_concat_pool(output, at::tensor({0, 3}, at::kLong), at::tensor({6, 5}, at::kLong));
  EXPECT_TRUE(at::equal(pooled, at::tensor({10, 11, 10, 11, 5, 6, 20, 21, 20, 21, 19, 20}, at::kFloat).view({2, 6})));
}

TEST(ConcatPool, GradientsAreThoseOfOperations) {
  const auto generator = at::make_generator<at::CPUGeneratorImpl>(3);
  const auto output = at::randn({7, 3, 5}, generator, at::TensorOptions(at::kDouble)).requires_grad_();
  const std::vector<int64_t> begins{0, 2, 4}, ends{7, 3, 6};
  const auto pooled = masked_concat_pool(output, at::tensor(begins, at::kLong), at::tensor(ends, at::kLong));
  std::vector<at::Tensor> rows;
  for (size_t n = 0; n < 3; ++n) {
    const auto text = output.select(1, static_cast<int64_t>(n)).narrow(0, begins[n], ends[n] - begins[n]);
    rows.push_back(at::cat({text[-1], std::get<0>(text.max(0)), text.mean(0)}));
  }
  const auto right = at::stack(rows);
  EXPECT_TRUE(at::allclose(pooled, right, 1e-12));
  const auto weights = at::randn(pooled.sizes(), generator, at::TensorOptions(at::kDouble));
  const auto found = torch::autograd::grad({(pooled * weights).sum()}, {output}),
             exact = torch::autograd::grad({(right * weights).sum()}, {output});
  EXPECT_TRUE(at::allclose(found[0], exact[0], 1e-12));
}

TEST(ConcatPool, Bf16InFp32Out) {
  const auto output = at::rand({20, 4, 9});
  const auto begins = at::zeros({4}, at::kLong), ends = at::tensor({20, 12, 3, 1}, at::kLong);
  const auto pooled = masked_concat_pool(output.to(at::kBFloat16), begins, ends);
  EXPECT_EQ(pooled.scalar_type(), at::kFloat);
  EXPECT_LT((pooled - masked_concat_pool(output, begins, ends)).abs().max().item<double>(), 4e-3);
}

TEST(ConcatPool, RefusesTextsWithoutTokens) {
  const auto output = at::zeros({4, 2, 3});
  EXPECT_THROW(masked_concat_pool(output, at::tensor({0, 2}, at::kLong), at::tensor({4, 2}, at::kLong)), c10::Error);
  EXPECT_THROW(masked_concat_pool(output, at::tensor({0, 0}, at::kLong), at::tensor({4, 5}, at::kLong)), c10::Error);
}

}  // namespace
}  // namespace tenfold::text
