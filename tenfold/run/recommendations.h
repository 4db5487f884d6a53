#pragma once
// What a model of ratings recommends to a user, in the words of its table.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/bundle/bundle.h"

namespace tenfold {

struct Recommended {
  std::string item;
  double rating = 0;  ///< predicted, in the unit of the table
};

struct Recommendations {
  std::vector<Recommended> items{};  ///< best first
  bool known = false;  ///< whether training has seen the user; else what is recommended is the mean user's
  int64_t rated = 0;   ///< items of the user that were left out
};

/// At most `count` items, without those that `user` has rated in the CSV file `ratings`; an empty name leaves none out.
/// Items that training has not seen, or folded together as rare, are never recommended. Throws ConfigError("MODEL", …)
/// where the model is not of ratings, and what reading the file throws.
Recommendations recommendations(const Bundle& bundle, const std::string& user, int64_t count,
                                const std::string& ratings);

}  // namespace tenfold
