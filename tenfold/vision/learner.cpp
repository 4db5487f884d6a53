#include "tenfold/vision/learner.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/drop_path.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/map_model.h"
#include "tenfold/vision/published.h"

namespace tenfold::vision {
namespace {

enum class Pool { concat, mean };

Pool pool_of(const ModelOptions& options, const BackboneRow& row) {
  const std::string& name = options.pool == "auto" ? row.pool : options.pool;
  if (name == "concat") return Pool::concat;
  if (name == "mean") return Pool::mean;
  throw ConfigError("model.pool", "is '" + name + "'; needs auto, concat or mean");
}

class ImageModel : public MapModel {
 public:
  /// `auxiliary`: the linear layer of the body's side branch, null without one.
  ImageModel(std::string architecture, std::shared_ptr<Backbone> body, Pool pool, std::shared_ptr<nn::HeadImpl> head,
             std::shared_ptr<nn::LinearImpl> auxiliary)
      : architecture_(std::move(architecture)),
        pool_(pool),
        body_(register_module("body", std::move(body))),
        head_(register_module("head", std::move(head))),
        auxiliary_(auxiliary ? register_module("auxiliary", std::move(auxiliary)) : nullptr) {}

  torch::Tensor maps(const std::vector<torch::Tensor>& x) override { return body_->forward(x.at(0)); }
  torch::Tensor pooled(const torch::Tensor& maps) const override {
    return pool_ == Pool::concat ? nn::concat_pool(maps) : nn::mean_pool(maps);
  }
  torch::Tensor head(const torch::Tensor& features) override { return head_->forward(features); }

  torch::Tensor activations(const std::vector<torch::Tensor>& x, int cut) override {
    return cut == body_groups() ? features(x) : places_first(body_->part(x.at(0), 0, cut));
  }
  torch::Tensor logits_from(const torch::Tensor& activations, int cut) override {
    if (cut == body_groups()) return head(activations);
    return head(pooled(body_->part(channels_first(activations), cut, body_groups())));
  }
  std::string fingerprint(int cut) const override {
    if (cut == body_groups()) return body_fingerprint();
    ContentHash hash;
    hash.add(architecture_);
    const auto groups = body_->groups();
    for (int g = 0; g < cut; ++g)
      for (const auto& module : groups[static_cast<size_t>(g)].modules) hash.add(nn::hash_of(nn::state_of(*module)));
    return hash.hex();
  }

  std::vector<nn::WeightedLogits> training_logits(const std::vector<torch::Tensor>& x) override {
    if (!auxiliary_) return Model::training_logits(x);
    const auto [maps, side] = body_->forward_training(x.at(0));
    return {{.logits = head(pooled(maps))},
            {.logits = auxiliary_->forward(side.to(at::kFloat)), .weight = body_->auxiliary()->weight}};
  }

  std::vector<nn::LayerGroup> groups() const override {
    auto all = body_->groups();
    all.push_back({"head", {head_}});
    if (auxiliary_) all.back().modules.push_back(auxiliary_);
    return all;
  }
  std::shared_ptr<torch::nn::Module> head_module() const override { return head_; }
  std::string body_fingerprint() const override {
    return ContentHash()
        .add(architecture_)
        .add_integer(static_cast<int>(pool_))
        .add(nn::hash_of(nn::state_of(*body_)))
        .hex();
  }

 private:
  int body_groups() const { return static_cast<int>(body_->groups().size()); }
  /// Maps [N, C, h, w] lie in memory as [N, h, w, C], and are kept so.
  static torch::Tensor places_first(const torch::Tensor& x) { return x.dim() == 4 ? x.permute({0, 2, 3, 1}) : x; }
  static torch::Tensor channels_first(const torch::Tensor& x) { return x.dim() == 4 ? x.permute({0, 3, 1, 2}) : x; }

