#include "tenfold/train/checkpoint.h"

#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold {
namespace {

constexpr const char* kKey = "tenfold.checkpoint";  // in the file's metadata
constexpr int kSchema = 1;

using Tensors = std::map<std::string, at::Tensor>;

void add(Tensors& all, const std::string& prefix, const Tensors& part) {
  for (const auto& [name, tensor] : part) all[prefix + "/" + name] = tensor;
}

/// Those under "prefix/", as copies: the file may be replaced while they live.
Tensors under(const Tensors& all, const std::string& prefix) {
  Tensors part;
  const std::string start = prefix + "/";
  for (auto it = all.lower_bound(start); it != all.end() && it->first.starts_with(start); ++it)
    part[it->first.substr(start.size())] = it->second.clone();
  return part;
}

Json to_json(const Position& p) {
  return {{"step", p.step},
          {"epoch", p.epoch},
          {"batch", p.batch},
          {"smooth", p.smooth},
          {"smooth_count", p.smooth_count},
          {"seconds", p.seconds},
          {"items", p.items},
          {"ended", p.ended}};
}

Position position_of(const Json& json) {
  return {.step = json.at("step").get<int64_t>(),
          .epoch = json.at("epoch").get<int>(),
          .batch = json.at("batch").get<int64_t>(),
          .smooth = json.at("smooth").get<double>(),
          .smooth_count = json.at("smooth_count").get<int64_t>(),
          .seconds = json.at("seconds").get<double>(),
          .items = json.at("items").get<int64_t>(),
          .ended = json.value("ended", false)};
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Learner& learner, const Json& extra,
                     const nn::Model* bystander) {
  const auto snapshot = learner.snapshot();
  Tensors tensors;
  add(tensors, "model", snapshot.model);
  add(tensors, "optimizer", snapshot.optimizer);
  Json callbacks = Json::array();
  for (const auto& [name, state] : snapshot.callbacks) {
    callbacks.push_back(name);
    add(tensors, "callback/" + name, state);
  }
  if (bystander) add(tensors, "bystander", nn::state_of(*bystander));
  const Json json = {{"schema", kSchema},
                     {"position", to_json(snapshot.position)},
                     {"frozen", snapshot.frozen},
                     {"stage", snapshot.stage},
                     {"in_fit", snapshot.in_fit},
                     {"callbacks", callbacks},
                     {"extra", extra}};
  nn::write_safetensors(path, tensors, {{kKey, json.dump()}});
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const auto file = nn::read_tensors(path);
  const auto found = file.metadata.find(kKey);
  if (found == file.metadata.end())
    throw WeightsError(path.string(), "",
                       "is no checkpoint: it has no \"" + std::string(kKey) +
                           "\" in its metadata; give the "
                           "checkpoint.safetensors of a run folder");
  try {
    const auto json = Json::parse(found->second);
    if (json.at("schema").get<int>() > kSchema)
      throw WeightsError(path.string(), "", "was written by a newer version of tenfold; update to read it");
    Checkpoint checkpoint;
    checkpoint.snapshot = {.model = under(file.tensors, "model"),
                           .optimizer = under(file.tensors, "optimizer"),
                           .callbacks = {},
                           .position = position_of(json.at("position")),
                           .frozen = json.at("frozen").get<int>(),
                           .stage = json.at("stage").get<int>(),
                           .in_fit = json.at("in_fit").get<bool>()};
    for (const auto& name : json.at("callbacks"))
      checkpoint.snapshot.callbacks[name.get<std::string>()] =
          under(file.tensors, "callback/" + name.get<std::string>());
    checkpoint.bystander = under(file.tensors, "bystander");
    checkpoint.extra = json.at("extra");
    return checkpoint;
  } catch (const Json::exception& problem) {
    throw WeightsError(path.string(), "",
                       "has checkpoint metadata that does not read (" + std::string(problem.what()) +
                           "); take an earlier checkpoint, or start the run again");
  }
}

}  // namespace tenfold
