// Encoders against an independent implementation, with weights by a formula and with published ones. Numbers are from
// tools/reference_encoders.py.

#include "tenfold/text/encoder.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cstdlib>
#include <map>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tests/parity/formula.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::HasSubstr;

EncoderShape small_shape(const std::string& family) {
  EncoderShape shape{.family = family,
                     .layers = 2,
                     .width = 24,
                     .heads = 3,
                     .inner = 48,
                     .vocabulary = 50,
                     .positions = 20,
                     .token_types = 2,
                     .pad = 0,
                     .eps = 1e-6};
  if (family == "roberta") shape.token_types = 1, shape.pad = 1;
  if (family == "distilbert") shape.token_types = 0;
  return shape;
}

/// Three texts of 6, 3 and 13 tokens, padded behind.
std::vector<at::Tensor> three_texts() {
  auto ids = at::zeros({3, 13}, at::kLong);
  ids[0].slice(0, 0, 6).copy_(at::tensor({2, 7, 31, 12, 49, 3}, at::kLong));
  ids[1].slice(0, 0, 3).copy_(at::tensor({2, 11, 3}, at::kLong));
  ids[2][0] = 2;
  for (int64_t k = 0; k < 11; ++k) ids[2][k + 1] = 5 * k % 46 + 4;
  ids[2][12] = 3;
  return {ids, at::tensor({6, 3, 13}, at::kLong)};
}

at::Tensor features_of(TransformerEncoder& encoder, const std::vector<at::Tensor>& x, at::ScalarType dtype) {
  const auto tokens = packed(x[0], x[1]);
  return encoder.pooled(encoder.encoded(encoder.words(tokens), tokens, dtype), tokens.starts);
}

struct Reference {
  std::string family;
  Pooling pooling;
  std::vector<double> features;   ///< the first four of each text
  std::vector<double> gradients;  ///< norms of seven tensors' gradients of Σ features · noise
};

const std::vector<Reference>& references() {
  static const std::vector<Reference> all = {{"bert",
                                              Pooling::mean,
                                              {-2.744009, -1.660859, 0.07080149, 0.7482987, -2.298658, -1.562743,
                                               0.06989247, 0.8509171, -2.72571, -1.066956, 0.344004, 0.7061536},
                                              {13.24185, 13.31475, 12.1257, 2.643577, 21.78343, 14.62637, 4.80656}},
                                             {"bert",
                                              Pooling::cls,
                                              {0.03287804, 0.824555, -0.9653893, 0.2931698, 0.4201985, 0.8955177,
                                               -0.8504408, 0.1276743, -0.4547313, 0.963135, -0.948359, -0.8985521},
                                              {17.16165, 16.88968, 15.50708, 2.875814, 14.84168, 14.83324, 4.866719}},
                                             {"roberta",
                                              Pooling::mean,
                                              {-3.168199, -0.9482857, 0.7256458, 0.7089441, -2.572293, -1.360322,
                                               0.1026471, 0.9668795, -3.159198, -1.235634, 0.3100605, 0.668218},
                                              {9.667232, 9.865742, 6.186058, 1.257839, 12.86739, 15.40458, 3.560005}},
                                             {"distilbert",
                                              Pooling::cls,
                                              {-1.622944, -0.002934217, 0.5339311, -0.4145362, -1.19493, 0.1706254,
                                               0.2642559, 0.5348855, -1.084981, -0.150821, 1.036324, -0.5312454},
                                              {33.38847, 32.34235, 35.89764, 7.18433, 16.48914, 15.95958, 4.788882}}};
  return all;
}

std::vector<std::string> watched(const std::string& family) {
  const bool distil = family == "distilbert";
  const std::string layers = distil ? "transformer.layer." : "encoder.layer.";
  const std::string query = distil ? "attention.q_lin" : "attention.self.query";
  return {"embeddings.word_embeddings.weight",
          "embeddings.position_embeddings.weight",
          layers + "0." + query + ".weight",
          layers + "0." + query + ".bias",
          layers + "1." + (distil ? "attention.v_lin" : "attention.self.value") + ".weight",
          layers + "1." + (distil ? "ffn.lin2" : "output.dense") + ".weight",
          layers + "1." + (distil ? "sa_layer_norm" : "attention.output.LayerNorm") + ".weight"};
}

