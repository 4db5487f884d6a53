#include "tenfold/text/token_labels.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/data/splits.h"
#include "tenfold/train/machine.h"

namespace tenfold::text {
namespace {

at::Tensor numbers(const std::vector<int64_t>& all, int64_t first, int64_t last) {
  return at::tensor(std::vector<int64_t>(all.begin() + first, all.begin() + last), at::kLong);
}

/// Tags of all sentences in alphabetical order; where they mark entities, each type has its B- and its I-.
std::vector<std::string> classes_of(const std::vector<TaggedSentence>& sentences) {
  std::set<std::string> tags;
  for (const auto& sentence : sentences) tags.insert(sentence.tags.begin(), sentence.tags.end());
  if (mark_entities({tags.begin(), tags.end()})) {
    const auto seen = tags;
    for (const auto& tag : seen)
      if (tag != "O")
        for (const char* place : {"B", "I"}) tags.insert(place + tag.substr(1));
    tags.insert("O");
  }
  return {tags.begin(), tags.end()};
}

const TaggedDataset& tagged_dataset(const Learner& learner, Split split) {
  const auto* dataset = dynamic_cast<const TaggedDataset*>(learner.data().split(split).get());
  if (!dataset)
    throw ConfigError("split", "has no tagged sentences; choose one that was read by load_tagged or to_tag");
  return *dataset;
}

std::shared_ptr<const std::vector<TaggedSentence>> shared(std::vector<TaggedSentence> sentences) {
  return std::make_shared<const std::vector<TaggedSentence>>(std::move(sentences));
}

}  // namespace

TaggedDataset::TaggedDataset(std::shared_ptr<const std::vector<TaggedSentence>> sentences, const WordPiece& pieces,
                             const std::vector<std::string>& classes, int64_t max_length)
    : sentences_(std::move(sentences)), pad_(pieces.pad_id()) {
  if (max_length < 8)
    throw ConfigError("text.max_length", "is " + std::to_string(max_length) + " tokens; labelling words needs 8");
  std::map<std::string, int64_t> number;
  for (const auto& name : classes) number.emplace(name, static_cast<int64_t>(number.size()));
  std::map<std::string, std::vector<int32_t>> known;  // most words come often
  for (size_t k = 0; k < sentences_->size(); ++k) {
    const auto& sentence = (*sentences_)[k];
    labelled_ = labelled_ || !sentence.tags.empty();
    std::vector<std::vector<int32_t>> cut;
    std::vector<int64_t> tags;
    for (const auto& word : sentence.words) {
      const auto [found, fresh] = known.try_emplace(word);
      if (fresh) found->second = pieces.word_ids(word);
      cut.push_back(found->second);
    }
    for (const auto& tag : sentence.tags) {
      const auto found = number.find(tag);
      if (found == number.end()) {
        const std::string near = nearest(tag, classes);
        throw DataError(sentence.file, sentence.line,
                        "has a sentence with the tag '" + tag + "', which no training sentence has" +
                            (near.empty() ? "" : "; nearest is '" + near + "'") +
                            ". Correct it, or leave the sentence out");
      }
      tags.push_back(found->second);
    }
    add_windows(static_cast<int64_t>(k), cut, tags, pieces, max_length - 2);
  }
}

void TaggedDataset::add_windows(int64_t sentence, const std::vector<std::vector<int32_t>>& pieces,
                                const std::vector<int64_t>& tags, const WordPiece& wordpiece, int64_t most) {
  const auto length = [&](size_t word) { return static_cast<int64_t>(pieces[word].size()); };
  for (size_t word = 0; word < pieces.size();) {
    std::vector<int32_t> ids = {wordpiece.cls_id()};
    size_t from = word;
    int64_t used = 0;
    while (from > 0 && used + length(from - 1) <= most / 4) used += length(--from);
    for (; from < word; ++from) ids.insert(ids.end(), pieces[from].begin(), pieces[from].end());
    Window window{sentence, static_cast<int64_t>(word), static_cast<int64_t>(places_.size()), 0};
    for (bool first = true; word < pieces.size() && (first || used + length(word) <= most); ++word, first = false) {
      const int64_t taken = std::min(length(word), most - used);  // less than a whole word only where it is endless
      places_.push_back(static_cast<int64_t>(ids.size()));
      tags_.push_back(tags.empty() ? -1 : tags[word]);
      ids.insert(ids.end(), pieces[word].begin(), pieces[word].begin() + taken);
      used += taken;
    }
    ids.push_back(wordpiece.sep_id());
    window.last_place = static_cast<int64_t>(places_.size());
    texts_.add(ids);
    windows_.push_back(window);
  }
}

Sample TaggedDataset::get(int64_t index, const std::optional<Draw>&) const {
  const auto text = texts_[index];
  const auto& window = windows_[static_cast<size_t>(index)];
  return {{at::tensor(std::vector<int64_t>(text.begin(), text.end()), at::kLong),
           numbers(places_, window.first_place, window.last_place)},
          target(index)};
}

std::vector<int64_t> TaggedDataset::order(int64_t batch, const std::optional<EpochKey>& shuffle) const {
  std::vector<int64_t> lengths;
  for (int64_t k = 0; k < size(); ++k) lengths.push_back(texts_.length(k));
  return shuffle ? sortish_order(lengths, batch, *shuffle) : long_to_short(lengths);
}

Batch TaggedDataset::collate(std::vector<Sample> samples, std::vector<int64_t> index) const {
  Batch batch{.x = padded(samples, pad_), .y = {}, .index = std::move(index)};
  const int64_t width = batch.x[0].size(1);
  std::vector<at::Tensor> places, tags;
  for (size_t k = 0; k < samples.size(); ++k) {
    places.push_back(samples[k].x.at(1) + static_cast<int64_t>(k) * width);
    if (labelled_) tags.push_back(samples[k].y);
    batch.rows.push_back(samples[k].x[1].numel());
  }
  batch.x.push_back(at::cat(places));
  if (labelled_) batch.y = at::cat(tags);
  return batch;
}

std::string TaggedDataset::name(int64_t index) const { return std::to_string(sentence(index) + 1); }

std::string TaggedDataset::row_name(int64_t index, int64_t row) const {
  return name(index) + ":" + std::to_string(windows_.at(static_cast<size_t>(index)).first_word + row + 1);
}

at::Tensor TaggedDataset::target(int64_t index) const {
  if (!labelled_) return {};
  const auto& window = windows_[static_cast<size_t>(index)];
  return numbers(tags_, window.first_place, window.last_place);
}

std::string TaggedDataset::fingerprint() const {
  return ContentHash()
      .add(std::as_bytes(std::span(texts_.ids)))
      .add(std::as_bytes(std::span(texts_.starts)))
      .add(std::as_bytes(std::span(places_)))
      .hex();
}

TaggedData load_tagged(const DataOptions& options, const WordPiece& pieces, uint64_t seed) {
  if (options.path.empty()) throw ConfigError("text.path", "is empty; name a file of tagged words");
  TaggedData out;
  const auto read = [&](const std::string& path) {
    TaggedFile file = read_tagged(path);
    out.told.insert(out.told.end(), file.told.begin(), file.told.end());
    return std::move(file.sentences);
  };
  auto train = read(options.path);
  const auto classes = classes_of(train);
  if (classes.size() < 2)
    throw DataError(options.path, 0, "has one tag only ('" + classes.at(0) + "'); labelling needs two or more");
  std::vector<TaggedSentence> valid;
  if (!options.valid.empty()) {
    valid = read(options.valid);
  } else {
    const auto parts = split_at_random(static_cast<int64_t>(train.size()), options.valid_share, seed);
    std::vector<TaggedSentence> kept;
    for (const int64_t k : parts.valid) valid.push_back(std::move(train[static_cast<size_t>(k)]));
    for (const int64_t k : parts.train) kept.push_back(std::move(train[static_cast<size_t>(k)]));
    train = std::move(kept);
  }
  const auto dataset = [&](std::vector<TaggedSentence> sentences) {
    return std::make_shared<TaggedDataset>(shared(std::move(sentences)), pieces, classes, options.max_length);
  };
  out.data.train = dataset(std::move(train));
  out.data.valid = dataset(std::move(valid));
  if (!options.test.empty()) out.data.test = dataset(read(options.test));
  out.data.classes = classes;
  out.task = {.kind = nn::TaskKind::single_label, .classes = static_cast<int64_t>(classes.size())};
  return out;
}

Data to_tag(std::vector<std::vector<std::string>> sentences, const WordPiece& pieces,
            const std::vector<std::string>& classes, int64_t max_length) {
  std::vector<TaggedSentence> all;
  for (auto& words : sentences)
    if (!words.empty()) all.push_back({.words = std::move(words), .tags = {}, .file = "", .line = 0});
  if (all.empty()) throw DataError("sentences", 0, "have no word; give at least one to tag");
  Data data;
  data.test = std::make_shared<TaggedDataset>(shared(std::move(all)), pieces, classes, max_length);
  data.classes = classes;
  return data;
}

Learner token_learner(const TaggedData& data, const ModelOptions& model, LearnerOptions training) {
  const bool in_bf16 = resolved(training, data.task.kind).precision == Precision::bf16;
  const auto network = make_encoder_model(model, data.task, EncoderModel::Rows::tokens,
                                          in_bf16 ? at::kBFloat16 : at::kFloat, training.seed);
  const bool pretrained = !encoder_files(model.weights).weights.empty();
  Learner made(data.data, network, data.task, std::move(training));
  if (pretrained) made.freeze();
  return made;
}

std::vector<TaggedSentence> tagged(const Learner& learner, Split split, const Predictions& predictions) {
  const auto& dataset = tagged_dataset(learner, split);
  const auto& classes = learner.data().classes;
  std::vector<TaggedSentence> sentences = dataset.sentences();
  for (auto& sentence : sentences) sentence.tags.clear();
  const auto best = predictions.activated.argmax(1);
  const auto* tag = best.const_data_ptr<int64_t>();
  for (size_t row = 0; row < predictions.index.size(); ++row)  // windows and their words are in order
    sentences[static_cast<size_t>(dataset.sentence(predictions.index[row]))].tags.push_back(
        classes.at(static_cast<size_t>(tag[row])));
  return sentences;
}

EntityScores score_entities(const Learner& learner, Split split, const Predictions& predictions) {
  std::vector<std::vector<std::string>> actual, found;
  for (const auto& sentence : tagged_dataset(learner, split).sentences()) actual.push_back(sentence.tags);
  for (auto& sentence : tagged(learner, split, predictions)) found.push_back(std::move(sentence.tags));
  return score_entities(actual, found);
}

}  // namespace tenfold::text
