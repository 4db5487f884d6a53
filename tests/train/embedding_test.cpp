// Principal components and t-SNE on data whose structure is known.

#include "tenfold/train/embedding.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"

namespace tenfold {
namespace {

at::Tensor noise(int64_t rows, int64_t columns, uint64_t seed) {
  auto out = torch::empty({rows, columns}, torch::kDouble);
  Draw draw(seed, 0, 0, Purpose::other);
  for (int64_t k = 0; k < out.numel(); ++k) out.data_ptr<double>()[k] = draw.normal();
  return out;
}

/// Item i belongs to group i % 3; the groups' middles are 12 deviations from each other's, in 20 dimensions.
at::Tensor three_groups(int64_t n) {
  auto rows = noise(n, 20, 5);
  for (int64_t i = 0; i < n; ++i) rows[i][i % 3] += 8.5;
  return rows;
}

/// Rousseeuw 1987: 1 where groups lie far apart, 0 where they touch, below where they mix. Mean over items.
double silhouette(const at::Tensor& places, int64_t groups) {
  const auto distance = torch::cdist(places.to(torch::kDouble), places.to(torch::kDouble));
  const int64_t n = places.size(0);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    std::vector<double> mean(static_cast<size_t>(groups)), count(static_cast<size_t>(groups));
    for (int64_t j = 0; j < n; ++j)
      if (j != i) {
        mean[static_cast<size_t>(j % groups)] += distance[i][j].item<double>();
        count[static_cast<size_t>(j % groups)] += 1;
      }
    double own = 0, other = INFINITY;
    for (int64_t g = 0; g < groups; ++g) {
      const double value = mean[static_cast<size_t>(g)] / count[static_cast<size_t>(g)];
      if (g == i % groups)
        own = value;
      else
        other = std::min(other, value);
    }
    sum += (other - own) / std::max(own, other);
  }
  return sum / static_cast<double>(n);
}

TEST(PrincipalComponents, AreThoseOfTheSingularValueDecomposition) {
  // Variances fall slowly (0.9^k), so that the iteration has work to do.
  auto rows = noise(80, 300, 1) * torch::pow(torch::tensor(0.9, torch::kDouble), torch::arange(300, torch::kDouble));
  rows += 3;
  const auto scores = principal_components(rows, 5);
  const auto centred = rows - rows.mean(0, true);
  const auto [u, s, vh] = torch::linalg_svd(centred, /*full_matrices=*/false, {});
  const auto expected = u.narrow(1, 0, 5) * s.narrow(0, 0, 5);
  ASSERT_EQ(scores.sizes(), (at::IntArrayRef{80, 5}));
  EXPECT_LT((scores.abs() - expected.abs()).abs().max().item<double>(), 1e-4 * s[0].item<double>());
  for (int64_t k = 0; k < 5; ++k) EXPECT_GT((scores.select(1, k).max() + scores.select(1, k).min()).item<double>(), 0);
  EXPECT_LT(scores.mean(0).abs().max().item<double>(), 1e-9);
}

TEST(PrincipalComponents, OfFewOrEqualRows) {
  EXPECT_EQ(principal_components(noise(3, 10, 2), 50).sizes(), (at::IntArrayRef{3, 3}));
  EXPECT_EQ(principal_components(noise(10, 2, 2), 50).sizes(), (at::IntArrayRef{10, 2}));
  EXPECT_LT(principal_components(torch::full({6, 4}, 7.0), 2).abs().max().item<double>(), 1e-6);
  // On a line: all variance in the first direction, along which distances stay.
  const auto line = torch::arange(5, torch::kDouble).unsqueeze(1) * torch::tensor({3.0, 4.0}).view({1, 2});
  const auto scores = principal_components(line, 2);
  EXPECT_NEAR((scores[4][0] - scores[0][0]).abs().item<double>(), 20, 1e-9);
  EXPECT_LT(scores.select(1, 1).abs().max().item<double>(), 1e-6);
}

TEST(Affinities, HaveThePerplexityAskedFor) {
  for (const double perplexity : {2.0, 5.0, 30.0}) {
    const auto p = affinities(three_groups(120), perplexity, 2);
    EXPECT_LT((p.sum(1) - 1).abs().max().item<double>(), 1e-12);
    EXPECT_EQ(p.diagonal().abs().max().item<double>(), 0);
    const auto entropy = -torch::special::xlogy(p, p).sum(1);
    EXPECT_LT((entropy.exp() - perplexity).abs().max().item<double>(), 1e-4) << perplexity;
  }
}

TEST(Affinities, FollowTheGaussianOfDistances) {
  // Points 0, 1, 3 on a line: from 0 the others are 1 and 9 away, squared. With p = (e, 1 - e): entropy as asked, and
  // log(p / (1 - p)) = 8 beta.
  const auto p = affinities(torch::tensor({0.0, 1.0, 3.0}, torch::kDouble).view({3, 1}), 1.5, 1);
  const double near = p[0][1].item<double>(), far = p[0][2].item<double>();
  EXPECT_GT(near, far);
  EXPECT_NEAR(-near * std::log(near) - far * std::log(far), std::log(1.5), 1e-6);
  const double middle = p[1][0].item<double>();  // from 1: distances 1 and 4
  EXPECT_NEAR(middle, near, 1e-6) << "two neighbours of one entropy share in one ratio";
}

TEST(Affinities, OfCoincidingRowsAreEven) {
  const auto p = affinities(torch::ones({6, 3}), 2, 1);
  EXPECT_NEAR(p[0][1].item<double>(), 0.2, 1e-12);
  EXPECT_THROW(affinities(torch::ones({6, 3}), 6, 1), ConfigError);
  EXPECT_THROW(affinities(torch::ones({6, 3}), 0.5, 1), ConfigError);
}

TEST(Tsne, KeepsGroupsApart) {
  const auto places = embedding(three_groups(150).to(torch::kFloat), 2);
  ASSERT_EQ(places.sizes(), (at::IntArrayRef{150, 2}));
  EXPECT_TRUE(places.isfinite().all().item<bool>());
  EXPECT_GT(silhouette(places, 3), 0.7);
  EXPECT_LT(silhouette(embedding(noise(150, 20, 9), 2), 3), 0.1) << "and finds none where there are none";
}

TEST(Tsne, GivesTheSameBitsForAnyNumberOfThreads) {
  const auto rows = three_groups(100);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const auto one = embedding(rows, 1);
  at::set_num_threads(2);
  const auto three = embedding(rows, 3);
  EXPECT_EQ(at::get_num_threads(), 2) << "left as it was";
  at::set_num_threads(before);
  EXPECT_TRUE(torch::equal(one, three));
}

TEST(Tsne, ManagesVeryFewOrEqualItems) {
  for (int64_t n = 1; n < 6; ++n) {
    const auto places = embedding(noise(n, 8, 3), 1);
    EXPECT_EQ(places.size(0), n);
    EXPECT_TRUE(places.isfinite().all().item<bool>()) << n;
  }
  EXPECT_TRUE(embedding(torch::ones({10, 4}), 1).isfinite().all().item<bool>());
}

}  // namespace
}  // namespace tenfold
