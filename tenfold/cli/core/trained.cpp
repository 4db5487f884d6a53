#include "tenfold/cli/core/trained.h"

namespace tenfold::cli {

uint64_t seed_of(const Pipeline& pipeline) { return pipeline.provenance.value("seed", LearnerOptions{}.seed); }

LearnerOptions options_for(const Pipeline& pipeline, const Pass& pass) {
  return {.batch = pass.batch,
          .seed = seed_of(pipeline),
          .precision = pipeline.precision == "bf16" ? Precision::bf16 : Precision::fp32,
          .threads = pipeline.threads,
          .workers = pass.workers,
          .skip_broken = pass.skip_broken};
}

}  // namespace tenfold::cli
