// Two ways to merge the same pieces, whatever the merges: few pieces looked through again and again, which is plain to
// see right, and the ordered queue that long words take. The first bytes are merges, the others pieces.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "tenfold/text/bpe_ranks.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tenfold::text::BpePiece;
  using tenfold::text::BpeRanks;
  constexpr size_t most_merges = 16;
  constexpr int32_t symbols = 24;
  BpeRanks ranks;
  std::vector<std::array<int32_t, 3>> merges;
  const size_t count = size == 0 ? 0 : data[0] % (most_merges + 1);
  size_t at = 1;
  for (size_t k = 0; k < count && at + 3 <= size; ++k, at += 3) {
    const std::array<int32_t, 3> merge = {data[at] % symbols, data[at + 1] % symbols, data[at + 2] % symbols};
    bool known = false;
    for (const auto& one : merges) known = known || (one[0] == merge[0] && one[1] == merge[1]);
    if (!known) merges.push_back(merge);
    ranks.add(merge[0], merge[1], merge[2]);
  }
  std::vector<BpePiece> pieces;
  for (; at < size; ++at) pieces.push_back({data[at] % (symbols + 1) == symbols ? BpePiece::none : data[at] % symbols, 1});
  std::vector<BpePiece> slow = pieces;
  ranks.merge(pieces);
  while (true) {
    size_t best = merges.size(), place = 0;
    for (size_t k = 0; k + 1 < slow.size(); ++k)
      for (size_t merge = 0; merge < best; ++merge)
        if (merges[merge][0] == slow[k].symbol && merges[merge][1] == slow[k + 1].symbol) best = merge, place = k;
    if (best == merges.size()) break;
    slow[place] = {merges[best][2], slow[place].bytes + slow[place + 1].bytes};
    slow.erase(slow.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
  if (slow.size() != pieces.size()) std::abort();
  for (size_t k = 0; k < slow.size(); ++k)
    if (slow[k].symbol != pieces[k].symbol || slow[k].bytes != pieces[k].bytes) std::abort();
  return 0;
}
