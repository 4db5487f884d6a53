#include "tenfold/run/pipeline_data.h"

#include "tenfold/core/options.h"
#include "tenfold/vision/images.h"

namespace tenfold {
namespace {

Source source(const ImagePipeline& images) { return {images.data.path, images.data.csv}; }

Data load(const ImagePipeline& images, const Source& from, const Pipeline& pipeline, uint64_t seed) {
  vision::DataOptions options = images.data;
  if (from != source(images)) {
    options.path = from.path;
    options.csv = from.csv;
    options.task = name_of(pipeline.task.kind);  // a folder with few classes must not look like another task
  }
  return vision::load(options, images.normalisation, seed).data;
}

Data unlabelled(const ImagePipeline& images, const std::vector<std::string>& items) {
  return vision::to_predict(items, images.data, images.normalisation);
}

}  // namespace

Source source_of(const Pipeline& pipeline) {
  return std::visit([](const auto& one) { return source(one); }, pipeline.of);
}

Data data_at(const Source& from, const Pipeline& pipeline, uint64_t seed) {
  return std::visit([&](const auto& one) { return load(one, from, pipeline, seed); }, pipeline.of);
}

Data to_predict(const std::vector<std::string>& items, const Pipeline& pipeline) {
  return std::visit([&](const auto& one) { return unlabelled(one, items); }, pipeline.of);
}

}  // namespace tenfold
