#include "tenfold/cli/core/translations.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <iterator>
#include <utility>

#include "tenfold/cli/core/trained.h"
#include "tenfold/cli/progress.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/run/translations.h"
#include "tenfold/text/translation.h"

namespace tenfold::cli {
namespace {

std::vector<std::string> sentences_asked(const std::vector<std::string>& items, const TranslationPipeline& pipeline) {
  std::vector<std::string> all;
  for (const auto& item : items) {
    if (item != "-") {
      auto some = sentences_of({item}, pipeline);
      all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (line.ends_with('\r')) line.pop_back();
      all.push_back(line);
    }
  }
  return all;
}

std::string lines_of(const std::vector<std::string>& translations) {
  std::string text;
  for (const auto& translation : translations) text += translation + "\n";
  return text;
}

Json json_of(const std::vector<std::string>& sentences, const std::vector<std::string>& translations) {
  Json list = Json::array();
  for (size_t k = 0; k < sentences.size(); ++k)
    list.push_back({{"source", sentences[k]}, {"translation", translations[k]}});
  return {{"translations", list}};
}

}  // namespace

text::SearchOptions search_of(const TranslationPipeline& pipeline, int64_t beam) {
  text::SearchOptions search = pipeline.search;
  if (beam > 0) search.beam = beam;
  return search;
}

Answer translate_items(const Bundle& bundle, const std::vector<std::string>& items, const PredictFlags& request) {
  const auto& pipeline = std::get<TranslationPipeline>(bundle.pipeline.of);
  if (request.top > 0 || request.tta)
    throw ConfigError(
        request.top > 0 ? "--top" : "--tta",
        "is for classes and values, and this model translates; leave it out, or search wider with --beam");
  Learner learner =
      learner_for(bundle, Data{}, options_for(bundle.pipeline, {request.batch, request.workers, request.skip_broken}));
  auto search = search_of(pipeline, request.beam);
  if (request.batch > 0) search.batch = request.batch;
  const auto sentences = sentences_asked(items, pipeline);
  std::vector<std::string> translations;
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    translations = text::translate(learner, pipeline.languages, sentences, search,
                                   [&](int64_t done, int64_t all) { progress.update("translating", done, all); });
  }
  Answer answer{.text = lines_of(translations), .json = json_of(sentences, translations)};
  if (request.out.empty()) return answer;
  const bool csv = std::filesystem::path(request.out).extension() == ".csv";
  write_file(request.out, csv ? translations_csv(sentences, translations) : answer.text);
  answer.text = std::to_string(translations.size()) + " translations in " + request.out + "\n";
  return answer;
}

Json translation_figures(const TranslationPipeline& pipeline, Learner& learner, const std::vector<Split>& splits,
                         int64_t beam, const OnItems& progress) {
  text::SentencePairs all;
  for (const Split split : splits) {
    const auto& pairs = pairs_of(learner.data(), split);
    all.source.insert(all.source.end(), pairs.source.begin(), pairs.source.end());
    all.target.insert(all.target.end(), pairs.target.begin(), pairs.target.end());
  }
  const auto search = search_of(pipeline, beam);
  Json figures = bleu_figures(all, text::translate(learner, pipeline.languages, all.source, search, progress));
  figures["beam"] = search.beam;
  return figures;
}

}  // namespace tenfold::cli
