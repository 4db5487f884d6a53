// The safetensors format: what is written, and lying headers. Layout: the format's own description.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::nn {
namespace {

class Safetensors : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "tenfold-safetensors-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// A file of this header and as many bytes of data.
  std::filesystem::path made(const std::string& header, size_t data, uint64_t announced = 0) {
    const uint64_t length = announced ? announced : header.size();
    const auto path = folder / "made.safetensors";
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(&length), sizeof length);
    file << header << std::string(data, '\0');
    return path;
  }
  std::string refusal(const std::filesystem::path& path) {
    try {
      read_tensors(path);
    } catch (const WeightsError& error) {
      return error.what();
    }
    return "accepted";
  }

  std::filesystem::path folder;
};

TEST_F(Safetensors, GivesBackWhatWasWritten) {
  const std::map<std::string, at::Tensor> tensors = {
      {"a.weight", at::arange(24).to(at::kFloat).view({1, 2, 3, 4}).contiguous(at::MemoryFormat::ChannelsLast)},
      {"b", at::tensor({1.5, -2.}).to(at::kBFloat16)},
      {"count", at::scalar_tensor(7, at::kLong)},
      {"empty", at::empty({0, 3})},
      {"flags", at::tensor({1, 0, 1}).to(at::kBool)},
      {"turned", at::arange(6).to(at::kDouble).view({2, 3}).t()}};
  const auto path = folder / "w.safetensors";
  write_safetensors(path, tensors, {{"made by", "a \"test\", in UTF-8: ü"}});
  const auto file = read_tensors(path);
  EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"made by", "a \"test\", in UTF-8: ü"}}));
  ASSERT_EQ(file.tensors.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(file.tensors.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(at::equal(file.tensors.at(name), tensor)) << name;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(file.tensors.at(name).data_ptr()) % tensor.element_size(), 0u) << name;
  }
  EXPECT_EQ(hash_of(file.tensors), hash_of(tensors));
}

TEST_F(Safetensors, WritesTheFormatToTheByte) {
  const auto path = folder / "w.safetensors";
  write_safetensors(path, {{"b", at::tensor({1, 2}, at::kByte)}, {"a", at::tensor({0.5f})}});
  const std::string header =
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})";
  const std::string file = read_file(path);
  const size_t padded = (header.size() + 7) / 8 * 8;
  ASSERT_EQ(file.size(), 8 + padded + 6);
  EXPECT_EQ(static_cast<uint8_t>(file[0]), padded);
  EXPECT_EQ(file.substr(8, header.size()), header);
  EXPECT_EQ(file.substr(8 + padded), std::string("\x00\x00\x00\x3f\x01\x02", 6));  // 0.5 is 3f000000
}

TEST_F(Safetensors, ReadsValuesThatAreNotAligned) {
  const std::string header =
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}})";
  const auto file = read_tensors(made(header, 9));
  EXPECT_TRUE(at::equal(file.tensors.at("b"), at::zeros({2})));
}

