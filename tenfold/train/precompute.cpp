#include "tenfold/train/precompute.h"

#include <torch/types.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/version.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/learner_state.h"
#include "tenfold/train/machine.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;

const std::string kFilePrefix = "features-";

/// A head on its own: its features are its inputs.
class HeadModel : public nn::Model {
 public:
  explicit HeadModel(std::shared_ptr<nn::HeadImpl> head) : head_(register_module("head", std::move(head))) {}
  torch::Tensor features(const std::vector<torch::Tensor>& x) override { return x.at(0); }
  torch::Tensor head(const torch::Tensor& features) override { return head_->forward(features); }
  std::vector<nn::LayerGroup> groups() const override { return {{"head", {head_}}}; }
  std::shared_ptr<torch::nn::Module> head_module() const override { return head_; }
  std::string body_fingerprint() const override { return "identity"; }

 private:
  std::shared_ptr<nn::HeadImpl> head_;
};

std::shared_ptr<nn::HeadImpl> copy_of_head(const nn::Model& model) {
  const auto head = std::dynamic_pointer_cast<nn::HeadImpl>(model.head_module());
  if (!head) throw ConfigError("precompute", "needs a network whose head is nn::HeadImpl; train this one without it");
  return std::dynamic_pointer_cast<nn::HeadImpl>(head->clone());
}

struct Features {
  at::Tensor values;          ///< [M, F] fp32
  std::vector<int64_t> rows;  ///< their items in the dataset; broken ones are missing
};

/// Everything that the bits of the features depend on.
std::string key_of(const Learner& learner, const nn::Model& model, const Dataset& dataset) {
  const auto& transform = learner.data().transform;
  return ContentHash()
      .add(version)
      .add(TORCH_VERSION)
      .add(at::get_cpu_capability())
      .add(learner.device().str())
      .add(model.body_fingerprint())
      .add(dataset.fingerprint())
      .add(transform ? transform->fingerprint() : "none")
      .add(c10::toString(learner.dtype()))
      .add_integer(learner.options().threads)
      .add_integer(learner.options().batch)
      .hex();
}

Features compute(Learner& learner, const std::shared_ptr<const Dataset>& dataset, const OnItems& progress,
                 int64_t before, int64_t all) {
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(learner.model());
  Batches batches(learner, dataset, Batches::View::plain);
  std::vector<at::Tensor> parts;
  Features features;
  batches.start(0);
  while (auto batch = batches.next()) {
    if (batch->size() == 0) continue;
    parts.push_back(learner.model().features(batch->x).to(at::kFloat).cpu());
    features.rows.insert(features.rows.end(), batch->index.begin(), batch->index.end());
    if (progress) progress(before + static_cast<int64_t>(features.rows.size()), all);
  }
  if (parts.empty()) throw DataError("data", 0, "has no readable item left; see the list of those left out");
  features.values = at::cat(parts);
  return features;
}

