#include "tenfold/optim/slots.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold::optim {
namespace {

const char* const kState = "optimiser state";

/// The fused kernels walk through memory without looking at strides, so a gradient must lie as its parameter does.
at::Tensor laid_out_as(const at::Tensor& parameter, const at::Tensor& gradient) {
  if (gradient.strides() == parameter.strides() && gradient.scalar_type() == parameter.scalar_type()) return gradient;
  return at::empty_like(parameter).copy_(gradient);
}

/// A copy of a saved entry in the place of `like`.
at::Tensor restored(const at::Tensor& saved, const at::Tensor& like, const std::string& name) {
  if (!saved.sizes().equals(like.sizes()))
    throw WeightsError(kState, name,
                       "has shape " + c10::str(saved.sizes()) + " where the parameter needs " + c10::str(like.sizes()) +
                           "; resume with the recipe that wrote it");
  return at::empty_like(like).copy_(saved);
}

}  // namespace

SlotOptimizer::SlotOptimizer(std::vector<Group> groups, const Options& options, std::vector<std::string> slots)
    : Optimizer(std::move(groups), options), slot_names_(std::move(slots)) {}

bool SlotOptimizer::decoupled() const {
  return options_.decoupled ||
         (options_.kind != Kind::sgd && options_.kind != Kind::adam && options_.kind != Kind::muon);
}

SlotOptimizer::Memory& SlotOptimizer::remember(const at::Tensor& parameter, const std::string& name) {
  const auto [entry, added] = memory_.try_emplace(name);
  auto& memory = entry->second;
  if (added) {
    for (size_t slot = 0; slot < slot_names_.size(); ++slot) memory.slots.push_back(at::zeros_like(parameter));
    memory.step = at::zeros({}, parameter.options().dtype(at::kFloat).requires_grad(false));
    if (options_.lookahead > 0) memory.slow = parameter.detach().clone();
  }
  return memory;
}

Work SlotOptimizer::collect(size_t group) {
  const auto& from = groups_[group];
  Work work{.lr = from.lr, .weight_decay = from.weight_decay};
  work.slots.resize(slot_names_.size());
  for (size_t k = 0; k < from.parameters.size(); ++k) {
    const auto& parameter = from.parameters[k];
    if (!parameter.grad().defined()) continue;
    auto& memory = remember(parameter, from.names[k]);
    work.parameters.push_back(parameter);
    work.gradients.push_back(laid_out_as(parameter, parameter.grad()));
    work.steps.push_back(memory.step);
    for (size_t slot = 0; slot < slot_names_.size(); ++slot) work.slots[slot].push_back(memory.slots[slot]);
  }
  return work;
}

void SlotOptimizer::step() {
  const at::NoGradGuard no_grad;
  for (size_t group = 0; group < groups_.size(); ++group) {
    Work work = collect(group);
    if (work.parameters.empty()) continue;
    at::_foreach_add_(work.steps, 1);
    if (decoupled() && !decays_decoupled()) {
      if (work.weight_decay != 0) at::_foreach_mul_(work.parameters, 1 - work.lr * work.weight_decay);
      work.weight_decay = 0;
    }
    update(work);
    if (options_.lookahead > 0) look_ahead(work, group);
  }
}

void SlotOptimizer::look_ahead(const Work& work, size_t group) {
  const auto& from = groups_[group];
  for (size_t k = 0, worked = 0; k < from.parameters.size(); ++k) {
    if (worked == work.parameters.size() || !work.parameters[worked].is_same(from.parameters[k])) continue;
    auto& memory = memory_.at(from.names[k]);
    ++worked;
    if (std::fmod(memory.step.item<double>(), options_.lookahead) != 0) continue;
    memory.slow.add_(from.parameters[k] - memory.slow, options_.lookahead_alpha);
    from.parameters[k].copy_(memory.slow);
  }
}

std::map<std::string, at::Tensor> SlotOptimizer::state() const {
  std::map<std::string, at::Tensor> all;
  for (const auto& [name, memory] : memory_) {
    for (size_t slot = 0; slot < slot_names_.size(); ++slot)
      all[name + "." + slot_names_[slot]] = memory.slots[slot].clone();
    all[name + ".step"] = memory.step.clone();
    if (memory.slow.defined()) all[name + ".slow"] = memory.slow.clone();
  }
  return all;
}

void SlotOptimizer::load_state(const std::map<std::string, at::Tensor>& state) {
  auto parts = slot_names_;
  parts.emplace_back("step");
  if (options_.lookahead > 0) parts.emplace_back("slow");
  std::map<std::string, Memory> loaded;
  size_t used = 0;
  for (const auto& group : groups_)
    for (size_t k = 0; k < group.parameters.size(); ++k) {
      const auto& parameter = group.parameters[k];
      size_t present = 0;
      for (const auto& part : parts) present += state.count(group.names[k] + "." + part);
      if (present == 0) continue;
      const auto take = [&](const std::string& part, const at::Tensor& like) {
        const std::string name = group.names[k] + "." + part;
        const auto found = state.find(name);
        if (found == state.end())
          throw WeightsError(kState, name,
                             "is missing; it was saved by another optimiser, so resume with the recipe that wrote it");
        ++used;
        return restored(found->second, like, name);
      };
      Memory memory;
      for (const auto& slot : slot_names_) memory.slots.push_back(take(slot, parameter.detach()));
      memory.step = take("step", at::zeros({}, parameter.options().dtype(at::kFloat).requires_grad(false)));
      if (options_.lookahead > 0) memory.slow = take("slow", parameter.detach());
      loaded[group.names[k]] = std::move(memory);
    }
  if (used != state.size()) {
    for (const auto& [name, tensor] : state) {
      const size_t dot = name.rfind('.');
      const bool known =
          loaded.count(name.substr(0, dot)) > 0 && std::count(parts.begin(), parts.end(), name.substr(dot + 1)) > 0;
      if (!known)
        throw WeightsError(kState, name, "belongs to no parameter that trains; resume with the recipe that wrote it");
    }
  }
  memory_ = std::move(loaded);
}

std::vector<double> host_steps(const Work& work) {
  std::vector<double> steps;
  for (const auto& step : work.steps) steps.push_back(step.item<double>());
  return steps;
}

}  // namespace tenfold::optim
