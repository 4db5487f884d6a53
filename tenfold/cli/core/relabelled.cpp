#include "tenfold/cli/core/relabelled.h"

#include <torch/types.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"

namespace tenfold::cli {
namespace {

class Relabelled : public Dataset {
 public:
  /// numbers: int64 [classes of `items`], each class's number in the model, which knows `known` classes.
  Relabelled(std::shared_ptr<const Dataset> items, at::Tensor numbers, int64_t known)
      : items_(std::move(items)), numbers_(std::move(numbers)), known_(known) {}
  int64_t size() const override { return items_->size(); }
  std::string name(int64_t index) const override { return items_->name(index); }
  std::string fingerprint() const override { return items_->fingerprint(); }  // of the views, which stay as they are
  std::string item_fingerprint(int64_t index) const override { return items_->item_fingerprint(index); }
  std::string item_file(int64_t index) const override { return items_->item_file(index); }
  std::string view_fingerprint(Views views) const override { return items_->view_fingerprint(views); }
  at::Tensor target(int64_t index) const override { return mapped(items_->target(index)); }
  bool augments() const override { return items_->augments(); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    Sample sample = items_->get(index, draw);
    sample.y = mapped(sample.y);
    return sample;
  }

 private:
  /// A class number int64 [], or 0/1 a class float [classes].
  at::Tensor mapped(const at::Tensor& y) const {
    if (!y.defined()) return y;
    if (y.dim() == 0) return numbers_[y.item<int64_t>()];
    return at::zeros({known_}, y.options()).index_copy(0, numbers_, y);
  }
  std::shared_ptr<const Dataset> items_;
  at::Tensor numbers_;
  int64_t known_;
};

}  // namespace

Data in_classes(Data data, const nn::Task& task, const std::vector<std::string>& classes, const std::string& path) {
  if (task.kind == nn::TaskKind::regression || data.classes == classes) return data;
  std::vector<int64_t> numbers;
  for (const auto& name : data.classes) {
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found == classes.end()) {
      const std::string near = nearest(name, classes);
      throw DataError(path, 0,
                      "has class '" + name + "', which the model does not know" +
                          (near.empty() ? "" : "; nearest is '" + near + "'") +
                          ". Rename or remove it, or train with it");
    }
    numbers.push_back(found - classes.begin());
  }
  const auto map = at::tensor(numbers, at::kLong);
  for (auto* split : {&data.train, &data.valid, &data.test})
    if (*split) *split = std::make_shared<Relabelled>(*split, map, static_cast<int64_t>(classes.size()));
  data.classes = classes;
  if (data.resized)
    data.resized = [=, as_read = data.resized](int64_t size) { return in_classes(as_read(size), task, classes, path); };
  return data;
}

}  // namespace tenfold::cli
