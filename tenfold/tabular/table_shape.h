#pragma once
// What of a table decides a network's shape. Torch-free: bundles and recipes hold it.

#include <cstdint>
#include <vector>

namespace tenfold::tabular {

struct TableShape {
  std::vector<int64_t>
      levels{};            ///< of each categorical column, missing and unseen (code 0) counted: codes are below it
  int64_t continuous = 0;  ///< columns of numbers
};

template <class Visitor>
void fields(Visitor&& visit, TableShape& o) {
  visit("levels", o.levels, "levels of each categorical column, with the one for missing and unseen");
  visit("continuous", o.continuous, "columns of numbers");
}

}  // namespace tenfold::tabular
