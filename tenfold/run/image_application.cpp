#include "tenfold/run/image_application.h"

#include "tenfold/train/predictions.h"
#include "tenfold/vision/learner.h"

namespace tenfold {
namespace {

Recipe resolved(Recipe recipe) {
  recipe.model.backbone = vision::resolve_backbone(recipe.model, size_of_stage(recipe, 0));
  return recipe;
}

vision::ImageData images_of(const Recipe& recipe) {
  auto images = vision::load(data_of_stage(recipe, 0), vision::backbone(recipe.model.backbone).normalisation,
                             recipe.training.seed);
  images.task = task_for(recipe, images.task, images.data);
  return images;
}

}  // namespace

ImageApplication::ImageApplication(const Recipe& recipe)
    : recipe_(resolved(recipe)),
      images_(images_of(recipe_)),
      learner_(vision::learner(images_, recipe_.model, images_.options, recipe_.training)),
      shown_(images_.options) {
  const auto& views = recipe_.predict.tta;
  const auto last = data_of_stage(recipe_, recipe_.stage.empty() ? 0 : recipe_.stage.size() - 1);
  if (views && last.augment == shown_.augment) check_views(learner_, Split::valid, *views.options);
}

void ImageApplication::check_stage(size_t k) {
  vision::check_size(vision::backbone(recipe_.model.backbone), size_of_stage(recipe_, k), path_of(k, "size"));
}

void ImageApplication::enter(size_t k) {
  const auto wanted = data_of_stage(recipe_, k);
  if (wanted.augment != shown_.augment)
    images_.data = vision::load(wanted, images_.normalisation, recipe_.training.seed).data;
  if (wanted.size != shown_.size && !images_.data.resized)
    throw ConfigError(path_of(k, "size"), "this data has one size only");
  if (wanted.augment != shown_.augment || wanted.size != shown_.size)
    learner_.set_data(images_.data.resized(wanted.size));
  shown_ = wanted;
}

Pipeline ImageApplication::pipeline() {
  return pipeline_of(learner_, ImagePipeline{shown_, recipe_.model, images_.normalisation});
}

}  // namespace tenfold
