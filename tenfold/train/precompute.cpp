#include "tenfold/train/precompute.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/activations.h"
#include "tenfold/train/feature_dataset.h"
#include "tenfold/train/machine.h"

namespace tenfold {
namespace {

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

/// The layer groups of a network from a cut on, sharing its modules.
class TailModel : public nn::Model {
 public:
  TailModel(std::shared_ptr<nn::Model> whole, int cut) : whole_(std::move(whole)), cut_(cut) {
    const auto names = whole_->named_modules();
    for (const auto& group : groups())
      for (const auto& module : group.modules)
        for (const auto& item : names)
          if (item.value() == module) {
            std::string name = item.key();
            std::replace(name.begin(), name.end(), '.', '/');  // the name of one child may hold no dots
            register_module(name, module);
          }
  }
  torch::Tensor features(const std::vector<torch::Tensor>& x) override { return x.at(0); }
  torch::Tensor head(const torch::Tensor& features) override { return whole_->logits_from(features, cut_); }
  std::vector<nn::LayerGroup> groups() const override {
    auto all = whole_->groups();
    all.erase(all.begin(), all.begin() + cut_);
    return all;
  }
  std::shared_ptr<torch::nn::Module> head_module() const override { return whole_->head_module(); }
  std::string body_fingerprint() const override { return "identity"; }

 private:
  std::shared_ptr<nn::Model> whole_;  ///< not registered: what is before the cut is no part of this
  int cut_;
};

std::shared_ptr<nn::Model> model_from(Learner& learner, int cut) {
  auto& model = learner.model();
  if (cut < static_cast<int>(model.groups().size()) - 1)
    return std::make_shared<TailModel>(learner.shared_model(), cut);
  const auto head = std::dynamic_pointer_cast<nn::HeadImpl>(model.head_module());
  if (!head) throw ConfigError("precompute", "needs a network whose head is nn::HeadImpl; train this one without it");
  return head_model(std::dynamic_pointer_cast<nn::HeadImpl>(head->clone()));
}

void check(const Learner& learner, const FeatureCache& cache) {
  if (learner.frozen() < 1)
    throw ConfigError("precompute",
                      "needs a frozen body, but all layer groups train; call freeze() first, or train without it");
  for (const auto& [name, views] : {std::pair{"precompute_views", cache.views}, {"tta_views", cache.tta_views}})
    if (views < 0) throw ConfigError(name, "is " + std::to_string(views) + "; needs 0 (the plain view) or more");
}

bool augments(const Data& data, const Dataset& dataset) {
  return dataset.augments() || (data.transform && data.transform->augments());
}

/// One split, the views that are asked of it, and how to have them.
class Cutting {
 public:
  Cutting(Learner& learner, const FeatureCache& cache)
      : learner_(learner),
        cache_(cache),
        cut_(learner.frozen()),
        kept_as_(cache.kept_as.value_or(learner.dtype())),
        store_({.folder = cache.folder, .max_mib = cache.max_mib, .told = cache.told}),
        hashes_(cache.folder.empty() ? std::filesystem::path() : cache.folder / "hashes") {}

  std::vector<ActivationView> views_of(Split split) const {
    std::vector<ActivationView> views(1);
    const int random = split == Split::train ? cache_.views : cache_.tta_views;
    for (int k = 0; k < random; ++k) views.push_back({Views::random, cache_.view_seed, k});
    return views;
  }

