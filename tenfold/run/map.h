#pragma once
// The map of a split's items in the report: where the network sees each, what it is, and a thumbnail.

#include "tenfold/run/findings.h"

namespace tenfold {

/// Fills page.embedding from findings.places: grouped by class, by whether all labels are right, or by a fifth of the
/// first output's values; wrong predictions ringed, the worst first. Thumbnails for some hundred items, the wrong ones
/// first. Nothing where there are no places.
void show_map(const Findings& findings, const Learner& learner, report::Page& page);

}  // namespace tenfold