TEST(TransformerEncoder, AgreesWithAnIndependentOneOfEachFamily) {
  for (const auto& reference : references()) {
    SCOPED_TRACE(reference.family);
    TransformerEncoder encoder(small_shape(reference.family), reference.pooling);
    parity::set_by_formula(encoder);
    encoder.eval();
    const auto features = features_of(encoder, three_texts(), at::kFloat);
    for (int64_t text = 0; text < 3; ++text)
      for (int64_t k = 0; k < 4; ++k)
        EXPECT_NEAR(features[text][k].item<double>(), reference.features[static_cast<size_t>(text * 4 + k)], 1e-4);
    const auto loss = (features * parity::noise("loss", features.numel()).view(features.sizes()).to(at::kFloat)).sum();
    const auto parameters = encoder.named_parameters();
    std::vector<at::Tensor> tensors;
    for (const auto& name : watched(reference.family)) tensors.push_back(parameters[name]);
    const auto gradients = torch::autograd::grad({loss}, tensors);
    for (size_t k = 0; k < gradients.size(); ++k)
      EXPECT_NEAR(gradients[k].norm().item<double>() / reference.gradients[k], 1, 1e-4) << k;
  }
}

TEST(TransformerEncoder, SeesATextAloneAsInABatch) {
  TransformerEncoder encoder(small_shape("bert"), Pooling::mean);
  parity::set_by_formula(encoder);
  encoder.eval();
  const auto x = three_texts();
  const auto all = features_of(encoder, x, at::kFloat);
  for (int64_t k = 0; k < 3; ++k) {
    const int64_t length = x[1][k].item<int64_t>();
    const auto alone =
        features_of(encoder, {x[0].slice(0, k, k + 1).slice(1, 0, length), x[1].slice(0, k, k + 1)}, at::kFloat);
    EXPECT_LT((alone[0] - all[k]).abs().max().item<double>(), 1e-5);
  }
}

TEST(TransformerEncoder, ComputesInBf16WithinItsRounding) {
  TransformerEncoder encoder(small_shape("bert"), Pooling::mean);
  parity::set_by_formula(encoder);
  encoder.eval();
  const auto exact = features_of(encoder, three_texts(), at::kFloat),
             rough = features_of(encoder, three_texts(), at::kBFloat16);
  EXPECT_LT(((exact - rough).norm() / exact.norm()).item<double>(), 0.02);
}

TEST(TransformerEncoder, HasAGroupALayer) {
  const TransformerEncoder encoder(small_shape("bert"), Pooling::cls);
  std::vector<std::string> names;
  size_t parameters = 0;
  for (const auto& group : encoder.groups()) {
    names.push_back(group.name);
    for (const auto& module : group.modules) parameters += module->parameters().size();
  }
  EXPECT_THAT(names, testing::ElementsAre("embeddings", "layer 1", "layer 2"));
  EXPECT_EQ(parameters, encoder.parameters().size());
}

TEST(TransformerEncoder, ShowsWhereItsHeadsLook) {
  TransformerEncoder encoder(small_shape("roberta"), Pooling::mean);
  parity::set_by_formula(encoder);
  const auto maps =
      encoder.attention_maps(packed(at::tensor({2, 7, 9, 3}, at::kLong).view({1, 4}), at::tensor({4}, at::kLong)));
  EXPECT_EQ(maps.sizes(), (std::vector<int64_t>{2, 3, 4, 4}));
  EXPECT_LT((maps.sum(3) - 1).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(encoder.is_training());
}

TEST(TransformerEncoder, RefusesTextsBeyondItsPositions) {
  TransformerEncoder encoder(small_shape("roberta"), Pooling::mean);  // 20 positions, 2 of them before the first token
  const auto tokens = packed(at::full({1, 19}, 5, at::kLong), at::tensor({19}, at::kLong));
  try {
    encoder.encoded(encoder.words(tokens), tokens, at::kFloat);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "text.max_length");
    EXPECT_THAT(error.what(), HasSubstr("has 18 positions"));
  }
}

TEST(EncoderShape, ReadsConfigsOfEachFamily) {
  const Folder folder;
  const auto shape = read_encoder_shape(folder.file(
      "config.json", R"({"model_type": "distilbert", "n_layers": 6, "dim": 768, "n_heads": 12, "hidden_dim": 3072,
      "vocab_size": 30522, "max_position_embeddings": 512, "dropout": 0.2, "attention_dropout": 0.05, "activation": "gelu"})"));
  EXPECT_EQ(shape.family, "distilbert");
  EXPECT_EQ(shape.inner, 3072);
  EXPECT_EQ(shape.token_types, 0);
  EXPECT_DOUBLE_EQ(shape.hidden_dropout, 0.2);
  EXPECT_DOUBLE_EQ(shape.attention_dropout, 0.05);
  EncoderShape roberta{.family = "roberta", .positions = 514, .pad = 1};
  EXPECT_EQ(longest_text(roberta), 512);
}