  /// Null where the split has no items. `progress` is told of each view of an item.
  std::shared_ptr<const Dataset> compute(Split split, const std::function<void(int64_t done)>& progress) {
    const auto& dataset = learner_.data().split(split);
    if (!dataset || dataset->size() == 0) return nullptr;
    const auto views = views_of(split);
    if (views.size() > 1 && !augments(learner_.data(), *dataset))
      throw ConfigError("precompute_views",
                        "asks for random views of data without augmentation, which would all be the plain one; set "
                        "data.augment, or leave the views at 0");
    auto ids = item_ids(*dataset, hashes_, learner_.options().workers);
    RowTable plain = rows(dataset, ids, views[0], progress);
    std::vector<int64_t> readable;
    for (int64_t k = 0; k < plain.size(); ++k)
      if (plain.has(k)) readable.push_back(k);
    if (readable.empty()) throw DataError("data", 0, "has no readable item left; see the list of those left out");
    std::vector<RowTable> tables{plain.select(readable)};
    for (size_t v = 1; v < views.size(); ++v) {
      const auto before = static_cast<int64_t>(v) * dataset->size();
      auto table = rows(dataset, ids, views[v], [&](int64_t done) {
                     if (progress) progress(before + done);
                   }).select(readable);
      if (!table.missing().empty())
        throw DataError("data", 0, "an item was readable in one view and not in another; remove it, then train again");
      tables.push_back(std::move(table));
    }
    return std::make_shared<FeatureDataset>(dataset, std::move(tables), std::move(readable));
  }

  int64_t count_missing(Split split) {
    const auto& dataset = learner_.data().split(split);
    if (!dataset || dataset->size() == 0) return 0;
    const auto ids = item_ids(*dataset, hashes_, learner_.options().workers);
    int64_t count = 0;
    for (const auto& view : views_of(split))
      count += store_.count_missing(activation_column(learner_, *dataset, cut_, view, kept_as_), ids);
    return count;
  }

  int cut() const { return cut_; }

  /// What is known of files is worth keeping, but nothing fails for it.
  void remember() {
    try {
      hashes_.save();
    } catch (const FileError& error) {
      if (cache_.told) cache_.told(std::string(error.what()) + "; images will be hashed again next time");
    }
  }

 private:
  RowTable rows(const std::shared_ptr<const Dataset>& dataset, const std::vector<ItemId>& ids,
                const ActivationView& view, const std::function<void(int64_t done)>& progress) {
    return activations(learner_, dataset, ids, cut_, view, kept_as_, store_, progress);
  }

  Learner& learner_;
  const FeatureCache& cache_;
  int cut_;
  at::ScalarType kept_as_;
  ActivationStore store_;
  FileHashes hashes_;
};

constexpr std::array kSplits = {Split::train, Split::valid, Split::test};

}  // namespace

std::shared_ptr<nn::Model> head_model(std::shared_ptr<nn::HeadImpl> head) {
  return std::make_shared<HeadModel>(std::move(head));
}

Learner precompute(Learner& learner, const FeatureCache& cache, const OnItems& progress) {
  check(learner, cache);
  pin_threads(learner.options().threads);
  const Data& data = learner.data();
  Cutting cutting(learner, cache);
  auto rest = model_from(learner, cutting.cut());
  int64_t all = 0, before = 0;
  for (const auto split : kSplits)
    if (const auto& dataset = data.split(split))
      all += dataset->size() * static_cast<int64_t>(cutting.views_of(split).size());
  const auto computed = [&](Split split) {
    const auto features = cutting.compute(split, [&](int64_t done) {
      if (progress) progress(before + done, all);
    });
    if (features) before += data.split(split)->size() * static_cast<int64_t>(cutting.views_of(split).size());
    return features;
  };
  Data cached{.train = computed(Split::train),
              .valid = computed(Split::valid),
              .test = computed(Split::test),
              .transform = nullptr,
              .classes = data.classes,
              .outputs = data.outputs,
              .resized = {}};
  if (progress) progress(all, all);
  cutting.remember();
  Learner alone(std::move(cached), std::move(rest), learner.task(), learner.options());
  alone.continue_from(learner);
  return alone;
}

int64_t count_to_compute(Learner& learner, const FeatureCache& cache) {
  check(learner, cache);
  Cutting cutting(learner, cache);
  int64_t count = 0;
  for (const auto split : kSplits) count += cutting.count_missing(split);
  cutting.remember();
  return count;
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
