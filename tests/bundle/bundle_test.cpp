// The model file: what goes in comes out to the bit, and a file that lies about itself is refused.

#include "tenfold/bundle/bundle.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/learner.h"
#include "tests/train/small.h"

namespace tenfold {
namespace {

Pipeline pipeline() {
  Pipeline pipeline;
  pipeline.task = {
      .kind = nn::TaskKind::single_label, .classes = 3, .label_smoothing = 0.1, .class_weights = {1, 2, 0.5}};
  pipeline.classes = {"red", "green", "blue"};
  ImagePipeline images;
  images.data.size = 32;
  images.data.augment = vision::Augment::small;
  images.model = {.backbone = "small_resnet", .dropout = {0.3}, .hidden = {}};
  images.normalisation = {.mean = {0.5, 0.25, 0.125}, .deviation = {0.1, 0.2, 1.0 / 3}};
  pipeline.of = images;
  pipeline.precision = "bf16";
  pipeline.threads = 2;
  pipeline.provenance = {{"seed", 7}, {"valid", {{"accuracy", 0.9375}}}};
  return pipeline;
}

std::shared_ptr<nn::Model> model_of(const Pipeline& pipeline) {
  const auto& images = std::get<ImagePipeline>(pipeline.of);
  return vision::make_model(images.model, pipeline.task, images.data.size, 3);
}

class BundleFile : public testing::Test {
 protected:
  std::filesystem::path saved(const Pipeline& given) {
    const auto path = scratch.path / "model.safetensors";
    save_bundle(path, given, *model_of(given));
    return path;
  }
  /// The same file with another description.
  std::filesystem::path told(const Json& description) {
    const auto file = nn::read_tensors(saved(pipeline()));
    const auto path = scratch.path / "told.safetensors";
    nn::write_safetensors(path, file.tensors, {{"tenfold", description.dump()}});
    return path;
  }
  std::string refusal(const std::filesystem::path& path) {
    try {
      load_bundle(path);
    } catch (const WeightsError& error) {
      return error.what();
    }
    return "accepted";
  }
  small::Scratch scratch;
};

TEST_F(BundleFile, GivesBackThePipeline) {
  const auto bundle = load_bundle(saved(pipeline()));
  EXPECT_EQ(to_json(bundle.pipeline), to_json(pipeline()));
  EXPECT_FALSE(bundle.model->is_training());
}

TEST_F(BundleFile, GivesBackTheWeightsToTheBit) {
  const auto model = model_of(pipeline());
  model->train();
  for (int step = 0; step < 2; ++step)
    model->forward({at::randn({4, 3, 16, 16}).contiguous(at::MemoryFormat::ChannelsLast)});
  save_bundle(scratch.path / "m", pipeline(), *model);
  const auto bundle = load_bundle(scratch.path / "m");
  EXPECT_EQ(nn::hash_of(nn::state_of(*bundle.model)), nn::hash_of(nn::state_of(*model)));
  model->eval();
  const auto x = at::randn({2, 3, 16, 16});
  EXPECT_TRUE(at::equal(bundle.model->forward({x}), model->forward({x})));
}

TEST_F(BundleFile, KeepsARegressionsRange) {
  auto regression = pipeline();
  regression.task = {.kind = nn::TaskKind::regression, .classes = 1, .range = {{-0.5, 10.5}}};
  regression.classes = {};
  regression.outputs = {"score"};
  const auto bundle = load_bundle(saved(regression));
  EXPECT_EQ(bundle.pipeline.task.range, regression.task.range);
  EXPECT_EQ(bundle.pipeline.outputs, regression.outputs);
}

TEST_F(BundleFile, KeepsTheFileThatWasThereWhenItCannotWrite) {
  EXPECT_THROW(save_bundle(scratch.path / "no such folder" / "m", pipeline(), *model_of(pipeline())), FileError);
}

TEST_F(BundleFile, RefusesWhatDoesNotFit) {
  const Json good = to_json(pipeline());
  EXPECT_EQ(refusal(told(good)), "accepted");
  const auto with = [&](const std::string& pointer, const Json& value) {
    Json changed = good;
    changed[Json::json_pointer(pointer)] = value;
    return refusal(told(changed));
  };
  EXPECT_NE(with("/schema", 2).find("of schema 2, and this program knows schemas up to 1; use a newer tenfold"),
            std::string::npos);
  EXPECT_NE(with("/kind", "sound").find("a bundle for sound"), std::string::npos);
  EXPECT_NE(with("/model/backbone", "resnet18").find("has the weights of another network"), std::string::npos);
  EXPECT_NE(with("/model/backbone", "resnet99").find("model.backbone: 'resnet99' is not known"), std::string::npos);
  EXPECT_NE(with("/model/hidden", {64}).find("has the weights of another network"), std::string::npos);
  EXPECT_NE(with("/classes", {"red", "blue"}).find("classes: names 2 and the task has 3"), std::string::npos);
  EXPECT_NE(with("/task/kind", "guess").find("task.kind"), std::string::npos);
  EXPECT_NE(with("/normalisation/deviation", {0.1, 0.2, 0.0}).find("normalisation.deviation"), std::string::npos);
  EXPECT_NE(with("/threads", "two").find("does not read"), std::string::npos);
  EXPECT_NE(refusal(told(Json::array())).find("does not read"), std::string::npos);
}

TEST_F(BundleFile, IsToldFromWeightsAlone) {
  nn::write_safetensors(scratch.path / "weights", nn::state_of(*model_of(pipeline())));
  EXPECT_NE(refusal(scratch.path / "weights").find("holds weights, but not the pipeline"), std::string::npos);
}

TEST_F(BundleFile, PredictsAsTheLearnerThatSavedIt) {
  auto given = pipeline();
  given.task = small::task();
  std::get<ImagePipeline>(given.of).data.size = 8;
  const auto path = scratch.path / "m";
  Learner learner(small::data(), model_of(given), given.task, small::options());
  learner.fit({.lr = 1e-3, .shape = OneCycle{.epochs = 1}});
  const auto expected = predict(learner, Split::test);
  save_bundle(path, given, learner.model());
  auto data = small::data();
  data.classes = {};  // as data to predict on comes
  auto again = learner_for(load_bundle(path), data, small::options());
  EXPECT_TRUE(at::equal(predict(again, Split::test).activated, expected.activated));
  EXPECT_EQ(again.data().classes, given.classes);
}

TEST_F(BundleFile, DescribesALearnerByItsOptions) {
  const vision::ImageData images{
      small::data(), small::task(), {.size = 8, .augment = vision::Augment::small}, {.mean = {0.5, 0.4, 0.3}}};
  const vision::ModelOptions options{.dropout = {0.3}, .hidden = {}};
  auto options_of_training = small::options();
  options_of_training.seed = 11;
  auto learner = vision::learner(images, options, options_of_training);
  const auto path = scratch.path / "m";
  save_bundle(path, learner, images, options);
  const auto bundle = load_bundle(path);
  EXPECT_EQ(nn::hash_of(nn::state_of(*bundle.model)), small::bits(learner));
  EXPECT_EQ(bundle.pipeline.task.classes, 3);
  EXPECT_EQ(bundle.pipeline.classes, images.data.classes);
  const auto& described = std::get<ImagePipeline>(bundle.pipeline.of);
  EXPECT_EQ(described.data.augment, vision::Augment::small);
  EXPECT_EQ(described.model.backbone, "small_resnet");  // what auto stood for
  EXPECT_EQ(described.normalisation.mean[2], 0.3);
  EXPECT_EQ(bundle.pipeline.precision, "fp32");
  EXPECT_EQ(bundle.pipeline.provenance.at("seed"), 11);
}

TEST_F(BundleFile, RefusesDataOfOtherClasses) {
  const auto bundle = load_bundle(saved(pipeline()));
  auto data = small::data();
  data.classes = {"blue", "red"};
  try {
    learner_for(bundle, data, small::options());
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(
        std::string(error.what()).find("has the classes blue, red, and the model was trained on red, green, blue"),
        std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace tenfold
