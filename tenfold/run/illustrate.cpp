#include "tenfold/run/illustrate.h"

namespace tenfold {

void illustrate(const Pipeline& pipeline, Learner& learner, const Findings& found, report::Page& page) {
  std::visit([&](const auto& one) { illustrate(one, learner, found, page); }, pipeline.of);
}

}  // namespace tenfold
