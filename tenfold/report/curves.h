#pragma once
// The charts of a run, drawn from its record and its rate sweeps.

#include <string>
#include <vector>

#include "tenfold/report/chart.h"
#include "tenfold/report/report.h"

namespace tenfold::report {

/// What the charts by step share: [{name, from, to, epoch, steps_per_epoch}], in steps of the run.
Json stages_of(const Record& record);

/// Loss of each step (thinned), smoothed loss, and validation loss where an epoch has one.
Chart loss_chart(const Record& record);

/// One chart a metric, by the step at which it was measured.
std::vector<Chart> metric_charts(const Record& record);

/// The rate of each layer group as run; a group is absent where it was frozen. Log where the groups differ much.
Chart rate_chart(const Record& record);

/// Momentum as run.
Chart momentum_chart(const Record& record);

/// Items trained a second, by epoch of the run.
Chart speed_chart(const Record& record);

/// A rate sweep with its suggestions.
Chart sweep_chart(const LrPlot& plot, size_t number);

/// False where there is nothing to draw.
bool drawable(const Chart& chart);

}  // namespace tenfold::report
