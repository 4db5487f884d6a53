#include "tenfold/train/embedding.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/core/threads.h"

namespace tenfold {
namespace {

constexpr int64_t kComponents = 50;
constexpr int64_t kFewest = 4;
constexpr double kTolerance = 1e-7;  // of the entropy, in nats
constexpr int kSearch = 200;
constexpr size_t kLanes = 16;  // sums run side by side, so that they vectorise; part of the bits

/// Squared distances of row i to all, fp64.
void distances(const double* rows, int64_t n, int64_t dimensions, int64_t i, double* out) {
  for (int64_t j = 0; j < n; ++j) {
    double sum = 0;
    for (int64_t d = 0; d < dimensions; ++d) {
      const double difference = rows[i * dimensions + d] - rows[j * dimensions + d];
      sum += difference * difference;
    }
    out[j] = sum;
  }
}

/// Turns squared distances into p_{j|i} in place: exp(-beta d), where beta solves H(beta) = log(perplexity). Newton's
/// steps, halved where they leave the bracket: dH/dbeta = -beta · variance of d.
void to_affinities(double* d, int64_t n, int64_t own, double perplexity) {
  double nearest = INFINITY, mean_distance = 0;
  for (int64_t j = 0; j < n; ++j)
    if (j != own) {
      nearest = std::min(nearest, d[j]);
      mean_distance += d[j] / static_cast<double>(n - 1);
    }
  std::vector<double> p(static_cast<size_t>(n));
  const double wanted = std::log(perplexity);
  double beta = mean_distance > nearest ? 1 / (mean_distance - nearest) : 0, low = 0, high = INFINITY;
  for (int k = 0; k < kSearch; ++k) {
    double sum = 0, first = 0, second = 0;
    for (int64_t j = 0; j < n; ++j) {
      const double far = d[j] - nearest, weight = j == own ? 0 : std::exp(-beta * far);
      p[static_cast<size_t>(j)] = weight;
      sum += weight;
      first += weight * far;
      second += weight * far * far;
    }
    for (auto& weight : p) weight /= sum;
    const double mean = first / sum, variance = second / sum - mean * mean;
    const double excess = std::log(sum) + beta * mean - wanted;
    if (beta == 0 || std::abs(excess) < kTolerance) break;
    (excess > 0 ? low : high) = beta;
    const double step = beta + excess / (beta * variance);
    beta = step > low && step < high ? step : std::isinf(high) ? 2 * beta : (low + high) / 2;
  }
  std::copy(p.begin(), p.end(), d);
}

/// What pulls and pushes a point, and its part of the normalising sum.
struct Pull {
  double attract_x = 0, attract_y = 0, repel_x = 0, repel_y = 0, sum = 0;
};

Pull pull_on(int64_t i, int64_t n, const float* p, const float* x, const float* y) {
  std::array<float, kLanes> ax{}, ay{}, rx{}, ry{}, z{};
  const auto add = [&](int64_t j, size_t lane) {
    const float dx = x[i] - x[j], dy = y[i] - y[j], q = 1 / (1 + dx * dx + dy * dy), near = p[j] * q, far = q * q;
    ax[lane] += near * dx, ay[lane] += near * dy;
    rx[lane] += far * dx, ry[lane] += far * dy;
    z[lane] += q;
  };
  int64_t j = 0;
  for (; j + static_cast<int64_t>(kLanes) <= n; j += static_cast<int64_t>(kLanes))
    for (size_t lane = 0; lane < kLanes; ++lane) add(j + static_cast<int64_t>(lane), lane);
  for (; j < n; ++j) add(j, 0);
  Pull pull{.sum = -1};  // the point itself
  for (size_t lane = 0; lane < kLanes; ++lane) {
    pull.attract_x += ax[lane], pull.attract_y += ay[lane];
    pull.repel_x += rx[lane], pull.repel_y += ry[lane];
    pull.sum += z[lane];
  }
  return pull;
}

/// One coordinate's descent with momentum and a gain a point (Jacobs 1988).
class Descent {
 public:
  explicit Descent(int64_t n) : velocity_(static_cast<size_t>(n)), gain_(static_cast<size_t>(n), 1.0) {}
  void step(std::vector<float>& at, size_t i, double gradient, double rate, double momentum) {
    const bool same_way = gradient * velocity_[i] < 0;
    gain_[i] = std::max(0.01, same_way ? gain_[i] + 0.2 : gain_[i] * 0.8);
    velocity_[i] = momentum * velocity_[i] - rate * gain_[i] * gradient;
    at[i] = static_cast<float>(at[i] + velocity_[i]);
  }

