#include "tenfold/vision/published.h"

#include <filesystem>
#include <string_view>

namespace tenfold::vision {
namespace {

constexpr std::string_view kTorchvision = "https://download.pytorch.org/models/";
constexpr std::string_view kTimm = "https://huggingface.co/timm/";
constexpr size_t kDigits = 8;

std::string url_of(const BackboneRow& row) {
  const std::filesystem::path file = row.file;
  if (row.source.starts_with("torchvision")) return std::string(kTorchvision) + row.file;
  if (row.source.starts_with("timm") && file.extension() == ".safetensors")
    return std::string(kTimm) + file.stem().string() + "/resolve/main/model.safetensors";
  return "";
}

/// "f37072fd" of "resnet18-f37072fd.pth", or "".
std::string digits_in(const std::string& file) {
  const std::string stem = std::filesystem::path(file).stem().string();
  const size_t dash = stem.rfind('-');
  if (dash == std::string::npos || stem.size() - dash - 1 != kDigits) return "";
  const std::string digits = stem.substr(dash + 1);
  return digits.find_first_not_of("0123456789abcdef") == std::string::npos ? digits : "";
}

}  // namespace

Published published(const BackboneRow& row, const std::string& base) {
  if (row.file.empty()) return {};
  const std::string slash = base.empty() || base.ends_with('/') ? "" : "/";
  return {.url = base.empty() ? url_of(row) : base + slash + row.file,
          .sha256 = row.sha256.empty() ? digits_in(row.file) : row.sha256};
}

}  // namespace tenfold::vision
