#include "tenfold/cli/core/trained.h"

namespace tenfold::cli {

uint64_t seed_of(const Pipeline& pipeline) { return pipeline.provenance.value("seed", LearnerOptions{}.seed); }

namespace {

// A row of a table is small: a batch of 64 is all overhead.
int64_t batch_for(const Pipeline& pipeline) { return pipeline.kind() == "table" ? 4096 : 64; }

}  // namespace

LearnerOptions options_for(const Pipeline& pipeline, const Pass& pass) {
  return {.batch = pass.batch > 0 ? pass.batch : batch_for(pipeline),
          .seed = seed_of(pipeline),
          .precision = pipeline.precision == "bf16" ? Precision::bf16 : Precision::fp32,
          .threads = pipeline.threads,
          .workers = pass.workers,
          .skip_broken = pass.skip_broken};
}

}  // namespace tenfold::cli
