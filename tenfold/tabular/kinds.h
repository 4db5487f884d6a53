#pragma once
// What a column is, by its values: how the program knows. Torch-free.

#include <string>

#include "tenfold/data/frame.h"
#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

enum class Use { category, number, ignored };

struct Judgement {
  Use use = Use::number;
  std::string reason;  ///< "whole numbers with 7 values (up to 20 are a category)"
};

/// By the values of the training rows, at least one, of any kind but time.
Judgement judge(const std::string& name, const Column& values, const DataOptions& options);

}  // namespace tenfold::tabular
