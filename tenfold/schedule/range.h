#pragma once
// The learning-rate finder's sweep: geometric from start to end. Smith 2017, arXiv 1506.01186.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Range {
  double epochs = 1;    ///< length
  double start = 1e-7;  ///< first factor
  double end = 10;      ///< last factor
};

template <class Visitor>
void fields(Visitor&& visit, Range& o) {
  visit("epochs", o.epochs, "length");
  visit("start", o.start, "first factor");
  visit("end", o.end, "last factor");
}

/// Throws ConfigError where epochs, start or end is not above 0.
double epochs(const Range& shape);
/// start · (end / start)^(position / epochs).
Factor at(const Range& shape, double position);

}  // namespace tenfold
