#pragma once
// Options of text data and text models, torch-free.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/text/awd_lstm_options.h"

namespace tenfold::text {

/// What is learnt of a text.
enum class Target { automatic, single_label, multi_label, regression, token_labels };
constexpr auto names(Target) {
  return std::to_array<std::pair<Target, std::string_view>>({{Target::automatic, "auto"},
                                                             {Target::single_label, "single_label"},
                                                             {Target::multi_label, "multi_label"},
                                                             {Target::regression, "regression"},
                                                             {Target::token_labels, "token_labels"}});
}

/// What a text is cut into. automatic: for an encoder what the files beside its weights are of, words for an AWD-LSTM.
enum class Units { automatic, words, wordpiece, byte_bpe, sentencepiece };
constexpr auto names(Units) {
  return std::to_array<std::pair<Units, std::string_view>>({{Units::automatic, "auto"},
                                                            {Units::words, "words"},
                                                            {Units::wordpiece, "wordpiece"},
                                                            {Units::byte_bpe, "byte_bpe"},
                                                            {Units::sentencepiece, "sentencepiece"}});
}

/// What stays of a text that is longer than max_length. both_ends: a quarter from its start, the rest from its end.
enum class Keep { start, both_ends };
constexpr auto names(Keep) {
  return std::to_array<std::pair<Keep, std::string_view>>({{Keep::start, "start"}, {Keep::both_ends, "both_ends"}});
}

struct DataOptions {
  std::string path;
  std::string valid;
  std::string test;
  std::vector<std::string> text_col{};
  std::vector<std::string> label_col{};
  std::string label_delimiter;
  Target target = Target::automatic;
  double valid_share = 0.2;
  bool stratify = true;
  bool drop_duplicates = true;
  int64_t max_length = 256;
  Keep keep = Keep::start;
  Units tokenizer = Units::automatic;
  std::string vocabulary;
  int64_t min_freq = 3;
  int64_t max_vocab = 60000;
};

template <class Visitor>
void fields(Visitor&& visit, DataOptions& o) {
  visit(
      "path", o.path,
      "a CSV with a text and label(s) a row; or a folder with train/CLASS/*.txt and valid or test beside it, or CLASS "
      "folders alone; or a file of tagged words (token TAB tag a line, empty lines between sentences; or word/tag)");
  visit("valid", o.valid,
        "CSV, folder or tagged file to validate on, like path; empty keeps valid_share of path for it");
  visit("test", o.test, "CSV, folder or tagged file to predict; its labels are used where it has them");
  visit("text_col", o.text_col,
        "column(s) with the text; several are read one after the other. Empty takes `text`, else the column with the "
        "longest cells");
  visit(
      "label_col", o.label_col,
      "column(s) with the label(s); several columns of 0 and 1 are labels, of other numbers a regression. Empty takes "
      "`label`, else the last column that is not the text");
  visit("label_delimiter", o.label_delimiter,
        "separates several labels in one cell, which makes the task multi-label; empty takes a cell as one label");
  visit("target", o.target,
        "single_label, multi_label, regression (numbers) or token_labels (a tag a word); auto goes by the file");
  visit(
      "valid_share", o.valid_share,
      "share of the texts kept for validation where there is no file for it; more measures better and trains on less");
  visit("stratify", o.stratify, "keep the classes' shares in the split; off splits at random by the seed");
  visit("drop_duplicates", o.drop_duplicates,
        "leave out all but the first of texts that are equal, so that none is both learnt and asked; how many is told");
  visit(
      "max_length", o.max_length,
      "tokens of a text that the network sees; a transformer's time grows with them, and texts are batched by length, "
      "so short ones stay cheap");
  visit("keep", o.keep,
        "what stays of a longer text: start; or both_ends, a quarter from its start and the rest from its end, where a "
        "review says its verdict");
  visit(
      "tokenizer", o.tokenizer,
      "auto takes what an encoder's weights were made with, by the files beside them: wordpiece (vocab.txt), byte_bpe "
      "(vocab.json and merges.txt, or tokenizer.json) or sentencepiece (sentencepiece.bpe.model); words (fastai's "
      "rules) for awd_lstm, which takes sentencepiece for languages without spaces");
  visit("vocabulary", o.vocabulary,
        "vocabulary file for the words or the sentencepiece model (*.model) of awd_lstm; empty takes the one beside "
        "the weights, or makes one of "
        "the training texts");
  visit("min_freq", o.min_freq, "words: seen less often than this become unknown; higher is smaller and knows fewer");
  visit("max_vocab", o.max_vocab, "words: most tokens kept, the frequent ones; rows of the embedding");
}

/// Networks for texts. automatic: encoder where weights are a folder or file of one, else awd_lstm.
enum class Architecture { automatic, awd_lstm, encoder };
constexpr auto names(Architecture) {
  return std::to_array<std::pair<Architecture, std::string_view>>(
      {{Architecture::automatic, "auto"}, {Architecture::awd_lstm, "awd_lstm"}, {Architecture::encoder, "encoder"}});
}

/// How the tokens' vectors of an encoder become one: their mean, or that of the first token ([CLS], <s>), through the
/// pooler where the weights have one.
enum class Pooling { mean, cls };
constexpr auto names(Pooling) {
  return std::to_array<std::pair<Pooling, std::string_view>>({{Pooling::mean, "mean"}, {Pooling::cls, "cls"}});
}

struct ModelOptions {
  Architecture arch = Architecture::automatic;
  std::string weights = "none";
  Pooling pooling = Pooling::mean;
  std::vector<double> dropout = {0.1};
  std::vector<int64_t> hidden{};
  bool head_norm = true;
  std::optional<double> hidden_dropout{};
  std::optional<double> attention_dropout{};
  std::string words;
  AwdLstmOptions language{};
  AwdClassifierOptions classifier{};
};

template <class Visitor>
void fields(Visitor&& visit, ModelOptions& o) {
  visit("arch", o.arch,
        "awd_lstm (ULMFiT: learns the language first, good with much unlabelled text) or encoder (BERT family, with "
        "published weights the best start for few labels); auto goes by the weights");
  visit(
      "weights", o.weights,
      "folder of an encoder (model.safetensors, config.json, vocab.txt), a language model's weight file (with words), "
      "or none; a folder with a config.json and no weight file makes that network with random weights");
  visit(
      "pooling", o.pooling,
      "encoder: how a text's tokens become one vector: mean (sentence encoders, and the better one frozen) or cls (the "
      "first token, as BERT was made)");
  visit("dropout", o.dropout, "dropout before each linear layer of the head; more regularises few labels");
  visit("hidden", o.hidden, "hidden widths of the head; empty is one linear layer");
  visit(
      "head_norm", o.head_norm,
      "batch norm before each linear layer of the head (fast.ai's head): learns faster on frozen features, whose scale "
      "is any; needs two texts a batch");
  visit("hidden_dropout", o.hidden_dropout, "encoder: dropout after each sublayer; else its config's (0.1 for BERT)");
  visit("attention_dropout", o.attention_dropout,
        "encoder: share of attention weights left out in training; else its config's (0.1 for BERT). 0 is faster and "
        "seldom worse in short fine-tuning");
  visit("words", o.words,
        "awd_lstm: vocabulary of the weights file, a word a row: fastai's pickled list (itos_wt103.pkl), JSON or text");
  visit("language", o.language, "");
  visit("classifier", o.classifier, "");
}

/// What arch = auto stands for: an encoder where the weights are a folder with a config.json, else awd_lstm.
Architecture architecture(const ModelOptions& options);

}  // namespace tenfold::text
