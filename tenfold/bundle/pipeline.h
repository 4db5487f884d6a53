#pragma once
// What predictions with a trained network need beside its weights, for each kind of data: the description in a model
// file.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/nn/task.h"
#include "tenfold/tabular/collab_options.h"
#include "tenfold/tabular/model_options.h"
#include "tenfold/tabular/options.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/text/encoder_shape.h"
#include "tenfold/text/languages.h"
#include "tenfold/text/numbering.h"
#include "tenfold/text/options.h"
#include "tenfold/text/translation_options.h"
#include "tenfold/train/learner.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/options.h"

namespace tenfold {

struct ImagePipeline {
  vision::DataOptions data;
  vision::ModelOptions model;  ///< backbone resolved; weights are in the file
  vision::Normalisation normalisation;
};

struct TextPipeline {
  text::DataOptions data;
  text::ModelOptions model;
  text::Numbering numbering;
  text::EncoderShape encoder{};  ///< where the network is one
  int64_t rows = 1;              ///< of a language model's stream, whose state is among its tensors
};

/// Boosted trees beside a table's network.
struct TableCompanion {
  double network = 1;  ///< the network's weight in the blend; the trees have the rest
  std::vector<std::string>
      trees{};  ///< LightGBM's texts, one a model; none: no trees. Tensors of their own in the file
};

struct TablePipeline {
  tabular::DataOptions data;
  tabular::ModelOptions model;
  tabular::Preprocessor preprocessor;
  TableCompanion companion{};
  tabular::CollabOptions collab{};  ///< of ratings, whose network they name instead of `model`
};

struct TranslationPipeline {
  text::TranslatorOptions model;
  text::Languages languages;  ///< with the options of the pairs that they were learnt of
  text::SearchOptions search{};
};

struct Pipeline {
  int schema = 1;
  nn::Task task;
  std::vector<std::string> classes, outputs;
  std::variant<ImagePipeline, TextPipeline, TablePipeline, TranslationPipeline> of;
  std::string precision = "fp32";
  int threads = 1;
  Json provenance;  ///< version, recipe hash, seed, metrics, date

  /// "images", "text", "table", "translation": which alternative `of` holds.
  std::string_view kind() const;
};

Json to_json(const Pipeline& pipeline);
/// Throws WeightsError, naming `path`, where the description does not read or cannot work.
Pipeline pipeline_from_json(const Json& json, const std::string& path);

/// Of a learner with data of this kind: its task, names, precision and threads, and where it came from, as far as it
/// knows. `data.size` of images is the size to predict at.
Pipeline pipeline_of(const Learner& learner, decltype(Pipeline::of) of);

}  // namespace tenfold
