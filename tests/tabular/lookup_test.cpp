#include "tenfold/tabular/lookup.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

struct Scene {
  std::vector<at::Tensor> tables{at::randn({7, 3}), at::randn({300, 70}), at::randn({2, 1})};
  at::Tensor codes = at::stack({at::randint(7, {50}), at::randint(300, {50}), at::randint(2, {50})}, 1);
  at::Tensor tail = at::randn({50, 2});
  at::Tensor mask = (at::rand({50, 74}) > 0.3).to(at::kFloat) / 0.7;

  void train() {
    for (auto& table : tables) table.requires_grad_();
    tail.requires_grad_();
  }
  at::Tensor by_operations() const {
    std::vector<at::Tensor> parts;
    for (size_t c = 0; c < tables.size(); ++c)
      parts.push_back(at::embedding(tables[c], codes.select(1, static_cast<int64_t>(c))));
    return at::cat({at::cat(parts, 1) * mask, tail}, 1);
  }
};

TEST(Lookup, IsEmbeddingConcatDropoutAndTail) {
  torch::manual_seed(1);
  const Scene scene;
  EXPECT_TRUE(at::equal(lookup(scene.codes, scene.tables, scene.mask, scene.tail, at::kFloat), scene.by_operations()));
  EXPECT_TRUE(at::equal(lookup(scene.codes, scene.tables, scene.mask, scene.tail, at::kBFloat16),
                        scene.by_operations().to(at::kBFloat16)));
}

TEST(Lookup, GradientsAreThoseOfTheOperations) {
  torch::manual_seed(2);
  Scene ours, theirs = ours;
  for (auto* scene : {&ours, &theirs}) {
    for (auto& table : scene->tables) table = table.clone();
    scene->tail = scene->tail.clone();
    scene->train();
  }
  const auto weights = at::randn({50, 76});
  (lookup(ours.codes, ours.tables, ours.mask, ours.tail, at::kFloat) * weights).sum().backward();
  (theirs.by_operations() * weights).sum().backward();
  for (size_t c = 0; c < ours.tables.size(); ++c)
    EXPECT_TRUE(at::allclose(ours.tables[c].grad(), theirs.tables[c].grad(), 1e-5, 1e-6)) << c;
  EXPECT_TRUE(at::equal(ours.tail.grad(), theirs.tail.grad()));
}

TEST(Lookup, SameBitsForAnyNumberOfThreads) {
  torch::manual_seed(3);
  const int before = at::get_num_threads();
  std::vector<at::Tensor> gradients;
  const Scene scene;
  const auto weights = at::randn({50, 76});
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    auto tables = scene.tables;
    for (auto& table : tables) table = table.clone().requires_grad_();
    (lookup(scene.codes, tables, scene.mask, scene.tail, at::kBFloat16).to(at::kFloat) * weights).sum().backward();
    gradients.push_back(tables[1].grad());
  }
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(gradients[0], gradients[1]));
  EXPECT_TRUE(at::equal(gradients[0], gradients[2]));
}

TEST(Lookup, NamesTheColumnOfACodeBeyondItsTable) {
  const std::vector<at::Tensor> tables{at::zeros({4, 2}), at::zeros({3, 2})};
  const auto codes = at::tensor({1, 2, 0, 3}, at::kLong).view({2, 2});
  try {
    lookup(codes, tables, {}, at::zeros({2, 0}), at::kFloat);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("column 1 (from 0) has code 3"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tenfold::tabular
