#include "tenfold/train/learner.h"

#include <torch/types.h>

#include <unordered_set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/learner_state.h"
#include "tenfold/train/machine.h"

namespace tenfold {
namespace {

/// Every parameter must belong to one layer group, or freezing would quietly leave it out.
void check_groups(const nn::Model& model) {
  std::unordered_set<const c10::TensorImpl*> grouped;
  for (const auto& group : model.groups())
    for (const auto& module : group.modules)
      for (const auto& parameter : module->parameters()) grouped.insert(parameter.unsafeGetTensorImpl());
  for (const auto& item : model.named_parameters())
    if (!grouped.contains(item.value().unsafeGetTensorImpl()))
      throw ConfigError("model",
                        "parameter " + item.key() + " is in no layer group; add its module to one in groups()");
}

/// Convolution weights in the memory order that bf16 and fp32 kernels are fastest with, once.
void to_channels_last(nn::Model& model) {
  for (auto& parameter : model.parameters())
    if (parameter.dim() == 4) parameter.set_data(parameter.detach().contiguous(at::MemoryFormat::ChannelsLast));
}

}  // namespace

Learner::Learner(Data data, std::shared_ptr<nn::Model> model, nn::Task task, LearnerOptions options)
    : state_(std::make_shared<State>(State{.data = std::move(data),
                                           .model = std::move(model),
                                           .task = std::move(task),
                                           .options = std::move(options)})) {
  nn::check(state_->task);
  state_->options = resolved(std::move(state_->options), state_->task.kind);
  pin_threads(state_->options.threads);
  state_->device = device_named(state_->options.device);
  state_->dtype = state_->options.precision == Precision::bf16 ? at::kBFloat16 : at::kFloat;
  check_groups(*state_->model);
  state_->model->to(state_->device);
  to_channels_last(*state_->model);
  set_trained(state_->freezing(), *state_->model);
}

void Learner::freeze() { freeze_to(-1); }
void Learner::unfreeze() { freeze_to(0); }

void Learner::freeze_to(int group) {
  const int groups = static_cast<int>(state_->model->groups().size());
  const int first = group < 0 ? groups + group : group;
  if (first < 0 || first >= groups)
    throw ConfigError("freeze_to", "is " + std::to_string(group) + ", but the network has " +
                                       named_groups(*state_->model) + "; at least the last must train: give 0 to " +
                                       std::to_string(groups - 1) + ", or -1 to -" + std::to_string(groups) +
                                       " to count from the end");
  state_->frozen = first;
  set_trained(state_->freezing(), *state_->model);
}

int Learner::frozen() const { return state_->frozen; }

void Learner::set_data(Data data) {
  if (data.classes != state_->data.classes)
    throw ConfigError("data", "has other classes than the data before it (" + std::to_string(data.classes.size()) +
                                  " against " + std::to_string(state_->data.classes.size()) +
                                  "); a learner keeps its classes, make a new one");
  state_->data = std::move(data);
}

void Learner::set_batch(int64_t batch) {
  if (batch < 1) throw ConfigError("batch", "is " + std::to_string(batch) + "; needs at least 1");
  state_->options.batch = batch;
}

const Data& Learner::data() const { return state_->data; }
nn::Model& Learner::model() { return *state_->model; }
std::shared_ptr<nn::Model> Learner::shared_model() { return state_->model; }
const nn::Task& Learner::task() const { return state_->task; }
const LearnerOptions& Learner::options() const { return state_->options; }
Record& Learner::record() { return state_->record; }
const Record& Learner::record() const { return state_->record; }
int Learner::stage() const { return state_->stage; }
const std::vector<std::string>& Learner::skipped() const { return state_->skipped; }
at::ScalarType Learner::dtype() const { return state_->dtype; }
torch::Device Learner::device() const { return state_->device; }

void Learner::restore(const Snapshot& snapshot) {
  const auto here = nn::state_of(*state_->model);
  for (const auto& [name, tensor] : here) {
    const auto found = snapshot.model.find(name);
    if (found == snapshot.model.end())
      throw WeightsError("snapshot", name, "is missing; it was made of another network");
    if (found->second.sizes() != tensor.sizes())
      throw WeightsError("snapshot", name, "has another shape than the network's; it was made of another network");
  }
  {
    const at::NoGradGuard no_grad;
    for (const auto& [name, tensor] : here) at::Tensor(tensor).copy_(snapshot.model.at(name));
  }
  freeze_to(snapshot.frozen);
  state_->stage = snapshot.stage;
  state_->position = snapshot.position;
  state_->resumed.reset();
  if (snapshot.in_fit) {
    state_->resumed = snapshot;
    state_->resumed->model.clear();
  }
}

void Learner::continue_from(const Learner& other) {
  state_->stage = other.state_->stage;
  state_->position = {.step = other.state_->position.step};
}

}  // namespace tenfold
