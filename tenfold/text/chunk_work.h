#pragma once
// A corpus worked through by several threads, in memory that its size does not change.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tenfold/core/threads.h"
#include "tenfold/text/corpus.h"

namespace tenfold::text {

/// Chunks that are in memory at once.
inline size_t chunks_at_once(int threads) { return static_cast<size_t>(std::max(threads, 1)) * 4; }

/// Lets work(chunk, number, slot) see each chunk, slot < chunks_at_once(threads), then calls done(slots) by one thread,
/// in the corpus' order.
template <class Work, class Done>
void for_each_chunk(const Corpus& corpus, int threads, const Work& work, const Done& done) {
  ThreadPool pool(std::max(threads, 1));
  std::vector<TextChunk> chunks(chunks_at_once(threads));
  const auto texts = corpus.open();
  for (int64_t number = 0;;) {
    size_t read = 0;
    while (read < chunks.size() && texts->next(chunks[read])) ++read;
    pool.parallel_for(static_cast<int64_t>(read),
                      [&](int64_t k) { work(chunks[static_cast<size_t>(k)], number + k, static_cast<size_t>(k)); });
    done(read);
    number += static_cast<int64_t>(read);
    if (read < chunks.size()) return;
  }
}

}  // namespace tenfold::text
