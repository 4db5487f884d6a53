#pragma once
// The tokens of a corpus counted by several threads as one thread would, and kept as numbers on the way, so that no
// text needs to be cut again once there is a vocabulary.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tenfold/text/corpus.h"
#include "tenfold/text/tokenizer.h"
#include "tenfold/text/vocab.h"

namespace tenfold::text {

/// The documents of a chunk in the numbers of the thread that cut them.
struct NumberedChunk {
  int32_t thread = 0;          ///< whose numbers they are
  std::vector<uint32_t> ends;  ///< 0, then where each document ends, in tokens
  std::string numbers;         ///< seven bits a byte, lowest first, the highest bit set but in a number's last byte
};
/// Calls take(number) for each number of a chunk.
template <class Take>
void for_numbers(const std::string& numbers, const Take& take) {
  uint32_t number = 0;
  int shift = 0;
  for (const char c : numbers) {
    const auto byte = static_cast<unsigned char>(c);
    number |= static_cast<uint32_t>(byte & 0x7F) << shift;
    if (byte < 0x80) {
      take(number);
      number = 0;
      shift = 0;
    } else {
      shift += 7;
    }
  }
}

struct CountedCorpus {
  TokenCounts counts{};                         ///< in order of first sight
  std::vector<std::vector<int32_t>> numbers{};  ///< of each thread's numbers: those in counts, -1 for one never used
  int64_t replaced = 0;                         ///< wrong UTF-8 sequences that became U+FFFD
};

/// `take` is given each chunk in the corpus' order, by one thread at a time; without it nothing is kept. The same
/// counts for any number of threads. Throws what reading throws.
using TakeChunk = std::function<void(const NumberedChunk&)>;
CountedCorpus counted_corpus(const Corpus& corpus, const Tokenizer& tokenizer, int threads, const TakeChunk& take = {});

}  // namespace tenfold::text