/// The features in a file of the cache, or nothing where there is none or it is damaged.
std::optional<Features> read(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  try {
    const auto content = nn::read_tensors(file);
    const auto rows = content.tensors.at("rows").contiguous();
    Features features{content.tensors.at("features").clone(), {}};
    features.rows.assign(rows.const_data_ptr<int64_t>(), rows.const_data_ptr<int64_t>() + rows.numel());
    if (features.values.size(0) != rows.numel()) return std::nullopt;
    return features;
  } catch (const WeightsError&) {
    return std::nullopt;  // cut off by a full disk, say: computed again and overwritten
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

/// Removes the longest unused files until the rest fits; those of this run stay.
void shrink(const FeatureCache& cache, const std::set<fs::path>& in_use) {
  struct Entry {
    fs::file_time_type used;
    fs::path path;
    uintmax_t bytes;
  };
  std::vector<Entry> entries;
  uintmax_t sum = 0;
  for (const auto& file : fs::directory_iterator(cache.folder)) {
    if (!file.is_regular_file() || !file.path().filename().string().starts_with(kFilePrefix)) continue;
    entries.push_back({file.last_write_time(), file.path(), file.file_size()});
    sum += entries.back().bytes;
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const auto& entry : entries) {
    if (sum <= static_cast<uintmax_t>(cache.max_mib) << 20) return;
    if (in_use.contains(entry.path)) continue;
    std::error_code ignored;  // another run may have removed it
    fs::remove(entry.path, ignored);
    sum -= entry.bytes;
  }
}

void write(const FeatureCache& cache, const fs::path& file, const Features& features) {
  if (features.values.nbytes() > static_cast<uint64_t>(cache.max_mib) << 20) return;
  nn::write_safetensors(file, {{"features", features.values}, {"rows", at::tensor(features.rows, at::kLong)}});
}

}  // namespace

Learner precompute(Learner& learner, const FeatureCache& cache, const OnItems& progress) {
  auto& model = learner.model();
  const int groups = static_cast<int>(model.groups().size());
  if (learner.frozen() < groups - 1)
    throw ConfigError("precompute", "needs a frozen body, but groups from " + std::to_string(learner.frozen()) +
                                        " on train; call freeze() first, or train without it");
  pin_threads(learner.options().threads);
  auto head = std::make_shared<HeadModel>(copy_of_head(model));
  if (!cache.folder.empty()) {
    std::error_code problem;
    fs::create_directories(cache.folder, problem);
    if (problem)
      throw FileError(cache.folder.string(),
                      "the feature cache cannot be made (" + problem.message() + "); choose another folder");
  }
  const Data& data = learner.data();
  int64_t all = 0, done = 0;
  for (const auto& dataset : {data.train, data.valid, data.test}) all += dataset ? dataset->size() : 0;
  std::set<fs::path> in_use;
  const auto precomputed = [&](const std::shared_ptr<const Dataset>& dataset) -> std::shared_ptr<const Dataset> {
    if (!dataset || dataset->size() == 0) return nullptr;
    std::optional<Features> features;
    fs::path file;
    if (!cache.folder.empty()) {
      file = cache.folder / (kFilePrefix + key_of(learner, model, *dataset) + ".safetensors");
      in_use.insert(file);
      features = read(file);
    }
    if (features) {
      std::error_code ignored;
      fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);  // the most recently used
    } else {
      features = compute(learner, dataset, progress, done, all);
      if (!file.empty()) write(cache, file, *features);
    }
    done += dataset->size();
    if (progress) progress(done, all);
    return std::make_shared<FeatureDataset>(dataset, features->values, features->rows);
  };
  Data cached{.train = precomputed(data.train),
              .valid = precomputed(data.valid),
              .test = precomputed(data.test),
              .transform = nullptr,
              .classes = data.classes,
              .outputs = data.outputs,
              .resized = {}};
  if (!cache.folder.empty()) shrink(cache, in_use);
  Learner alone(std::move(cached), std::move(head), learner.task(), learner.options());
  alone.continue_from(learner);
  return alone;
}

void adopt_head(Learner& learner, Learner& head) {
  const auto own = nn::state_of(*learner.model().head_module());
  const auto trained = nn::state_of(*head.model().head_module());
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : own) {
    const auto found = trained.find(name);
    if (found == trained.end() || found->second.sizes() != tensor.sizes())
      throw ConfigError("adopt_head",
                        "the heads differ at " + name + "; adopt the head that precompute() made of this learner");
  }
  for (const auto& [name, tensor] : own) at::Tensor(tensor).copy_(trained.at(name));
  // What the head recorded is part of the run; adopting again adds only what is new.
  const auto append = [stage = learner.stage()](auto& to, const auto& from) {
    for (const auto& row : from)
      if (row.stage >= stage) to.push_back(row);
  };
  append(learner.record().stages, head.record().stages);
  append(learner.record().steps, head.record().steps);
  append(learner.record().epochs, head.record().epochs);
  if (head.stage() >= learner.stage()) learner.continue_from(head);
}

}  // namespace tenfold
