#include "tenfold/train/layer_groups.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tenfold {
namespace {

struct Parameter {
  at::Tensor tensor;
  const torch::nn::Module* owner;
  std::string key;  ///< within its owner: "weight"
  bool of_norm;
};

/// Every parameter of a group once, in order of registration.
std::vector<Parameter> parameters_of(const nn::LayerGroup& group) {
  std::vector<Parameter> found;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& module : group.modules) {
    const auto norms = nn::norms(*module);
    const std::unordered_set<const torch::nn::Module*> norm_modules(norms.begin(), norms.end());
    for (const auto& owner : module->modules())
      for (const auto& item : owner->named_parameters(/*recurse=*/false))
        if (item.value().defined() && seen.insert(item.value().unsafeGetTensorImpl()).second)
          found.push_back({item.value(), owner.get(), item.key(), norm_modules.contains(owner.get())});
  }
  return found;
}

/// The norms of groups before this one keep their statistics.
int first_moving(const Freezing& freezing, int groups) {
  switch (freezing.norms) {
    case FrozenNorms::evaluate:
      return freezing.frozen;
    case FrozenNorms::evaluate_body:
      return groups - 1;
    default:
      return 0;
  }
}

bool trains(const Parameter& parameter, int group, const Freezing& freezing) {
  return group >= freezing.frozen || (freezing.norms == FrozenNorms::train && parameter.of_norm);
}

}  // namespace

std::string named_groups(const nn::Model& model) {
  const auto groups = model.groups();
  std::string text = std::to_string(groups.size()) + (groups.size() == 1 ? " layer group (" : " layer groups (");
  for (size_t g = 0; g < groups.size(); ++g) text += (g > 0 ? ", " : "") + std::to_string(g) + " " + groups[g].name;
  return text + ")";
}

void set_trained(const Freezing& freezing, const nn::Model& model) {
  const auto groups = model.groups();
  for (size_t g = 0; g < groups.size(); ++g)
    for (auto& parameter : parameters_of(groups[g])) {
      const bool on = trains(parameter, static_cast<int>(g), freezing);
      parameter.tensor.requires_grad_(on);
      if (!on) parameter.tensor.mutable_grad() = at::Tensor();
    }
}

void set_training_mode(nn::Model& model, const Freezing& freezing) {
  model.train();
  const auto groups = model.groups();
  const int moving = first_moving(freezing, static_cast<int>(groups.size()));
  for (int g = 0; g < moving; ++g)
    for (const auto& module : groups[static_cast<size_t>(g)].modules)
      for (auto* norm : nn::norms(*module)) norm->eval();
}

EvaluationMode::EvaluationMode(nn::Model& model) {
  for (auto& module : model.modules()) before_.emplace_back(module, module->is_training());
  model.eval();
}

EvaluationMode::~EvaluationMode() {
  // Parents come before their children, so each module ends with its own mode although train() descends.
  for (auto& [module, training] : before_) module->train(training);
}

std::vector<double> rates_of_groups(const Rates& rates, int groups, const Freezing& freezing) {
  const auto trained = spread(rates, groups, freezing.frozen);
  std::vector<double> all(static_cast<size_t>(freezing.frozen), 0.0);
  if (freezing.norms == FrozenNorms::train) {
    // Norms of frozen groups take their own group's rate where the rates name one, else the first trained group's.
    const bool named = rates.kind != Rates::Kind::each || static_cast<int>(rates.values.size()) == groups;
    const auto every = named ? spread(rates, groups, 0) : std::vector<double>{};
    for (size_t g = 0; g < all.size(); ++g) all[g] = named ? every[g] : trained.front();
  }
  all.insert(all.end(), trained.begin(), trained.end());
  return all;
}

GroupedOptimizer::GroupedOptimizer(const nn::Model& model, const Freezing& freezing, const optim::Options& options,
                                   const std::vector<double>& decays, const std::vector<double>& rates) {
  std::unordered_map<const c10::TensorImpl*, std::string> names;
  for (const auto& item : model.named_parameters()) names[item.value().unsafeGetTensorImpl()] = item.key();

  const auto layer_groups = model.groups();
  std::vector<optim::Group> groups;
  for (size_t g = 0; g < layer_groups.size(); ++g) {
    optim::Group decayed{.parameters = {}, .names = {}, .lr = rates.at(g), .weight_decay = decays.at(g)};
    optim::Group plain{.parameters = {}, .names = {}, .lr = rates.at(g), .weight_decay = 0};
    for (const auto& parameter : parameters_of(layer_groups[g])) {
      if (!trains(parameter, static_cast<int>(g), freezing)) continue;
      const bool decay = options.decay_norms_and_biases || !nn::is_norm_or_bias(*parameter.owner, parameter.key);
      auto& group = decay ? decayed : plain;
      group.parameters.push_back(parameter.tensor);
      group.names.push_back(names.at(parameter.tensor.unsafeGetTensorImpl()));
    }
    for (auto* group : {&decayed, &plain}) {
      if (group->parameters.empty()) continue;
      groups.push_back(std::move(*group));
      layer_group_.push_back(g);
    }
  }
  optimizer_ = optim::make(options, std::move(groups));
}

void GroupedOptimizer::set_lr(const std::vector<double>& rates) {
  for (size_t k = 0; k < layer_group_.size(); ++k) optimizer_->set_lr(k, rates[layer_group_[k]]);
}

}  // namespace tenfold