  std::string architecture_;
  Pool pool_;
  std::shared_ptr<Backbone> body_;
  std::shared_ptr<nn::HeadImpl> head_;
  std::shared_ptr<nn::LinearImpl> auxiliary_;
};

/// The body of a model that tenfold saved, under the published names; other files as they are.
nn::TensorFile body_of(nn::TensorFile file) {
  const std::string prefix = "body.";
  nn::TensorFile body;
  for (const auto& [name, tensor] : file.tensors)
    if (name.starts_with(prefix)) body.tensors[name.substr(prefix.size())] = tensor;
  return body.tensors.empty() ? file : body;
}

/// Says whose weights they are, where that is known.
void refuse_if_recognised(const nn::TensorFile& file, const BackboneRow& row, const std::string& path) {
  if (const auto* found = recognise(file.tensors); found && found != &row)
    throw WeightsError(path, "",
                       "has the weights of " + found->name + ", and the network is " + row.name +
                           "; set model.backbone to " + found->name + ", or give weights of " + row.name);
}

/// Throws WeightsError unless the file has the row's weights, and nothing else but a classifier.
void load_body(Backbone& body, const BackboneRow& row, const std::string& path) {
  auto file = body_of(nn::read_tensors(path));
  file.tensors = row.named(std::move(file.tensors));
  nn::LoadReport report;
  try {
    report = nn::load_into(body, file, path);
  } catch (const WeightsError&) {
    refuse_if_recognised(file, row, path);
    throw;
  }
  for (const auto& name : report.unexpected) {
    if (row.is_classifier(name)) continue;
    refuse_if_recognised(file, row, path);
    throw WeightsError(path, name,
                       "is no tensor of " + row.name + "; choose the network that the weights were made for");
  }
}

std::shared_ptr<nn::LinearImpl> auxiliary_of(const Backbone& body, int64_t outputs, uint64_t seed) {
  const auto branch = body.auxiliary();
  if (!branch) return nullptr;
  const auto linear = std::make_shared<nn::LinearImpl>(branch->channels, outputs);
  nn::initialise(*linear, seed);
  return linear;
}

void set_drop_path(Backbone& body, const BackboneRow& row, const std::optional<double>& asked) {
  const double rate = asked.value_or(row.drop_path);
  if (!(rate >= 0 && rate < 1))
    throw ConfigError("model.drop_path", "is " + shortest(rate) + "; needs a probability from 0 to below 1");
  if (nn::set_drop_path(body, rate) == 0 && rate > 0)
    throw ConfigError("model.drop_path", "is " + shortest(rate) + ", and " + row.name +
                                             " has no blocks that it leaves out; set 0, or take an efficientnet, "
                                             "convnext or vit");
}

}  // namespace

std::string resolve_backbone(const ModelOptions& options, int64_t size) {
  constexpr int64_t small = 64;
  if (options.backbone != "auto") return backbone(options.backbone).name;
  if (options.weights != "none") return "efficientnet_lite0";
  return size <= small ? "small_resnet" : "resnet18";
}

std::filesystem::path model_folder() {
  if (const char* folder = std::getenv("TENFOLD_MODELS"); folder && *folder) return folder;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
    return std::filesystem::path(data) / "tenfold/models";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home && *home ? home : ".") / ".local/share/tenfold/models";
}

std::string resolve_weights(const ModelOptions& options, const BackboneRow& row) {
  if (options.weights == "none") return "";
  if (options.weights != "pretrained") return options.weights;
  if (row.file.empty())
    throw ConfigError("model.weights", "are pretrained, and none are published for " + row.name +
                                           "; choose none, a file, or another backbone");
  const auto path = model_folder() / row.file;
  std::error_code unreadable;
  if (std::filesystem::exists(path, unreadable)) return path.string();
  const std::string terms = " (" + row.source + ", " + row.licence + ")";
  throw ConfigError("model.weights",
                    "are pretrained, and " + path.string() + " does not exist; " +
                        (published(row).url.empty() ? "put " + row.file + terms + " there"
                                                    : "run `tenfold models pull " + row.name + "`" + terms) +
                        ", set TENFOLD_MODELS to the folder that has it, or give the file itself");
}

void check_size(const BackboneRow& row, int64_t size, const std::string& option) {
  const std::string found = "is " + std::to_string(size) + " pixels; " + row.name + " needs ";
  if (size < row.min_size)
    throw ConfigError(option, found + "at least " + std::to_string(row.min_size) +
                                  ", or nothing is left of an image; raise it, or choose a network for small images");
  if (size % row.multiple != 0)
    throw ConfigError(option, found + "a multiple of " + std::to_string(row.multiple) + ", such as " +
                                  std::to_string((size / row.multiple + 1) * row.multiple));
}

std::shared_ptr<nn::Model> make_model(const ModelOptions& options, const nn::Task& task, int64_t size, uint64_t seed) {
  const auto& row = backbone(resolve_backbone(options, size));
  check_size(row, size, "data.size");
  const Pool pool = pool_of(options, row);
  const std::string weights = resolve_weights(options, row);
  const auto body = weights.empty() ? row.make(seed) : row.layers();
  if (!weights.empty()) load_body(*body, row, weights);
  set_drop_path(*body, row, options.drop_path);
  const nn::HeadOptions head{.features = body->channels() * (pool == Pool::concat ? 2 : 1),
                             .outputs = nn::logits(task),
                             .hidden = options.hidden,
                             .dropout = options.dropout,
                             .legacy = options.legacy_head};
  return std::make_shared<ImageModel>(row.name, body, pool, std::make_shared<nn::HeadImpl>(head, seed),
                                      auxiliary_of(*body, head.outputs, seed));
}

Learner learner(const ImageData& images, const ModelOptions& model, const DataOptions& options,
                LearnerOptions training) {
  Learner made(images.data, make_model(model, images.task, options.size, training.seed), images.task, training);
  if (model.weights != "none") made.freeze();
  return made;
}

Learner learner(const ImageData& images, const ModelOptions& model, LearnerOptions training) {
  const auto& row = backbone(resolve_backbone(model, images.options.size));
  const bool same = images.normalisation.mean == row.normalisation.mean &&
                    images.normalisation.deviation == row.normalisation.deviation;
  if (model.weights != "none" && !same)
    throw ConfigError("normalisation", "of the data is not the one that the weights of " + row.name +
                                           " were trained with; load the data with vision::backbone(\"" + row.name +
                                           "\").normalisation");
  return learner(images, model, images.options, std::move(training));
}

}  // namespace tenfold::vision
