#include "tenfold/text/bpe_ranks.h"

#include <functional>
#include <queue>
#include <tuple>

namespace tenfold::text {
namespace {

constexpr size_t few = 32;  // pieces that are looked through again and again faster than kept in order

uint64_t pair_of(int32_t left, int32_t right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

}  // namespace

void BpeRanks::add(int32_t left, int32_t right, int32_t into) {
  ranks_.emplace(pair_of(left, right), Rank{static_cast<int32_t>(ranks_.size()), into});
}

BpeRanks::Rank BpeRanks::rank(int32_t left, int32_t right) const {
  if (left == BpePiece::none || right == BpePiece::none) return {};
  const auto found = ranks_.find(pair_of(left, right));
  return found == ranks_.end() ? Rank{} : found->second;
}

void BpeRanks::merge(std::vector<BpePiece>& pieces) const {
  pieces.size() <= few ? merge_few(pieces) : merge_many(pieces);
}

void BpeRanks::merge_few(std::vector<BpePiece>& pieces) const {
  while (true) {
    Rank best;
    size_t place = 0;
    for (size_t at = 0; at + 1 < pieces.size(); ++at) {
      const Rank here = rank(pieces[at].symbol, pieces[at + 1].symbol);
      if (here.order < best.order) best = here, place = at;
    }
    if (best.into == BpePiece::none) return;
    pieces[place] = {best.into, pieces[place].bytes + pieces[place + 1].bytes};
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

void BpeRanks::merge_many(std::vector<BpePiece>& pieces) const {
  constexpr size_t gone = std::numeric_limits<size_t>::max();
  std::vector<size_t> before(pieces.size()), behind(pieces.size());
  for (size_t k = 0; k < pieces.size(); ++k) {
    before[k] = k == 0 ? gone : k - 1;
    behind[k] = k + 1 == pieces.size() ? gone : k + 1;
  }
  /// Order of the merge, its left piece, and what stood there and behind when it was found.
  using Found = std::tuple<int32_t, size_t, int32_t, int32_t>;
  std::priority_queue<Found, std::vector<Found>, std::greater<>> queue;
  const auto offer = [&](size_t left) {
    if (left == gone || behind[left] == gone) return;
    const int32_t a = pieces[left].symbol, b = pieces[behind[left]].symbol;
    if (const Rank here = rank(a, b); here.into != BpePiece::none) queue.emplace(here.order, left, a, b);
  };
  for (size_t k = 0; k + 1 < pieces.size(); ++k) offer(k);
  while (!queue.empty()) {
    const auto [order, left, a, b] = queue.top();
    queue.pop();
    if (pieces[left].bytes == 0 || pieces[left].symbol != a || behind[left] == gone) continue;
    const size_t right = behind[left];
    if (pieces[right].symbol != b) continue;
    pieces[left] = {rank(a, b).into, pieces[left].bytes + pieces[right].bytes};
    pieces[right].bytes = 0;
    behind[left] = behind[right];
    if (behind[left] != gone) before[behind[left]] = left;
    offer(before[left]);
    offer(left);
  }
  std::erase_if(pieces, [](const BpePiece& piece) { return piece.bytes == 0; });
}

}  // namespace tenfold::text