 private:
  std::vector<double> velocity_, gain_;
};

void centre(std::vector<float>& at) {
  double mean = 0;
  for (const float value : at) mean += value;
  mean /= static_cast<double>(at.size());
  for (auto& value : at) value = static_cast<float>(value - mean);
}

double deviation(const std::vector<float>& at) {
  double squares = 0;
  for (const float value : at) squares += static_cast<double>(value) * value;
  return std::sqrt(squares / static_cast<double>(at.size()));
}

/// [N, 2] of what lies in two columns.
at::Tensor positions(const std::vector<float>& x, const std::vector<float>& y) {
  auto out = at::empty({static_cast<int64_t>(x.size()), 2}, at::kFloat);
  float* to = out.mutable_data_ptr<float>();
  for (size_t i = 0; i < x.size(); ++i) *to++ = x[i], *to++ = y[i];
  return out;
}

}  // namespace

at::Tensor affinities(const at::Tensor& rows, double perplexity, int threads) {
  const auto points = rows.to(at::kDouble).cpu().contiguous();
  const int64_t n = points.size(0), dimensions = points.size(1);
  if (!(perplexity >= 1 && perplexity <= static_cast<double>(n - 1)))
    throw ConfigError("perplexity", "is " + std::to_string(perplexity) + " for " + std::to_string(n) +
                                        " items; needs at least 1 and at most the number of the others");
  auto out = at::empty({n, n}, at::kDouble);
  const double* from = points.const_data_ptr<double>();
  double* to = out.mutable_data_ptr<double>();
  ThreadPool pool(std::max(1, threads));
  pool.parallel_for(n, [&](int64_t i) {
    distances(from, n, dimensions, i, to + i * n);
    to_affinities(to + i * n, n, i, perplexity);
  });
  return out;
}

at::Tensor tsne(const at::Tensor& rows, const TsneOptions& options, int threads) {
  const at::NoGradGuard no_grad;
  const int64_t n = rows.size(0);
  const auto column = [&](int64_t k) {
    if (k >= rows.size(1)) return std::vector<float>(static_cast<size_t>(n));
    const auto values = rows.select(1, k).to(at::kFloat).cpu().contiguous();
    return std::vector<float>(values.const_data_ptr<float>(), values.const_data_ptr<float>() + n);
  };
  std::vector<float> x = column(0), y = column(1);
  if (n < kFewest) return positions(x, y);
  centre(x);
  centre(y);
  constexpr double kStart = 1e-4;
  const double spread = deviation(x);
  for (auto* axis : {&x, &y})
    for (auto& value : *axis) value = spread > 0 ? static_cast<float>(value / spread * kStart) : 0;

  const double perplexity = std::max(1.0, std::min(options.perplexity, static_cast<double>(n - 1) / 3));
  const auto conditional = affinities(rows, perplexity, threads);
  const auto joint = ((conditional + conditional.t()) / (2.0 * static_cast<double>(n))).to(at::kFloat).contiguous();
  const float* p = joint.const_data_ptr<float>();
  const double rate = std::max(50.0, static_cast<double>(n) / options.exaggeration / 4);  // Belkina et al. 2019
  std::vector<Pull> pulls(static_cast<size_t>(n));
  Descent across(n), down(n);
  ThreadPool pool(std::max(1, threads));
  constexpr int64_t kBlock = 64;  // rows that a thread takes at once
  for (int step = 0; step < options.steps; ++step) {
    const bool early = step < options.exaggerated;
    pool.parallel_for((n + kBlock - 1) / kBlock, [&](int64_t block) {
      for (int64_t i = block * kBlock; i < std::min(n, (block + 1) * kBlock); ++i)
        pulls[static_cast<size_t>(i)] = pull_on(i, n, p + i * n, x.data(), y.data());
    });
    double sum = 0;
    for (const auto& pull : pulls) sum += pull.sum;
    const double attraction = early ? options.exaggeration : 1, momentum = early ? 0.5 : 0.8;
    for (size_t i = 0; i < pulls.size(); ++i) {
      const auto& pull = pulls[i];  // 4 Σ_j (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|²), eq. 5
      across.step(x, i, 4 * (attraction * pull.attract_x - pull.repel_x / sum), rate, momentum);
      down.step(y, i, 4 * (attraction * pull.attract_y - pull.repel_y / sum), rate, momentum);
    }
    centre(x);
    centre(y);
  }
  return positions(x, y);
}

at::Tensor embedding(const at::Tensor& features, int threads) {
  return tsne(principal_components(features, kComponents), {}, threads);
}

}  // namespace tenfold
