// Translation in runs: digits to words, learnt from files to a model file, resumed to the same bits, and the model file
// alone writes what the run wrote.

#include "tenfold/text/translation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scene.h"
#include "tenfold/bundle/bundle.h"
#include "tenfold/core/error.h"
#include "tenfold/data/csv.h"
#include "tenfold/run/finish.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/run.h"
#include "tenfold/run/translations.h"
#include "tests/text/digits.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

class TranslationRun : public testing::Test {
 protected:
  TranslationRun() { digits::write_pairs(data()); }
  std::filesystem::path data() const { return scratch_.path / "pairs"; }
  RunOptions options(const std::string& name) {
    return {.folder = scratch_.path / name, .cache = scratch_.path / "cache"};
  }
  Recipe recipe() const {
    Recipe recipe = preset(Preset::none, Kind::translation);
    recipe.translation.path = data().string();
    recipe.translation.source = "digits";
    recipe.translation.target = "en";
    recipe.translation.vocabulary = 60;
    recipe.translation.min_freq = 1;
    recipe.translation_model.transformer = {
        .width = 32, .heads = 2, .hidden = 64, .encoder_layers = 1, .decoder_layers = 1, .dropout = 0};
    recipe.training.batch = 32;
    recipe.training.threads = 1;
    recipe.training.precision = Precision::fp32;
    recipe.stage = {{.lr = Rates(5e-3), .shape = OneCycle{.epochs = 25}, .clip = 1, .ema = 0.95}};
    return recipe;
  }
  std::string problem(const Recipe& recipe) {
    try {
      run(recipe, options("refused"), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }
  /// Runs the recipe, interrupted after each of `ends` steps and, at last, once in a validation.
  void in_parts(const Recipe& recipe, const std::vector<int64_t>& ends) {
    int64_t steps = 0;
    size_t part = 0;
    bool validated = false;
    Watch watch;
    watch.step = [&](const StepRow&, int64_t, int64_t) { ++steps, validated = false; };
    watch.items = [&](const std::string& what, int64_t, int64_t) { validated = what == "validating"; };
    watch.interrupted = [&] {
      if (part < ends.size()) return steps == ends[part];
      return part == ends.size() && std::exchange(validated, false);
    };
    auto outcome = run(recipe, options("parts"), watch).outcome;
    for (; outcome == Outcome::interrupted && part < 20; outcome = resume(options("parts"), watch).outcome) ++part;
    EXPECT_EQ(outcome, Outcome::done);
    EXPECT_EQ(part, ends.size() + 1) << "an interruption that never came";
  }
  std::string read(const std::string& name) { return read_file(scratch_.path / name); }

  Scratch scratch_;
};

TEST_F(TranslationRun, LearnsAndTheModelFileAloneWritesTheSame) {
  const auto asked = recipe();
  const auto whole = run(asked, options("whole"), {});
  ASSERT_EQ(whole.outcome, Outcome::done);
  EXPECT_GT(whole.summary.at("valid").at("bleu"), 90);
  EXPECT_GT(whole.summary.at("test").at("bleu"), 90);
  EXPECT_THAT(whole.summary.at("network").get<std::string>(), HasSubstr("transformer 32"));
  const auto log = read_log(read("whole/log.jsonl"), "log");
  ASSERT_EQ(log.epochs.size(), 25u);
  for (const auto& row : log.epochs) EXPECT_TRUE(row.metrics.contains("bleu")) << row.epoch;
  EXPECT_LT(log.epochs.front().metrics.at("bleu"), 50) << "a curve";
  EXPECT_GT(log.epochs.back().metrics.at("bleu"), 90);

  const auto page = read("whole/report.html");
  EXPECT_THAT(page, HasSubstr("class=\"translations\""));
  EXPECT_THAT(page, HasSubstr("class=\"alignment\""));
  EXPECT_THAT(page, HasSubstr("a human wrote: "));

  const auto written = read_csv((scratch_.path / "whole/predictions.csv").string());
  ASSERT_EQ(written.columns, (std::vector<std::string>{"source", "translation", "reference"}));
  ASSERT_EQ(written.rows(), 30u);

  const Bundle bundle = load_bundle(scratch_.path / "whole/model.safetensors");
  const auto& pipeline = std::get<TranslationPipeline>(bundle.pipeline.of);
  Learner learner = learner_for(bundle, Data{}, {.precision = Precision::fp32, .threads = 1});
  const auto sentences = sentences_of({(data() / "test2016.digits").string()}, pipeline);
  EXPECT_EQ(sentences, written.cells[0]);
  EXPECT_EQ(text::translate(learner, pipeline.languages, sentences, pipeline.search), written.cells[1]);
  const std::vector<std::string> few = {"3 1 4 1 5", "", "  "};
  EXPECT_EQ(text::translate(learner, pipeline.languages, few, {.beam = 1}),
            (std::vector<std::string>{"three one four one five", "", ""}));

  // The model's own data again, and other data of the same languages.
  const auto own = data_at(source_of(bundle.pipeline), bundle.pipeline, asked.training.seed);
  EXPECT_EQ(own.train->size(), 600);
  EXPECT_EQ(pairs_of(own, Split::test).source, written.cells[0]);
  write_file(scratch_.path / "more.csv",
             "en,digits\n" + digits::in_words("2 7") + ",2 7\n" + digits::in_words("1 8") + ",1 8\n");
  const auto more = data_at({(scratch_.path / "more.csv").string()}, bundle.pipeline, 42);
  EXPECT_EQ(pairs_of(more, Split::test).target, (std::vector<std::string>{"two seven", "one eight"}));
  EXPECT_EQ(data_at({(data() / "val").string()}, bundle.pipeline, 42).test->size(), 40);
  EXPECT_THROW(data_at({"nowhere"}, bundle.pipeline, 42), ConfigError);
  EXPECT_EQ(sentences_of({(scratch_.path / "more.csv").string(), "4 2"}, pipeline),
            (std::vector<std::string>{"2 7", "1 8", "4 2"}));
}

TEST_F(TranslationRun, ResumesAnywhereToTheSameBits) {
  for (const auto kind : {text::TranslatorKind::transformer, text::TranslatorKind::rnn}) {
    auto asked = recipe();
    asked.translation_model.kind = kind;
    asked.translation_model.transformer.dropout = 0.1;
    asked.translation_model.rnn = {.embedding = 16, .hidden = 16, .layers = 1, .forcing_decay = 0.3};
    asked.translation.vocabularies = text::Vocabularies::separate;
    asked.bleu = {.every = 2, .sentences = 10};
    asked.stage[0].shape = OneCycle{.epochs = 3};
    const std::string name = name_of(kind);
    ASSERT_EQ(run(asked, options(name), {}).outcome, Outcome::done);
    in_parts(asked, {4, 17});
    EXPECT_EQ(read("parts/predictions.csv"), read(name + "/predictions.csv"));
    const auto weights = [&](const std::string& run) {
      return load_bundle(scratch_.path / run / "model.safetensors").model->named_parameters();
    };
    const auto straight = weights(name);
    for (const auto& parameter : weights("parts"))
      EXPECT_TRUE(at::equal(parameter.value(), straight[parameter.key()])) << name << ": " << parameter.key();
    const auto bleus = [&](const std::string& run) {
      std::vector<double> found;
      for (const auto& row : read_log(read(run + "/log.jsonl"), "log").epochs)
        found.push_back(row.metrics.contains("bleu") ? row.metrics.at("bleu") : -1);
      return found;
    };
    EXPECT_EQ(bleus("parts"), bleus(name));
    EXPECT_EQ(bleus(name)[1], -1) << "every second epoch, the last among them";
    EXPECT_GE(bleus(name)[2], 0);
    std::filesystem::remove_all(scratch_.path / "parts");
  }
}

TEST_F(TranslationRun, GoesByItsSectionsInRecipes) {
  const auto named = read_recipe("[translation]\npath = \"pairs\"\nsource = \"de\"\ntarget = \"en\"\n", "r.toml");
  const auto whole = complete(named);
  EXPECT_EQ(whole.kind, Kind::translation);
  EXPECT_EQ(whole.training.batch, 128);
  EXPECT_EQ(whole.training.optimizer.beta2, 0.98);
  ASSERT_EQ(whole.stage.size(), 1u);
  EXPECT_GT(whole.stage[0].ema, 0);
  const auto toml = to_toml(whole);
  EXPECT_THAT(toml, HasSubstr("[translation_model.transformer]"));
  EXPECT_THAT(toml, testing::Not(HasSubstr("\n[text_model]")));
  EXPECT_EQ(recipe_hash(complete(read_recipe(toml, "r.toml"))), recipe_hash(whole));
}

TEST_F(TranslationRun, RefusesWhatCannotWorkBeforeItTrains) {
  auto asked = recipe();
  asked.search.beam = 0;
  EXPECT_THAT(problem(asked), HasSubstr("search.beam"));
  asked = recipe();
  asked.bleu.every = 0;
  EXPECT_THAT(problem(asked), HasSubstr("bleu.every"));
  asked = recipe();
  asked.stage[0].train = "head";
  asked.stage[0].precompute = true;
  EXPECT_THAT(problem(asked), HasSubstr("stage.1.precompute"));
  asked = recipe();
  asked.translation.source = "de";
  EXPECT_THAT(problem(asked), HasSubstr("set translation.source"));
  asked = recipe();
  asked.loss.label_smoothing = 0.1;
  EXPECT_THAT(problem(asked), HasSubstr("translation_model.label_smoothing"));
  asked = recipe();
  asked.text.path = "texts.csv";
  EXPECT_THAT(problem(asked), HasSubstr("texts (text.path) and pairs of texts (translation.path)"));
  asked = recipe();
  asked.plan = FineTune{};
  asked.stage.clear();
  EXPECT_THAT(problem(asked), HasSubstr("know nothing before"));
}

}  // namespace
}  // namespace tenfold
