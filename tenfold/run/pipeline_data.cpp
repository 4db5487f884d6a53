#include "tenfold/run/pipeline_data.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/options.h"
#include "tenfold/data/csv.h"
#include "tenfold/tabular/load.h"
#include "tenfold/tabular/target.h"
#include "tenfold/text/pairs.h"
#include "tenfold/text/text_data.h"
#include "tenfold/text/text_list.h"
#include "tenfold/text/token_labels.h"
#include "tenfold/vision/images.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;

Source source(const ImagePipeline& images) { return {images.data.path, images.data.csv}; }
Source source(const TextPipeline& texts) { return {texts.data.path}; }
Source source(const TablePipeline& table) { return {table.data.path}; }
Source source(const TranslationPipeline& translation) { return {translation.languages.options.path}; }

Data load(const ImagePipeline& images, const Source& from, const Pipeline& pipeline, uint64_t seed) {
  vision::DataOptions options = images.data;
  if (from != source(images)) {
    options.path = from.path;
    options.csv = from.csv;
    options.task = name_of(pipeline.task.kind);  // a folder with few classes must not look like another task
  }
  return vision::load(options, images.normalisation, seed).data;
}

bool of_words(const TextPipeline& texts) { return texts.data.target == text::Target::token_labels; }

text::WordPiece pieces_of(const TextPipeline& texts) {
  return {texts.numbering.vocab, texts.numbering.pieces, "the model's vocabulary"};
}

Data load(const TextPipeline& texts, const Source& from, const Pipeline& pipeline, uint64_t seed) {
  if (pipeline.task.kind == nn::TaskKind::language_model)
    throw ConfigError("MODEL", "is a language model, which has no labelled data; `tenfold generate` writes with it");
  text::DataOptions options = texts.data;
  if (from != source(texts)) {
    options.path = from.path;
    options.valid = options.test = "";
  }
  if (of_words(texts)) return text::load_tagged(options, pieces_of(texts), seed).data;
  return text::load(options, text::numericaliser(texts.numbering, {options.max_length, options.keep}), seed).data;
}

/// Rows of other files are split as the options say, but learn nothing: what was fitted is the model's own.
Data load(const TablePipeline& table, const Source& from, const Pipeline&, uint64_t seed) {
  const auto frame = tabular::read_table(from.path, table.data);
  if (from != source(table)) return tabular::to_predict(frame, table.preprocessor);
  const auto parts = tabular::split_rows(frame, table.data, seed).parts;
  Data data = tabular::to_predict(frame.take(parts.valid), table.preprocessor);
  data.valid = std::exchange(data.test, nullptr);
  if (!parts.train.empty()) data.train = tabular::to_predict(frame.take(parts.train), table.preprocessor).test;
  if (!table.data.valid.empty())
    data.valid = tabular::to_predict(tabular::read_table(table.data.valid, table.data), table.preprocessor).test;
  if (!table.data.test.empty())
    data.test = tabular::to_predict(tabular::read_table(table.data.test, table.data), table.preprocessor).test;
  return data;
}

/// Other pairs are all there to be tested on.
Data load(const TranslationPipeline& translation, const Source& from, const Pipeline&, uint64_t seed) {
  const auto& languages = translation.languages;
  if (from == source(translation)) return text::make_pairs(text::read_splits(languages.options, seed), languages).data;
  const auto& path = from.path.empty() ? from.csv : from.path;
  return text::make_pairs({{}, {}, text::read_other_pairs(path, languages.options)}, languages).data;
}

Data unlabelled(const ImagePipeline& images, const std::vector<std::string>& items, std::vector<std::string>*) {
  return vision::to_predict(items, images.data, images.normalisation);
}

/// The text column of a CSV: the model's own, else `text`, else the only one.
std::vector<std::string> texts_in(const std::string& path, const text::DataOptions& options) {
  const Table table = read_csv(path);
  if (options.text_col.size() == 1) return table.cells[table.column(options.text_col[0])];
  return table.cells[table.columns.size() == 1 ? 0 : table.column("text")];
}

Data unlabelled(const TextPipeline& texts, const std::vector<std::string>& items, std::vector<std::string>*) {
  std::vector<std::string> all;
  for (const auto& item : items) {
    const bool file = item.size() < 4096 && fs::is_regular_file(item);
    if (!file) {
      all.push_back(item);
    } else if (fs::path(item).extension() == ".csv") {
      auto rows = texts_in(item, texts.data);
      all.insert(all.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    } else {
      all.push_back(read_file(item));
    }
  }
  if (!of_words(texts))
    return text::to_predict(all, text::numericaliser(texts.numbering, {texts.data.max_length, texts.data.keep}));
  std::vector<std::vector<std::string>> sentences;
  for (const auto& text : all) {
    auto& words = sentences.emplace_back();
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
      if (end > begin) words.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    if (words.empty()) sentences.pop_back();
  }
  return text::to_tag(std::move(sentences), pieces_of(texts), {}, texts.data.max_length);
}

Data unlabelled(const TablePipeline& table, const std::vector<std::string>& items, std::vector<std::string>* told) {
  if (items.size() != 1)
    throw ConfigError("PATH", "names " + std::to_string(items.size()) + " files; a table is predicted one file a time");
  const Frame frame = tabular::read_table(items[0], table.data, 0, told);
  // What is asked for is not looked at where it is there: it may be one that cannot be learnt from, as the logarithm of
  // 0.
  std::vector<std::string> answers;
  for (const auto& name : tabular::target_columns(table.preprocessor.target.columns))
    if (frame.has(name)) answers.push_back(name);
  return tabular::to_predict(frame.without(answers), table.preprocessor, told);
}

/// Sentences without a translation have no place among pairs: sentences_of() reads them.
Data unlabelled(const TranslationPipeline&, const std::vector<std::string>&, std::vector<std::string>*) {
  throw ConfigError("MODEL",
                    "translates, and has no classes or values to predict; `tenfold predict` writes translations");
}

}  // namespace

Source source_of(const Pipeline& pipeline) {
  return std::visit([](const auto& one) { return source(one); }, pipeline.of);
}

Data data_at(const Source& from, const Pipeline& pipeline, uint64_t seed) {
  return std::visit([&](const auto& one) { return load(one, from, pipeline, seed); }, pipeline.of);
}

Data to_predict(const std::vector<std::string>& items, const Pipeline& pipeline, std::vector<std::string>* told) {
  return std::visit([&](const auto& one) { return unlabelled(one, items, told); }, pipeline.of);
}

void to_unit(const Pipeline& pipeline, Predictions& predictions) {
  const auto* table = std::get_if<TablePipeline>(&pipeline.of);
  if (!table || pipeline.task.kind != nn::TaskKind::regression) return;
  predictions.activated = tabular::to_unit(table->preprocessor, predictions.activated);
  if (predictions.target.defined()) predictions.target = tabular::to_unit(table->preprocessor, predictions.target);
}

std::vector<std::string> in_unit(const Pipeline& pipeline, std::vector<std::string> metrics) {
  if (std::holds_alternative<TablePipeline>(pipeline.of))
    std::replace(metrics.begin(), metrics.end(), std::string("exp_rmspe"), std::string("rmspe"));
  return metrics;
}

}  // namespace tenfold
