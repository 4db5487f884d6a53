#pragma once
// Learning rates of layer groups: one for all, one a group, or spread geometrically. Torch-free.
// Howard & Ruder 2018 (discriminative fine-tuning); fastai's slices.

#include <initializer_list>
#include <string>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold {

struct Rates {
  enum class Kind { one, each, range, last, find, decay };
  Kind kind = Kind::one;
  std::vector<double> values = {1e-3};

  Rates() = default;
  Rates(double all) : values{all} {}                                                 // NOLINT: 1e-3 is a rate
  Rates(std::initializer_list<double> groups) : kind(Kind::each), values(groups) {}  // NOLINT: {1e-4, 1e-3, 1e-2}
  /// From `low` for the first group to `high` for the last: low · (high/low)^(i / (G-1)).
  static Rates range(double low, double high);
  /// `high` for the last group, and for each group before it `factor` times the rate of the next: high ·
  /// factor^(G-1-i). Layer-wise decay, for networks of many groups (Clark et al. 2020, arXiv 2003.10555, appendix A).
  static Rates decayed(double high, double factor);
  /// high/10 for every group but the last (fastai's slice(high)).
  static Rates last(double high);
  /// To be found by lr_find before the stage begins.
  static Rates find();
};

/// One rate a group, for the trained groups [first, groups). With as many values as there are groups in all, the values
/// of frozen groups are not used; as many as trained groups are fine too. Throws ConfigError(option, …) where the count
/// fits neither, a rate is not finite or not above 0, or the kind is still `find`.
std::vector<double> spread(const Rates& rates, int groups, int first, const std::string& option = "lr");

/// "find", 1e-2, [1e-4, 1e-3, 1e-2], {from = 1e-4, to = 1e-2}, {to = 1e-3, decay = 0.75}, {last = 1e-2}.
Json to_value(const Rates& rates);
void from_value(const Json& value, Rates& rates, const std::string& path);
std::string type_name(const Rates&);

}  // namespace tenfold