TEST(EncoderShape, SaysWhatAConfigLacks) {
  const Folder folder;
  const auto message = [&](const std::string& text) -> std::string {
    try {
      read_encoder_shape(folder.file("config.json", text));
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message("{"), HasSubstr("is no JSON object"));
  EXPECT_THAT(message(R"({"model_type": "bert", "hidden_size": 10})"), HasSubstr("\"num_hidden_layers\""));
  EXPECT_THAT(message(R"({"model_type": "t5"})"), HasSubstr("'t5'; supported are bert, roberta, distilbert"));
  EXPECT_THAT(message(R"({"model_type": "bert", "hidden_act": "silu"})"), HasSubstr("'silu'"));
}

TEST(LoadEncoder, UnderstandsPrefixesOldNamesAndHeads) {
  const Folder folder;
  TransformerEncoder source(small_shape("bert"), Pooling::cls), target(small_shape("bert"), Pooling::mean);
  parity::set_by_formula(source);
  std::map<std::string, at::Tensor> file = {{"cls.predictions.bias", at::zeros({50})},
                                            {"bert.embeddings.position_ids", at::arange(20).view({1, 20})}};
  for (const auto& [name, tensor] : nn::state_of(source)) {
    std::string old = "bert." + name;
    if (const auto at = old.find("LayerNorm.weight"); at != std::string::npos) old.replace(at, 16, "LayerNorm.gamma");
    if (const auto at = old.find("LayerNorm.bias"); at != std::string::npos) old.replace(at, 14, "LayerNorm.beta");
    file[old] = tensor;
  }
  const auto path = std::filesystem::path(folder.path()) / "model.safetensors";
  nn::write_safetensors(path, file);
  load_encoder(target, path);
  for (const auto& [name, tensor] : nn::state_of(target))
    EXPECT_TRUE(tensor.equal(nn::state_of(source).at(name))) << name;

  TransformerEncoder deeper(
      [] {
        auto shape = small_shape("bert");
        shape.layers = 3;
        return shape;
      }(),
      Pooling::mean);
  EXPECT_THROW(load_encoder(deeper, path), WeightsError);
  TransformerEncoder shallower(
      [] {
        auto shape = small_shape("bert");
        shape.layers = 1;
        return shape;
      }(),
      Pooling::mean);
  EXPECT_THROW(load_encoder(shallower, path), WeightsError);
}

TEST(EncoderFiles, AsksForAConfig) {
  const Folder folder;
  EXPECT_THROW(encoder_files(folder.path()), ConfigError);
  folder.file("config.json", "{}");
  const auto weights = folder.file("weights.bin", "");
  EXPECT_TRUE(encoder_files(folder.path()).weights.empty());
  EXPECT_EQ(encoder_files(weights).weights.string(), weights);
  EXPECT_EQ(encoder_files(weights).config.filename(), "config.json");
}

// all-MiniLM-L6-v2: sentences about eating are near each other and far from the stock market.
TEST(PublishedMiniLM, AgreesWithAnIndependentOne) {
  const char* data = std::getenv("TENFOLD_DATA");
  if (!data || !std::filesystem::exists(std::filesystem::path(data) / "minilm/model.safetensors"))
    GTEST_SKIP() << "needs TENFOLD_DATA with minilm/";
  const auto files = encoder_files((std::filesystem::path(data) / "minilm").string());
  TransformerEncoder encoder(read_encoder_shape(files.config), Pooling::mean);
  load_encoder(encoder, files.weights);
  encoder.eval();
  auto ids = at::zeros({3, 10}, at::kLong);
  ids[0].slice(0, 0, 8).copy_(at::tensor({101, 1037, 2158, 2003, 5983, 2833, 1012, 102}, at::kLong));
  ids[1].copy_(at::tensor({101, 1037, 2158, 20323, 1037, 3538, 1997, 7852, 1012, 102}, at::kLong));
  ids[2].copy_(at::tensor({101, 1996, 4518, 3006, 3062, 9249, 2006, 6928, 1012, 102}, at::kLong));
  const std::vector<double> right = {0.187239,  0.02481793, -0.035356,   0.2725017,   -0.781265,
                                     0.205831,  0.3100338,  -0.02153796, -0.03205535, -0.6637761,
                                     0.2443239, -0.0733325, 0.3745358,   0.2051327,   -0.09616903};
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const at::NoGradGuard no_grad;
    const auto features = features_of(encoder, {ids, at::tensor({8, 10, 10}, at::kLong)}, dtype);
    for (int64_t k = 0; k < 15; ++k)
      EXPECT_NEAR(features[k / 5][k % 5].item<double>(), right[static_cast<size_t>(k)],
                  dtype == at::kFloat ? 1e-5 : 0.02);
    const auto unit = features / features.norm(2, 1, true);
    const auto cosines = unit.mm(unit.t());
    EXPECT_NEAR(cosines[0][1].item<double>(), 0.7374122, dtype == at::kFloat ? 1e-5 : 0.01);
    EXPECT_NEAR(cosines[0][2].item<double>(), 0.0157397, dtype == at::kFloat ? 1e-5 : 0.01);
    EXPECT_NEAR(cosines[1][2].item<double>(), 0.09217828, dtype == at::kFloat ? 1e-5 : 0.01);
  }
}

}  // namespace
}  // namespace tenfold::text
