#pragma once
// The target of a table: which rows have it, what is learnt of it, and its values as a network takes them.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/tabular/preprocess.h"

namespace tenfold::tabular {

/// "arr_delay > 15": one of <, <=, =, !=, >=, > between a column and a value. Values are compared as what the column
/// holds: numbers, dates ("2015-06-19"), true and false, or text ("=" and "!=" alone).
struct Condition {
  std::string column, comparison, value;
};

/// Several joined by " and ". `option` is named in the ConfigError for what cannot be read.
std::vector<Condition> parse_conditions(const std::string& text, const std::string& option);

/// 1 where it holds, 0 where not, -1 where the value is missing, one a row. Throws ConfigError(option) for a column
/// that is not there or a value that its type does not have.
std::vector<int8_t> holds(const Condition& condition, const Frame& frame, const std::string& option);

/// The columns of the target, as the table has them; of a comparison the one that is compared.
std::vector<std::string> target_columns(const std::vector<std::string>& target);

/// 1 a row that has every target. Throws ConfigError("table.target") for a column that is not there.
std::vector<uint8_t> has_target(const std::vector<std::string>& target, const Frame& frame);

/// Decides what is learnt of these rows, and how. Throws ConfigError("table.target") as fit() says.
TargetPlan plan_target(const Frame& frame, const std::vector<int64_t>& rows, const DataOptions& options,
                       std::vector<std::string>& remarks);

/// [N] int64, or [N, labels or outputs] fp32; undefined where a column is missing or any row lacks a value. Throws
/// DataError naming the row for a class that training rows do not have, or an infinite value.
at::Tensor target_values(const TargetPlan& plan, const Frame& frame, const std::vector<int64_t>& rows);

}  // namespace tenfold::tabular
