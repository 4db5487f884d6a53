#pragma once
// Every shape of the learning rate, as one value. A new shape is one file, one alternative here and one row in
// shape.cpp.

#include <string>
#include <variant>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/schedule/constant.h"
#include "tenfold/schedule/cosine.h"
#include "tenfold/schedule/flat_cosine.h"
#include "tenfold/schedule/one_cycle.h"
#include "tenfold/schedule/range.h"
#include "tenfold/schedule/sgdr.h"
#include "tenfold/schedule/slanted_triangular.h"

namespace tenfold {

using Shape = std::variant<Constant, Cosine, Sgdr, OneCycle, FlatCosine, SlantedTriangular, Range>;

/// Length of the run in epochs, by the alternative's own epochs().
double epochs(const Shape& shape);
/// The factor at `position` epochs, by the alternative's own at(). Compute position from whole steps: step /
/// steps_per_epoch.
Factor at(const Shape& shape, double position);

/// Epochs at which its cycles end, ascending; the last is epochs(shape), the only one where the shape has no cycles.
std::vector<double> cycle_ends(const Shape& shape);

/// "cosine", "sgdr", "one_cycle", "flat_cosine", "slanted_triangular", "constant", "range".
std::string name_of(const Shape& shape);
std::vector<std::string> shape_names();

/// The same shape lasting `length` epochs, where its length is one number (all but Sgdr, which counts cycles:
/// ConfigError).
Shape with_epochs(Shape shape, double length);

/// Recipe form: "cosine", or {sgdr = {cycles = 3, cycle_len = 1}} with unknown keys refused.
Json to_value(const Shape& shape);
void from_value(const Json& value, Shape& shape, const std::string& path);
std::string type_name(const Shape&);

}  // namespace tenfold
