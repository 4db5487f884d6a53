#pragma once
// What a kind of data brings to a run: its items and network, what a stage changes of them, and what its model file
// says. One file a kind; a new kind is one more, and a line in application.cpp.

#include <memory>
#include <string>
#include <string_view>

#include "tenfold/bundle/pipeline.h"
#include "tenfold/run/recipe.h"
#include "tenfold/train/learner.h"

namespace tenfold {

class Application {
 public:
  virtual ~Application() = default;

  /// What the stage under way trains.
  virtual Learner& learner() = 0;
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
};

/// Data and learner of a complete recipe as its first stage has them, before any training.
std::unique_ptr<Application> application(const Recipe& recipe);

/// The loss row of the task that the recipe asks for: smoothing, class weights, range. Throws ConfigError.
nn::Task task_for(const Recipe& recipe, nn::Task task, const Data& data);

/// "stage.2.lr": where a key of stage k stands in the recipe, for errors.
std::string path_of(size_t k, std::string_view key);

}  // namespace tenfold
