#pragma once
// What a kind of data brings to a run: its items and network, what a stage changes of them, and what its model file
// says. One file a kind; a new kind is one more, and a line in application.cpp.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/bundle/pipeline.h"
#include "tenfold/report/report.h"
#include "tenfold/run/findings.h"
#include "tenfold/run/recipe.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

class Application {
 public:
  virtual ~Application() = default;

  /// What the stage under way trains: learner_of() the one entered last, at first of stage 0.
  virtual Learner& learner() = 0;
  /// What stage k will train; another one than before it where it goes on with a network made of the last one's.
  virtual Learner& learner_of(size_t k) = 0;
  /// Throws ConfigError where stage k cannot work with this data and network; called for each before the first runs.
  virtual void check_stage(size_t k) = 0;
  /// Gives the learner what stage k changes. Stages are entered in their order; a resumed run enters the one before its
  /// own first.
  virtual void enter(size_t k) = 0;
  /// What the record of a stage says of its data: {"size": pixels}.
  virtual Json facts() const = 0;
  /// The network's name, for the summary.
  virtual std::string network() const = 0;
  /// For the model file, as the learner stands.
  virtual Pipeline pipeline() = 0;
  /// What a user should know of the data: columns chosen, rows left out.
  virtual std::vector<std::string> told() const { return {}; }
  /// What else happens in the fit of stage k; before the log's own callback, so that what they add to an epoch is told.
  virtual std::vector<Callback> callbacks(size_t /*k*/) { return {}; }
  /// After the last stage, before anything is measured or saved.
  virtual void settle() {}
  /// Trains what stands beside the network, if anything is asked for, and puts it into the pipeline; `valid` is what
  /// the network predicts on the validation rows, as it is learnt, `metric` what the blend is chosen by. Returns what
  /// the summary says of it; null where nothing was asked for.
  virtual Json accompany(Pipeline&, const Predictions& /*valid*/, const std::string& /*metric*/, const OnItems&) {
    return nullptr;
  }
  /// Adds figures that are of this kind of data alone to those of predictions on a split.
  virtual void score(Split, const Predictions&, Json& /*figures*/, const OnItems&) {}
  /// Adds to the report, and to the run folder, what only a run has at hand: leaks between its parts, vectors to use
  /// elsewhere.
  virtual void add_to(report::Page&, const std::filesystem::path& /*folder*/, const std::optional<Findings>&) {}
};

/// Data and learner of a complete recipe as its first stage has them, before any training.
std::unique_ptr<Application> application(const Recipe& recipe);

/// The loss row of the task that the recipe asks for: smoothing, class weights, range. Throws ConfigError.
nn::Task task_for(const Recipe& recipe, nn::Task task, const Data& data);

/// "stage.2.lr": where a key of stage k stands in the recipe, for errors.
std::string path_of(size_t k, std::string_view key);

}  // namespace tenfold
