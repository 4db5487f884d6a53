#pragma once
// What every tokeniser can do: text in, tokens or their ids out.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/vocab.h"

namespace tenfold::text {

/// One thread's way through many texts: it remembers the words that it has cut, which is most of the speed. Use one a
/// thread; which texts it saw before changes nothing but the time.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Appends the ids of the text's tokens. Any bytes are a text: wrong UTF-8 counts in replaced().
  virtual void append(std::string_view text, std::vector<int32_t>& ids) = 0;
  /// How many wrong UTF-8 sequences became U+FFFD in all texts so far.
  int64_t replaced() const { return replaced_; }

 protected:
  int64_t replaced_ = 0;
};

/// Cuts texts into tokens. It has no state that a call changes: threads share one.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual std::vector<std::string> tokens(std::string_view text) const = 0;

  /// The id of a token: a vocabulary's, or a TokenCounts' to build one. An encoder asks once for each token of a word
  /// that it meets first, and remembers.
  using Number = std::function<int32_t(std::string_view token)>;
  /// An encoder over these ids. It keeps a reference to the tokeniser.
  virtual std::unique_ptr<Encoder> encoder(Number number) const = 0;
  std::unique_ptr<Encoder> encoder(const Vocab& vocab) const {
    return encoder([vocab](std::string_view token) { return vocab.id(token); });
  }

  /// The ids of one text; for many, an encoder is faster.
  std::vector<int32_t> ids(std::string_view text, const Vocab& vocab) const {
    std::vector<int32_t> ids;
    encoder(vocab)->append(text, ids);
    return ids;
  }

  /// Changes whenever the tokens of any text may; keys stored tokens.
  virtual std::string fingerprint() const = 0;
};

}  // namespace tenfold::text
