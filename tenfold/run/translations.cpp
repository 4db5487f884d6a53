#include "tenfold/run/translations.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/csv.h"
#include "tenfold/data/write_csv.h"
#include "tenfold/text/pairs.h"
#include "tenfold/text/translation.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSamples = 16, kPictures = 6;
constexpr size_t kPicturedBytes = 90;  // a longer sentence's table is wider than a page

std::vector<std::string> column_of(const std::string& path, const std::string& name) {
  auto table = read_csv(path);
  return std::move(table.cells[table.columns.size() == 1 ? 0 : table.column(name)]);
}

bool has_attention(const text::TranslatorOptions& model) {
  return model.kind == text::TranslatorKind::transformer || model.rnn.attention;
}

report::Alignment alignment_of(const text::AttentionMap& map, const std::string& reference) {
  report::Alignment drawn{.source = map.source, .target = map.target, .weight = {}, .reference = reference};
  for (const auto& row : map.weights) drawn.weight.emplace_back(row.begin(), row.end());
  return drawn;
}

/// At most `count` of the numbers 0 to n - 1, as far apart as they can be.
std::vector<size_t> spread_over(size_t n, size_t count) {
  std::vector<size_t> chosen;
  for (size_t k = 0; k < std::min(n, count); ++k) chosen.push_back(k * n / std::min(n, count));
  return chosen;
}

}  // namespace

std::vector<std::string> sentences_of(const std::vector<std::string>& items, const TranslationPipeline& pipeline) {
  std::vector<std::string> all;
  for (const auto& item : items) {
    const bool file = item.size() < 4096 && fs::is_regular_file(item);
    if (!file) {
      all.push_back(item);
      continue;
    }
    auto some = fs::path(item).extension() == ".csv" ? column_of(item, pipeline.languages.options.source)
                                                     : text::read_lines(item);
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return all;
}

const text::SentencePairs& pairs_of(const Data& data, Split split) {
  const auto* dataset = dynamic_cast<const text::PairDataset*>(data.split(split).get());
  if (!dataset) throw ConfigError("split", "is " + name_of(split) + ", and the data has no pairs there");
  return dataset->pairs();
}

Json bleu_figures(const text::SentencePairs& pairs, const std::vector<std::string>& translations) {
  const auto bleu = text::corpus_bleu(translations, pairs.target);
  return {{"bleu", bleu.score}, {"brevity_penalty", bleu.brevity_penalty}};
}

std::string translations_csv(const std::vector<std::string>& sources, const std::vector<std::string>& translations,
                             const std::vector<std::string>& references) {
  std::string csv = references.empty() ? "source,translation\n" : "source,translation,reference\n";
  for (size_t k = 0; k < sources.size(); ++k) {
    append_csv_field(csv, sources[k]);
    csv += ',';
    append_csv_field(csv, translations.at(k));
    if (!references.empty()) {
      csv += ',';
      append_csv_field(csv, references.at(k));
    }
    csv += '\n';
  }
  return csv;
}

void show_translations(const TranslationPipeline& pipeline, Learner& learner, const text::SentencePairs& pairs,
                       const std::vector<std::string>& translations, report::Page& page) {
  for (const size_t k : spread_over(translations.size(), kSamples))
    page.translations.push_back(
        {.source = pairs.source[k], .reference = pairs.target[k], .translation = translations[k]});
  if (!has_attention(pipeline.model)) return;
  std::vector<size_t> fitting;
  for (size_t k = 0; k < translations.size(); ++k)
    if (std::max(pairs.source[k].size(), translations[k].size()) <= kPicturedBytes && !text::is_blank(translations[k]))
      fitting.push_back(k);
  std::vector<std::string> sources, written;
  std::vector<size_t> drawn;
  for (const size_t place : spread_over(fitting.size(), kPictures)) {
    drawn.push_back(fitting[place]);
    sources.push_back(pairs.source[drawn.back()]);
    written.push_back(translations[drawn.back()]);
  }
  if (drawn.empty()) return;
  const auto maps = text::attention_maps(learner, pipeline.languages, sources, written);
  for (size_t k = 0; k < maps.size(); ++k)
    page.alignments.push_back(alignment_of(text::by_words(maps[k]), pairs.target[drawn[k]]));
}

}  // namespace tenfold
