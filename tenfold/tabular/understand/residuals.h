#pragma once
// Errors as time goes by: a bias that grows says that the world has moved on since the training rows. Torch-free.

#include <cstdint>
#include <vector>

namespace tenfold::tabular {

/// The items of one stretch of time.
struct ErrorPeriod {
  double middle = 0;  ///< time halfway between its first and last item
  double bias = 0;    ///< mean of predicted - actual
  double rmse = 0;
  int64_t items = 0;
};

/// At most `periods` stretches of equal length, ascending, without empty ones; items whose error is no number are
/// passed over. time, actual, predicted are as long. Throws Error where they are not, or periods < 1.
std::vector<ErrorPeriod> errors_by_time(const std::vector<int64_t>& time, const std::vector<double>& actual,
                                        const std::vector<double>& predicted, int64_t periods = 60);

}  // namespace tenfold::tabular
