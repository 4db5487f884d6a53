#pragma once
// fastai's word tokeniser: rules that mark repetition and capitals, everything in lower case, then spaCy's English
// words. The same tokens as fastai 2.8 with spaCy 3.8, from scanners of our own; only words of more than 1 MiB are cut.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/english.h"
#include "tenfold/text/tokenizer.h"

namespace tenfold::text {

class WordTokenizer : public Tokenizer {
 public:
  WordTokenizer();

  std::vector<std::string> tokens(std::string_view text) const override;
  using Tokenizer::encoder;
  std::unique_ptr<Encoder> encoder(Number number) const override;
  std::string fingerprint() const override;

 private:
  class Words;
  English english_;
};

/// Several columns as one text: `xxfld 1 … xxfld 2 …`; a single one stays as it is.
std::string join_fields(std::span<const std::string_view> fields);

}  // namespace tenfold::text
