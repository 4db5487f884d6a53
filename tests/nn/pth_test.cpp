// .pth files by the restricted reader. The files are made by tools/make_weight_fixtures.py; what they hold is written
// there.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/random.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::nn {
namespace {

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(TENFOLD_SOURCE_DIR) / "tests/nn/fixtures" / name;
}

std::string refusal(const std::filesystem::path& path) {
  try {
    read_tensors(path);
  } catch (const WeightsError& error) {
    return error.what();
  }
  return "accepted";
}

struct Scratch {
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "tenfold-pth-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

void expect_network(const TensorFile& file) {
  ASSERT_EQ(file.tensors.size(), 7u);
  EXPECT_TRUE(
      at::equal(file.tensors.at("linear.weight"), at::tensor({0., 0.5, 1., 1.5, 2., 2.5}, at::kFloat).view({2, 3})));
  EXPECT_TRUE(at::equal(file.tensors.at("linear.bias"), at::tensor({3., 3.5}, at::kFloat)));
  EXPECT_TRUE(at::equal(file.tensors.at("norm.bias"), at::tensor({5., 5.5}, at::kFloat)));
  EXPECT_TRUE(at::equal(file.tensors.at("norm.running_var"), at::ones({2})));
  EXPECT_TRUE(at::equal(file.tensors.at("norm.num_batches_tracked"), at::zeros({}, at::kLong)));
}

TEST(Pth, ReadsAStateDictInBothFormats) {
  expect_network(read_tensors(fixture("state.pth")));
  expect_network(read_tensors(fixture("state_legacy.pth")));
}

TEST(Pth, FindsTheDictOfTensorsInACheckpoint) { expect_network(read_tensors(fixture("checkpoint.pth"))); }

TEST(Pth, KeepsTiedTensorsTied) {
  for (const char* name : {"tied.pth", "tied_legacy.pth"}) {
    const auto file = read_tensors(fixture(name));
    EXPECT_TRUE(at::equal(file.tensors.at("embed"), at::arange(4).to(at::kFloat).view({2, 2})));
    EXPECT_EQ(file.tensors.at("embed").data_ptr(), file.tensors.at("decode").data_ptr());
  }
}

TEST(Pth, ReadsViewsByTheirStrides) {
  const auto file = read_tensors(fixture("views.pth"));
  EXPECT_TRUE(at::equal(file.tensors.at("steps"), at::tensor({2., 4., 6.}, at::kFloat)));
  EXPECT_TRUE(at::equal(file.tensors.at("turned"), at::tensor({0., 3., 1., 4., 2., 5.}, at::kFloat).view({3, 2})));
  EXPECT_TRUE(at::equal(file.tensors.at("parameter"), at::tensor({0., 1.}, at::kFloat)));
}

TEST(Pth, ReadsEveryDtype) {
  const auto file = read_tensors(fixture("dtypes.pth"));
  EXPECT_EQ(file.tensors.at("bf16").scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(file.tensors.at("bf16").to(at::kFloat), at::tensor({1.5, -2.}, at::kFloat)));
  EXPECT_EQ(file.tensors.at("f16").to(at::kFloat).item<float>(), 0.25f);
  EXPECT_EQ(file.tensors.at("f64").item<double>(), 1e-300);
  EXPECT_EQ(file.tensors.at("i64").item<int64_t>(), -(int64_t{1} << 40));
  EXPECT_EQ(file.tensors.at("u8").item<int>(), 255);
  EXPECT_TRUE(at::equal(file.tensors.at("bool"), at::tensor({1, 0}).to(at::kBool)));
  EXPECT_EQ(file.tensors.at("empty").sizes(), (at::IntArrayRef{0, 3}));
}

TEST(Pth, OutlivesItsFile) {
  const Scratch scratch;
  const auto path = scratch.path / "copy.pth";
  std::filesystem::copy_file(fixture("state.pth"), path);
  const auto weight = read_tensors(path).tensors.at("linear.weight");
  std::filesystem::remove(path);
  EXPECT_EQ(weight.sum().item<float>(), 7.5f);
}

TEST(Pth, RefusesACallByName) {
  for (const char* name : {"call.pth", "call_legacy.pth"}) {
    EXPECT_NE(refusal(fixture(name)).find("calls posix.system"), std::string::npos) << refusal(fixture(name));
    EXPECT_FALSE(std::filesystem::exists("tenfold-was-here"));
  }
  EXPECT_NE(refusal(fixture("module.pth")).find("calls torch.nn.modules.container.Sequential"), std::string::npos);
}

TEST(Pth, RefusesOpcodesByName) {
  const Scratch scratch;
  const auto path = scratch.path / "object.pth";
  write_file(path, std::string("\x80\x02)\x81.", 5));
  EXPECT_NE(refusal(path).find("opcode NEWOBJ"), std::string::npos) << refusal(path);
}

TEST(Pth, RefusesTensorsBeyondTheirStorage) {
  EXPECT_NE(refusal(fixture("beyond.pth")).find("reaches beyond its storage (element 999 of 4)"), std::string::npos);
  EXPECT_NE(refusal(fixture("broadcast.pth")).find("reaches beyond its storage"), std::string::npos);
}

TEST(Pth, SaysWhatItMisses) {
  EXPECT_NE(refusal(fixture("two_models.pth")).find("several dicts of tensors (student, teacher)"), std::string::npos);
  EXPECT_NE(refusal(fixture("no_tensors.pth")).find("save model.state_dict()"), std::string::npos);
}

TEST(Pth, RefusesWhatIsCutOff) {
  const Scratch scratch;
  for (const char* name : {"state.pth", "state_legacy.pth"}) {
    const std::string whole = read_file(fixture(name));
    for (size_t length = 8; length < whole.size(); length += 97) {
      const auto path = scratch.path / "cut.pth";
      std::ofstream(path, std::ios::binary) << whole.substr(0, length);
      const std::string message = refusal(path);
      EXPECT_NE(message, "accepted") << name << " cut to " << length;
    }
    std::ofstream(scratch.path / "last.pth", std::ios::binary) << whole.substr(0, whole.size() - 1);
    EXPECT_NE(refusal(scratch.path / "last.pth").find("cut off"), std::string::npos);
  }
}

/// Damaged files are refused or read; nothing else happens, and all that is read can be touched.
TEST(Pth, SurvivesDamage) {
  const Scratch scratch;
  int accepted = 0, refused = 0;
  for (const char* name : {"state.pth", "state_legacy.pth", "views.pth", "checkpoint.pth", "tied_legacy.pth"}) {
    const std::string whole = read_file(fixture(name));
    for (uint64_t k = 0; k < 400; ++k) {
      std::string damaged = whole;
      Draw draw(1, k, whole.size(), Purpose::other);
      for (int64_t edit = 0, edits = 1 + draw.below(3); edit < edits; ++edit) {
        const auto place = static_cast<size_t>(draw.below(
            static_cast<int64_t>(draw.chance(0.7) ? std::min<size_t>(damaged.size(), 900) : damaged.size())));
        if (draw.chance(0.6)) {
          damaged[place] = static_cast<char>(draw.below(256));
        } else {
          damaged.erase(place, 1);
        }
      }
      const auto path =
          scratch.path / std::to_string(k);  // a file of its own: a mapping must not change below its reader
      std::ofstream(path, std::ios::binary) << damaged;
      try {
        double sum = 0;
        for (const auto& [tensor_name, tensor] : read_tensors(path).tensors)
          if (tensor.numel() > 0) sum += tensor.to(at::kDouble).sum().item<double>();
        EXPECT_FALSE(sum == 0.123456789);
        ++accepted;
      } catch (const WeightsError&) {
        ++refused;
      }
      std::filesystem::remove(path);
    }
  }
  EXPECT_GT(accepted, 50);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace tenfold::nn
