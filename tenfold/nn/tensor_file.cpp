#include "tenfold/nn/tensor_file.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <sstream>

#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/pth.h"
#include "tenfold/nn/safetensors.h"

namespace tenfold::nn {
namespace {

constexpr size_t kNamed = 3;  // in messages

/// For those who took another file for weights.
std::string what_it_looks_like(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), std::min<size_t>(file.size(), 64));
  if (text.empty()) return "is empty";
  if (text.starts_with("version https://git-lfs"))
    return "is a git-lfs pointer, not the weights it stands for (git lfs pull)";
  if (text.starts_with("<")) return "is an HTML or XML page, not weights";
  if (text.starts_with("\x89HDF")) return "is an HDF5 file (Keras)";
  if (text.starts_with("\x1f\x8b")) return "is compressed by gzip";
  return "is neither safetensors nor .pth";
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (size_t k = 0; k < std::min(names.size(), kNamed); ++k) text += (k ? ", " : "") + names[k];
  return names.size() > kNamed ? text + " and " + std::to_string(names.size() - kNamed) + " more" : text;
}

std::string shape_of(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

bool fits(const at::Tensor& ours, const at::Tensor& theirs) {
  return ours.sizes() == theirs.sizes() &&
         (ours.scalar_type() == theirs.scalar_type() || (ours.is_floating_point() && theirs.is_floating_point()));
}

bool may_be_missing(const std::string& name, const std::vector<std::string>& optional) {
  return name.ends_with("num_batches_tracked") ||
         std::any_of(optional.begin(), optional.end(),
                     [&](const std::string& prefix) { return name.starts_with(prefix); });
}

}  // namespace

TensorFile read_tensors(const std::filesystem::path& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  if (looks_like_safetensors(file->bytes())) return read_safetensors(file);
  if (looks_like_pth(file->bytes())) return read_pth(file);
  throw WeightsError(
      path.string(), "",
      what_it_looks_like(file->bytes()) + "; needs a .safetensors file, or a .pth file made by torch.save");
}

LoadReport load_into(torch::nn::Module& module, const TensorFile& file, const std::string& path,
                     const std::vector<std::string>& optional) {
  const auto state = state_of(module);
  LoadReport report;
  std::vector<std::string> lacking, misshapen;
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  for (const auto& [name, ours] : state) {
    const auto found = file.tensors.find(name);
    const bool missing = found == file.tensors.end();
    if (!missing && fits(ours, found->second)) {
      copies.emplace_back(ours, found->second);
    } else if (may_be_missing(name, optional)) {
      report.missing.push_back(name);
    } else if (missing) {
      lacking.push_back(name);
    } else {
      misshapen.push_back(name + " " + shape_of(found->second) + " where the network has " + shape_of(ours));
    }
  }
  for (const auto& [name, tensor] : file.tensors)
    if (!state.contains(name)) report.unexpected.push_back(name);
  if (!lacking.empty() || !misshapen.empty()) {
    std::string problem = "has the weights of another network: of " + std::to_string(state.size()) + " tensors ";
    if (!lacking.empty()) problem += std::to_string(lacking.size()) + " are missing (" + list(lacking) + ")";
    if (!misshapen.empty())
      problem += (lacking.empty() ? "" : ", ") + std::to_string(misshapen.size()) + " have another shape (" +
                 list(misshapen) + ")";
    if (!report.unexpected.empty()) problem += "; it holds " + list(report.unexpected) + " instead";
    throw WeightsError(path, "", problem + "; choose the network that they were made for");
  }
  const at::NoGradGuard no_grad;  // nothing is changed before all of it is known to fit
  for (auto& [ours, theirs] : copies) ours.copy_(theirs);
  return report;
}

std::map<std::string, torch::Tensor> state_of(const torch::nn::Module& module) {
  std::map<std::string, torch::Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value();
  return state;
}

std::string hash_of(const std::map<std::string, torch::Tensor>& tensors) {
  ContentHash hash;
  for (const auto& [name, tensor] : tensors) {
    hash.add(name).add(at::toString(tensor.scalar_type())).add_integer(tensor.dim());
    for (const int64_t size : tensor.sizes()) hash.add_integer(size);
    const auto values = tensor.detach().cpu().contiguous();
    hash.add(std::span(static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes()));
  }
  return hash.hex();
}

}  // namespace tenfold::nn
