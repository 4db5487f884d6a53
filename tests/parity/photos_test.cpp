// EfficientNet-Lite0 with its published weights names what is on 20 photos. Reference: tools/reference_backbones.py
// photos, with the same pixels: the middle square, averaged over equal boxes to 224 x 224 in integers, (x - 127) / 128.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tenfold/core/file.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/image.h"

namespace tenfold::vision {
namespace {

struct Photo {
  std::string name;           ///< ends with the class's number
  int64_t pixels;             ///< sum
  int64_t named;              ///< the most probable class
  std::vector<float> logits;  ///< of classes 0, 250, 500, 750 and the right one
};

const std::vector<Photo>& reference() {
  static const std::vector<Photo> all = {
      {"imagenet_00_243.jpg", 15613915, 243, {0.3613596, -3.111738, -0.8609242, -0.5244879, 10.55041}},
      {"imagenet_01_559.jpg", 16221957, 559, {0.1635933, -0.5990759, -0.1867427, -1.18259, 13.29424}},
      {"imagenet_02_438.jpg", 20260909, 438, {0.6322812, -0.5062646, -0.4008761, -2.014168, 7.900474}},
      {"imagenet_03_990.jpg", 15467582, 990, {-1.493602, -2.322744, -0.1477927, -0.08865482, 7.988394}},
      {"imagenet_04_949.jpg", 21044113, 949, {-0.9354723, -0.6947218, 0.9200239, 0.7274753, 11.49944}},
      {"imagenet_05_853.jpg", 18427720, 853, {-0.1778553, 1.036979, -0.9857894, -0.6983008, 11.34906}},
      {"imagenet_06_609.jpg", 19202065, 609, {0.1604183, -0.294189, 1.548243, -0.7416259, 7.996025}},
      {"imagenet_07_609.jpg", 11996503, 511, {0.004493333, 0.1824134, -0.2962883, -1.007978, 6.207478}},
      {"imagenet_08_915.jpg", 14928166, 915, {0.2541398, -0.1742134, 0.6931386, 1.14172, 11.65162}},
      {"imagenet_09_455.jpg", 19942917, 455, {-0.7025924, 1.079786, -1.925371, -0.2705241, 10.3128}},
      {"imagenet_10_541.jpg", 15259455, 541, {0.1959718, -0.7077144, -0.2647997, -1.212607, 13.57219}},
      {"imagenet_11_630.jpg", 24188169, 630, {-0.2462115, -0.5296042, -0.1992541, 0.3025144, 9.698586}},
      {"imagenet_12_741.jpg", 15369351, 741, {-0.7903172, 0.4540854, -0.723942, 2.613425, 9.497727}},
      {"imagenet_13_471.jpg", 17498015, 471, {-0.0368037, 0.5139551, -0.4812647, -1.543101, 11.03661}},
      {"imagenet_14_129.jpg", 20888011, 129, {-0.1165511, 0.7598883, -1.862534, -0.2191026, 7.484037}},
      {"imagenet_15_99.jpg", 16738451, 99, {-1.479581, -1.454454, 0.01305395, -0.09089509, 10.40499}},
      {"imagenet_16_251.jpg", 13463397, 251, {-0.4922701, -0.559541, -0.659314, -0.3723473, 7.942929}},
      {"imagenet_17_22.jpg", 10067835, 22, {-0.2127267, -0.7044302, -0.4172966, 0.3219056, 9.25954}},
      {"imagenet_18_317.jpg", 11693553, 317, {0.2247241, 0.29908, 0.7500899, 0.4972876, 8.541024}},
      {"imagenet_19_305.jpg", 18770267, 305, {0.2408999, 0.4730965, -0.8070961, 0.9112979, 9.761289}},
  };
  return all;
}

constexpr int64_t kSide = 224;

/// [224, 224, 3] int64.
at::Tensor pixels_of(const Image& image) {
  const int64_t side = std::min(image.width, image.height), top = (image.height - side) / 2,
                left = (image.width - side) / 2;
  auto pixels = at::empty({kSide, kSide, 3}, at::kLong);
  auto* out = pixels.mutable_data_ptr<int64_t>();
  const auto edge = [&](int64_t k) { return k * side / kSide; };
  for (int64_t y = 0; y < kSide; ++y)
    for (int64_t x = 0; x < kSide; ++x)
      for (int64_t c = 0; c < 3; ++c) {
        int64_t sum = 0, area = 0;
        for (int64_t v = edge(y); v < std::max(edge(y + 1), edge(y) + 1); ++v)
          for (int64_t u = edge(x); u < std::max(edge(x + 1), edge(x) + 1); ++u, ++area)
            sum += image.rgb[static_cast<size_t>(((top + v) * image.width + left + u) * 3 + c)];
        *out++ = (2 * sum + area) / (2 * area);
      }
  return pixels;
}

TEST(Photos, AreNamedAsByTheReference) {
  const char* folder = std::getenv("TENFOLD_DATA");
  const auto weights = std::filesystem::path(folder ? folder : "") / "lite0" / backbone("efficientnet_lite0").file;
  if (!folder || !std::filesystem::exists(weights))
    GTEST_SKIP() << "TENFOLD_DATA names no folder with lite0 and photos";
  const auto network = backbone("efficientnet_lite0").make_classifier();
  nn::load_into(*network, nn::read_tensors(weights), weights.string());
  network->eval();
  const at::NoGradGuard no_grad;
  int right = 0;
  for (const auto& photo : reference()) {
    const auto file = read_file(std::filesystem::path(folder) / "photos" / photo.name);
    const auto pixels = pixels_of(decode(std::as_bytes(std::span(file)), photo.name));
    EXPECT_EQ(pixels.sum().item<int64_t>(), photo.pixels)
        << photo.name << ": decoded to other pixels than the reference saw";
    const auto x = ((pixels - 127).to(at::kFloat) / 128).permute({2, 0, 1}).unsqueeze(0);  // channels-last already
    const auto logits = network->forward(x)[0];
    const auto label = std::stol(photo.name.substr(photo.name.rfind('_') + 1));
    const auto named = logits.argmax().item<int64_t>();
    EXPECT_EQ(named, photo.named) << photo.name;
    right += named == label;
    const auto some = logits.index_select(0, at::tensor(std::vector<int64_t>{0, 250, 500, 750, label}));
    EXPECT_LT((some - at::tensor(photo.logits)).abs().max().item<float>(), 1e-3) << photo.name;
  }
  EXPECT_GE(right, 17);
}

}  // namespace
}  // namespace tenfold::vision
