#pragma once
// Images in a run: a backbone with a head, sizes and augmentation that change from stage to stage.

#include "tenfold/run/application.h"
#include "tenfold/vision/images.h"

namespace tenfold {

class ImageApplication : public Application {
 public:
  explicit ImageApplication(const Recipe& recipe);

  Learner& learner() override { return learner_; }
  Learner& learner_of(size_t) override { return learner_; }
  void check_stage(size_t k) override;
  void enter(size_t k) override;
  Json facts() const override { return {{"size", shown_.size}}; }
  std::string network() const override { return recipe_.model.backbone; }
  Pipeline pipeline() override;

 private:
  Recipe recipe_;  ///< backbone resolved
  vision::ImageData images_;
  Learner learner_;
  vision::DataOptions shown_;  ///< of the images that the learner has now
};

}  // namespace tenfold
