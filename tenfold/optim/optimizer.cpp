#include "tenfold/optim/optimizer.h"

#include <cmath>
#include <set>

#include "tenfold/core/options.h"
#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

void require(bool fits, const std::string& option, double value, const std::string& needs) {
  if (!fits) throw ConfigError("optimizer." + option, "is " + shortest(value) + "; needs " + needs);
}

bool is_fraction(double value) { return value >= 0 && value < 1; }
bool is_amount(double value) { return value >= 0 && std::isfinite(value); }

void check(const Options& options) {
  require(is_fraction(options.momentum), "momentum", options.momentum, "0 or more and less than 1");
  require(is_fraction(options.beta2), "beta2", options.beta2, "0 or more and less than 1");
  require(options.eps > 0 && std::isfinite(options.eps), "eps", options.eps, "more than 0");
  require(is_fraction(options.vector_momentum), "vector_momentum", options.vector_momentum,
          "0 or more and less than 1");
  require(is_amount(options.weight_decay), "weight_decay", options.weight_decay, "0 or more");
  require(options.lookahead >= 0, "lookahead", options.lookahead, "0 (off) or a number of steps");
  require(options.lookahead_alpha > 0 && options.lookahead_alpha <= 1, "lookahead_alpha", options.lookahead_alpha,
          "more than 0 and at most 1");
  if (options.nesterov && options.kind == Kind::sgd)
    require(options.momentum > 0, "momentum", options.momentum, "more than 0 with nesterov");
}

void check(const std::vector<Group>& groups) {
  std::set<std::string> names;
  for (const auto& group : groups) {
    require(is_amount(group.lr), "lr", group.lr, "a finite rate, 0 or more");
    require(is_amount(group.weight_decay), "weight_decay", group.weight_decay, "0 or more");
    if (group.names.size() != group.parameters.size())
      throw Error("an optimiser's group has " + std::to_string(group.parameters.size()) + " parameters and " +
                  std::to_string(group.names.size()) + " names; needs one each");
    for (const auto& name : group.names)
      if (!names.insert(name).second)
        throw Error("an optimiser has the parameter " + name + " twice; give each to one group");
  }
}

}  // namespace

void Optimizer::zero_grad() {
  for (const auto& group : groups_)
    for (const auto& parameter : group.parameters) parameter.mutable_grad() = at::Tensor();
}

std::unique_ptr<Optimizer> make(const Options& options, std::vector<Group> groups) {
  check(options);
  check(groups);
  switch (options.kind) {
    case Kind::sgd:
      return make_sgd(std::move(groups), options);
    case Kind::adam:
    case Kind::adamw:
      return make_adam(std::move(groups), options);
    case Kind::radam:
      return make_radam(std::move(groups), options);
    case Kind::lamb:
      return make_lamb(std::move(groups), options);
    case Kind::lion:
      return make_lion(std::move(groups), options);
    case Kind::muon:
      return make_muon(std::move(groups), options);
  }
  throw ConfigError("optimizer.kind", "is none of those known");
}

}  // namespace tenfold::optim
