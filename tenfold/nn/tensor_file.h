#pragma once
// Weight files as data: safetensors (read and write), and PyTorch's .pth through a reader that knows tensors, dicts,
// lists, strings and numbers and executes nothing. One value holds what any of them contains.

#include <torch/nn/module.h>
#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tenfold::nn {

struct TensorFile {
  std::map<std::string, torch::Tensor> tensors;  ///< may view a mapping of the file, which lives as long as any of them
  std::map<std::string, std::string> metadata;   ///< safetensors' __metadata__; empty for .pth
};

/// By content, not by name: safetensors, zip .pth, legacy .pth. A checkpoint that holds one dict of tensors among other
/// things
/// ("state_dict", "model") yields that dict. Throws WeightsError saying what was found and what to do.
TensorFile read_tensors(const std::filesystem::path& path);

/// Writes atomically. Tensors in name order, contiguous. Throws FileError where the disk is full or read-only.
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, torch::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

struct LoadReport {
  std::vector<std::string> missing;     ///< in the module, not in the file; left as they were
  std::vector<std::string> unexpected;  ///< in the file, not in the module
};

/// Copies tensors into the module's parameters and buffers of the same name. Names beginning with one of `optional`
/// prefixes may be missing or of another shape (a head for other classes) and are then left alone; anything else
/// missing or misshapen is a WeightsError that names the first few and the network they seem to be made for.
/// num_batches_tracked may always be missing.
LoadReport load_into(torch::nn::Module& module, const TensorFile& file, const std::string& path,
                     const std::vector<std::string>& optional = {});

/// Every parameter and buffer by dotted name; views, not copies.
std::map<std::string, torch::Tensor> state_of(const torch::nn::Module& module);

/// Hash of names, shapes and values.
std::string hash_of(const std::map<std::string, torch::Tensor>& tensors);

}  // namespace tenfold::nn