TEST_F(Safetensors, RefusesLyingHeaders) {
  const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  EXPECT_EQ(refusal(made("{" + a + "}", 8)), "accepted");
  const std::vector<std::tuple<std::string, size_t, std::string>> lies = {
      {"{" + a + "}", 7, "is cut off: its header tells of 8 bytes of tensors, and 7 are there"},
      {"{" + a + "}", 9, "has 1 bytes after its tensors"},
      {"{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "b: overlaps the tensor before it"},
      {"{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})", 16, "b: begins after a gap of 4 bytes"},
      {"{" + a + "," + a + "}", 8, "a: is in the header twice"},
      {R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8,
       "a: has a shape of 12 bytes and offsets from 0 to 8"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8, "offsets from 8 to 0"},
      {R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})", 8,
       "a shape that no memory holds"},
      {R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8, "has the size -2 in its shape"},
      {R"({"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}})", 8, "is of dtype C64"},
      {R"({"a":{"shape":[1],"data_offsets":[0,8]}})", 8, "lacks dtype, shape or data_offsets"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}})", 8, "needs a begin and an end"},
      {R"({"__metadata__":{"x":1}})", 0, "has a value 'x' that is no text"},
      {"{\"a\":", 0, "is no JSON"}};
  for (const auto& [header, data, expected] : lies)
    EXPECT_NE(refusal(made(header, data)).find(expected), std::string::npos) << header << "\n"
                                                                             << refusal(made(header, data));
  EXPECT_NE(refusal(made("{" + a + "}", 8, 1'000)).find("is cut off: a header of 1000 bytes is announced"),
            std::string::npos);
  EXPECT_NE(refusal(made("{" + a + "}", 8, uint64_t{1} << 63)).find("announces a header of 9223372036854775808 bytes"),
            std::string::npos);
}

TEST_F(Safetensors, SaysWhatAnotherFileIs) {
  const auto told = [&](const std::string& content) {
    std::ofstream(folder / "other", std::ios::binary) << content;
    return refusal(folder / "other");
  };
  EXPECT_NE(told("").find("is empty"), std::string::npos);
  EXPECT_NE(told("<!DOCTYPE html><html>not found</html>").find("is an HTML or XML page"), std::string::npos);
  EXPECT_NE(told("version https://git-lfs.github.com/spec/v1\n").find("git-lfs pointer"), std::string::npos);
  EXPECT_NE(told("just some text").find("is neither safetensors nor .pth"), std::string::npos);
  EXPECT_THROW(read_tensors(folder / "missing"), FileError);
}

struct TwoLayersImpl : torch::nn::Module {
  TwoLayersImpl() {
    register_module("conv", Conv2d(ConvOptions{.in = 1, .out = 2, .kernel = 1}));
    register_module("norm", NormAct(NormActOptions{.channels = 2}));
    register_module("fc", Linear(2, 3));
  }
};

TensorFile whole_file() {
  TwoLayersImpl network;
  TensorFile file;
  for (const auto& [name, tensor] : state_of(network)) file.tensors[name] = at::full_like(tensor, 2);
  return file;
}

TEST(LoadInto, CopiesParametersAndBuffers) {
  TwoLayersImpl network;
  const auto report = load_into(network, whole_file(), "w");
  EXPECT_TRUE(report.missing.empty() && report.unexpected.empty());
  for (const auto& [name, tensor] : state_of(network)) EXPECT_TRUE(at::equal(tensor, at::full_like(tensor, 2))) << name;
}

TEST(LoadInto, LeavesAnOptionalHeadAlone) {
  auto file = whole_file();
  file.tensors["fc.weight"] = at::ones({1000, 2});
  file.tensors.erase("fc.bias");
  file.tensors.erase("norm.num_batches_tracked");
  file.tensors["extra"] = at::ones({1});
  TwoLayersImpl network;
  const auto report = load_into(network, file, "w", {"fc."});
  EXPECT_EQ(report.missing, (std::vector<std::string>{"fc.bias", "fc.weight", "norm.num_batches_tracked"}));
  EXPECT_EQ(report.unexpected, (std::vector<std::string>{"extra"}));
  EXPECT_TRUE(at::equal(state_of(network).at("fc.weight"), at::zeros({3, 2})));
}

TEST(LoadInto, NamesWhatDoesNotFitAndChangesNothing) {
  auto file = whole_file();
  file.tensors["fc.weight"] = at::ones({1000, 2});
  file.tensors.erase("conv.weight");
  TwoLayersImpl network;
  const std::string before = hash_of(state_of(network));
  try {
    load_into(network, file, "w.pth");
    FAIL();
  } catch (const WeightsError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("1 are missing (conv.weight)"), std::string::npos) << message;
    EXPECT_NE(message.find("fc.weight [1000, 2] where the network has [3, 2]"), std::string::npos) << message;
  }
  EXPECT_EQ(hash_of(state_of(network)), before);
}

TEST(HashOf, ChangesWithNameShapeAndValue) {
  const auto base = hash_of({{"a", at::zeros({2, 3})}});
  EXPECT_EQ(hash_of({{"a", at::zeros({3, 2}).t()}}), base);
  EXPECT_NE(hash_of({{"b", at::zeros({2, 3})}}), base);
  EXPECT_NE(hash_of({{"a", at::zeros({3, 2})}}), base);
  EXPECT_NE(hash_of({{"a", at::full({2, 3}, 1e-30)}}), base);
}

}  // namespace
}  // namespace tenfold::nn
