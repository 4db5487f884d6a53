#include "tenfold/text/token_counting.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "tenfold/core/lender.h"
#include "tenfold/text/chunk_work.h"

namespace tenfold::text {
namespace {

/// Where a token was seen first: (chunk, place among the chunk's first sights).
using Sight = std::pair<int64_t, int64_t>;
constexpr Sight kNever = {std::numeric_limits<int64_t>::max(), 0};

void append_number(uint32_t number, std::string& to) {
  for (; number >= 0x80; number >>= 7) to.push_back(static_cast<char>(number | 0x80));
  to.push_back(static_cast<char>(number));
}

/// What one thread counted.
struct Tally {
  int32_t thread = 0;
  TokenCounts counts;
  std::vector<Sight> first;
  std::unique_ptr<Encoder> encoder;
  std::vector<int32_t> ids;

  /// Fills `to` where it is not null.
  void count(const TextChunk& chunk, int64_t number, NumberedChunk* to) {
    if (to != nullptr) {
      to->thread = thread;
      to->ends.assign(1, 0);
      to->numbers.clear();
    }
    int64_t order = 0;
    for (const std::string_view text : chunk.texts) {
      ids.clear();
      encoder->append(text, ids);
      first.resize(static_cast<size_t>(counts.size()), kNever);
      for (const int32_t id : ids) {
        if (counts.times(id) == 0) first[static_cast<size_t>(id)] = {number, order++};
        counts.count(id);
      }
      if (to == nullptr) continue;
      for (const int32_t id : ids) append_number(static_cast<uint32_t>(id), to->numbers);
      to->ends.push_back(to->ends.back() + static_cast<uint32_t>(ids.size()));
    }
  }
};

/// All tallies as one, in order of first sight.
CountedCorpus together(std::vector<std::unique_ptr<Tally>>& tallies) {
  CountedCorpus all;
  all.numbers.resize(tallies.size());
  TokenCounts sum;
  std::vector<Sight> first;
  for (auto& tally : tallies) {
    auto& numbers = all.numbers[static_cast<size_t>(tally->thread)];
    for (int32_t id = 0; id < tally->counts.size(); ++id) {
      // One may never have been used: cut, and put together again otherwise.
      if (tally->counts.times(id) == 0) {
        numbers.push_back(-1);
        continue;
      }
      const int32_t own = sum.number(tally->counts.token(id));
      first.resize(static_cast<size_t>(sum.size()), kNever);
      sum.count(own, tally->counts.times(id));
      first[static_cast<size_t>(own)] =
          std::min(first[static_cast<size_t>(own)], tally->first[static_cast<size_t>(id)]);
      numbers.push_back(own);
    }
    all.replaced += tally->encoder->replaced();
    tally.reset();
  }
  std::vector<int32_t> order(static_cast<size_t>(sum.size())), place(order.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int32_t a, int32_t b) { return first[static_cast<size_t>(a)] < first[static_cast<size_t>(b)]; });
  for (const int32_t own : order) {
    place[static_cast<size_t>(own)] = all.counts.number(sum.token(own));
    all.counts.count(place[static_cast<size_t>(own)], sum.times(own));
  }
  for (auto& numbers : all.numbers)
    for (int32_t& number : numbers)
      if (number >= 0) number = place[static_cast<size_t>(number)];
  return all;
}

}  // namespace

CountedCorpus counted_corpus(const Corpus& corpus, const Tokenizer& tokenizer, int threads, const TakeChunk& take) {
  Lender<Tally> lender;
  std::atomic<int32_t> made = 0;
  const auto make = [&] {
    auto one = std::make_unique<Tally>();
    one->thread = made++;
    one->encoder = tokenizer.encoder([counts = &one->counts](std::string_view token) { return counts->number(token); });
    return one;
  };
  std::vector<NumberedChunk> kept(take ? chunks_at_once(threads) : 0);
  for_each_chunk(
      corpus, threads,
      [&](const TextChunk& chunk, int64_t number, size_t slot) {
        lender.with_one(make, [&](Tally& one) { one.count(chunk, number, take ? &kept[slot] : nullptr); });
      },
      [&](size_t count) {
        for (size_t slot = 0; take && slot < count; ++slot) take(kept[slot]);
      });
  return together(lender.all());
}

}  // namespace tenfold::text
