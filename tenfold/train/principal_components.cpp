#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <tuple>

#include "tenfold/core/random.h"
#include "tenfold/train/embedding.h"

namespace tenfold {
namespace {

constexpr int64_t kSpare = 10;  // columns more than asked for: the last ones converge slowly
constexpr int kIterations = 6;  // singular values a tenth smaller than the last kept one have gone by then
constexpr uint64_t kSeed = 2011;

/// Sums of products depend on the number of threads that share them.
class OneThread {
 public:
  OneThread() : before_(at::get_num_threads()) {
    if (before_ != 1) at::set_num_threads(1);
  }
  ~OneThread() {
    if (before_ != 1) at::set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

at::Tensor normal(int64_t rows, int64_t columns) {
  auto out = at::empty({rows, columns}, at::kDouble);
  Draw draw(kSeed, 0, 0, Purpose::other);
  for (double *value = out.mutable_data_ptr<double>(), *end = value + out.numel(); value != end; ++value)
    *value = draw.normal();
  return out;
}

/// An orthonormal basis of the columns.
at::Tensor basis(const at::Tensor& columns) { return std::get<0>(at::linalg_qr(columns, "reduced")); }

}  // namespace

at::Tensor principal_components(const at::Tensor& rows, int64_t count) {
  const at::NoGradGuard no_grad;
  const OneThread one;
  const auto x = rows.to(at::kDouble).cpu();
  const auto centred = (x - x.mean(0, /*keepdim=*/true)).contiguous();
  const int64_t most = std::min(x.size(0), x.size(1)), kept = std::min(count, most);
  auto q = basis(at::mm(centred, normal(x.size(1), std::min(kept + kSpare, most))));
  for (int k = 0; k < kIterations; ++k) q = basis(at::mm(centred, basis(at::mm(centred.t(), q))));
  const auto small = at::mm(q.t(), centred);  // its left singular vectors are those of `centred` in the basis q
  const auto [squares, vectors] = at::linalg_eigh(at::mm(small, small.t()));
  const auto order = squares.argsort(/*dim=*/0, /*descending=*/true).narrow(0, 0, kept);
  const auto scores = at::mm(q, vectors.index_select(1, order)) * squares.index_select(0, order).clamp_min(0).sqrt();
  const auto peak = scores.gather(0, scores.abs().argmax(0, /*keepdim=*/true));
  return (scores * at::where(peak < 0, -at::ones_like(peak), at::ones_like(peak))).contiguous();
}

}  // namespace tenfold
