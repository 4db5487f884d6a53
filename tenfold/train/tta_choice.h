#pragma once
// Test-time augmentation as a recipe or a flag names it: a number of views, a method, or both in a table. Torch-free.

#include <optional>
#include <string>

#include "tenfold/train/options.h"

namespace tenfold {

struct TtaChoice {
  std::optional<TtaOptions> options{};  ///< nothing: one plain pass

  TtaChoice() = default;
  TtaChoice(int views);                                     // NOLINT: 4 is a choice, 0 is none
  TtaChoice(const TtaOptions& chosen) : options(chosen) {}  // NOLINT
  explicit operator bool() const { return options.has_value(); }
};

/// Passes over the data that a method costs.
int passes(const TtaOptions& options);

/// 0, 4, "mirror", {method = "legacy", views = 8}.
Json to_value(const TtaChoice& choice);
void from_value(const Json& value, TtaChoice& choice, const std::string& path);
std::string type_name(const TtaChoice&);

}  // namespace tenfold
