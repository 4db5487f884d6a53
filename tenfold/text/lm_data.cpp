#include "tenfold/text/lm_data.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/random.h"

namespace tenfold::text {

/// Where the documents and batches of an epoch lie.
struct LanguageModelDataset::Layout {
  std::vector<int64_t> documents;  ///< in the order of the stream
  std::vector<int64_t> begins;     ///< of each in the stream, and its end
  std::vector<int64_t> cuts;       ///< of the batches in a row, and the last one's end
};

namespace {

/// fastai 0.7's constants.
constexpr int64_t kFirstExtra = 25, kLeastTokens = 5;
constexpr double kWhole = 0.95, kDeviation = 5;

void check(const StreamOptions& options) {
  if (options.rows < 1) throw ConfigError("batch", "is " + std::to_string(options.rows) + "; needs at least 1 row");
  if (options.bptt < 1) throw ConfigError("bptt", "is " + std::to_string(options.bptt) + "; needs at least 1 token");
}

/// Cuts of equal length, the last one shorter.
std::vector<int64_t> even_cuts(int64_t row, int64_t bptt, int64_t batches) {
  std::vector<int64_t> cuts;
  for (int64_t t = 0; t < batches; ++t) cuts.push_back(t * bptt);
  cuts.push_back(row);
  return cuts;
}

/// Cuts of drawn lengths; each batch left to come keeps a token.
std::vector<int64_t> drawn_cuts(int64_t row, int64_t bptt, int64_t batches, Draw draw) {
  std::vector<int64_t> cuts{0};
  for (int64_t t = 0; t < batches; ++t) {
    int64_t length = bptt + kFirstExtra;
    if (t > 0) {
      const double base = static_cast<double>(bptt) * (draw.chance(kWhole) ? 1 : 0.5);
      length = std::max(kLeastTokens, static_cast<int64_t>(base + kDeviation * draw.normal()));
    }
    cuts.push_back(cuts.back() + std::min(length, row - cuts.back() - (batches - t - 1)));
  }
  return cuts;
}

}  // namespace

LanguageModelDataset::LanguageModelDataset(TokenTexts texts, const StreamOptions& options)
    : texts_(std::move(texts)), options_(options) {
  check(options_);
  const auto tokens = static_cast<int64_t>(texts_.ids.size());
  if (options_.scheme == StreamScheme::modern) {
    row_tokens_ = (tokens - 1) / options_.rows;
    batches_ = (row_tokens_ + options_.bptt - 1) / options_.bptt;
  } else {
    row_tokens_ = tokens / options_.rows - 1;
    batches_ = (row_tokens_ + 1) / options_.bptt - 1;
  }
  if (tokens == 0 || row_tokens_ < 1 || batches_ < 1)
    throw ConfigError("batch", "of " + std::to_string(options_.rows) + " rows of " + std::to_string(options_.bptt) +
                                   " tokens is more than the texts' " + std::to_string(tokens) +
                                   " tokens fill; give more text, or a smaller batch or bptt");
}

std::shared_ptr<const LanguageModelDataset::Layout> LanguageModelDataset::layout(
    const std::optional<EpochKey>& key) const {
  const std::lock_guard lock(mutex_);
  const bool same =
      key_.has_value() == key.has_value() && (!key || (key_->seed == key->seed && key_->epoch == key->epoch));
  if (kept_ && same) return kept_;
  auto made = std::make_shared<Layout>();
  const EpochKey used = key.value_or(EpochKey{});
  const Draw draw(used.seed, used.epoch, 0, Purpose::order);
  if (options_.scheme == StreamScheme::modern && key) {
    made->documents = permutation(texts_.size(), draw);
  } else {
    made->documents.resize(static_cast<size_t>(texts_.size()));
    std::iota(made->documents.begin(), made->documents.end(), 0);
  }
  made->begins.push_back(0);
  for (const int64_t document : made->documents) made->begins.push_back(made->begins.back() + texts_.length(document));
  made->cuts = options_.scheme == StreamScheme::modern ? even_cuts(row_tokens_, options_.bptt, batches_)
                                                       : drawn_cuts(row_tokens_, options_.bptt, batches_, draw);
  key_ = key;
  kept_ = made;
  return made;
}

void LanguageModelDataset::read(const Layout& layout, int64_t at, int64_t count, int64_t* to) const {
  const bool reversed = options_.direction == Direction::backwards && options_.scheme == StreamScheme::modern;
  auto place = std::upper_bound(layout.begins.begin(), layout.begins.end(), at) - layout.begins.begin() - 1;
  for (int64_t done = 0; done < count; ++place) {
    const auto text = texts_[layout.documents[static_cast<size_t>(place)]];
    const int64_t from = at + done - layout.begins[static_cast<size_t>(place)];
    const auto length = static_cast<int64_t>(text.size());
    for (int64_t k = from; k < length && done < count; ++k)
      to[done++] = text[static_cast<size_t>(reversed ? length - 1 - k : k)];
  }
}

Sample LanguageModelDataset::get(int64_t index, const std::optional<Draw>& draw) const {
  const auto key = draw ? std::optional(EpochKey{draw->seed(), draw->epoch()}) : std::nullopt;
  std::vector<int64_t> batch(static_cast<size_t>(options_.rows));
  std::iota(batch.begin(), batch.end(), index / options_.rows * options_.rows);
  const int64_t row = index % options_.rows;
  const auto whole = gather(std::move(batch), key);
  return {{whole.x[0][row], whole.x[1][row], whole.x[2]}, whole.y[row]};
}

std::vector<int64_t> LanguageModelDataset::order(int64_t, const std::optional<EpochKey>&) const {
  std::vector<int64_t> order(static_cast<size_t>(size()));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Batch LanguageModelDataset::gather(std::vector<int64_t> index, const std::optional<EpochKey>& key) const {
  const int64_t rows = options_.rows, t = index.front() / rows;
  if (static_cast<int64_t>(index.size()) != rows || index.front() % rows != 0 ||
      index.back() != index.front() + rows - 1)
    throw ConfigError("batch", "is " + std::to_string(index.size()) + ", and the stream was cut into " +
                                   std::to_string(rows) + " rows, which are read side by side; give both the same");
  const auto where = layout(key);
  const int64_t from = where->cuts[static_cast<size_t>(t)], steps = where->cuts[static_cast<size_t>(t) + 1] - from;
  // A row and the token after it, side by side.
  auto both = at::empty({rows, steps + 1}, at::kLong);
  auto* to = both.mutable_data_ptr<int64_t>();
  const bool all_reversed = options_.direction == Direction::backwards && options_.scheme == StreamScheme::legacy;
  const int64_t row_length = options_.scheme == StreamScheme::modern ? row_tokens_ : row_tokens_ + 1;
  for (int64_t row = 0; row < rows; ++row, to += steps + 1) {
    // 0.7 turns the whole rows round.
    const int64_t in_row = all_reversed ? row_length - from - steps - 1 : from;
    read(*where, row * row_length + in_row, steps + 1, to);
    if (all_reversed) std::reverse(to, to + steps + 1);
  }
  Batch batch;
  batch.x = {both.narrow(1, 0, steps).contiguous(), both.narrow(1, 1, steps).contiguous(),
             at::full({1}, t == 0 ? 1 : 0, at::kLong)};
  batch.y = at::full({rows}, steps, at::kLong);
  batch.index = std::move(index);
  return batch;
}

std::string LanguageModelDataset::name(int64_t index) const {
  return "batch " + std::to_string(index / options_.rows) + ", row " + std::to_string(index % options_.rows);
}

at::Tensor LanguageModelDataset::target(int64_t index) const {
  const auto where = layout(std::nullopt);
  const auto t = static_cast<size_t>(index / options_.rows);
  return at::tensor(where->cuts[t + 1] - where->cuts[t], at::kLong);
}

std::string LanguageModelDataset::fingerprint() const {
  ContentHash hash;
  hash.add(std::string_view(reinterpret_cast<const char*>(texts_.ids.data()), texts_.ids.size() * sizeof(int32_t)));
  for (const int64_t start : texts_.starts) hash.add_integer(start);
  for (const int64_t option :
       {options_.rows, options_.bptt, static_cast<int64_t>(options_.scheme), static_cast<int64_t>(options_.direction)})
    hash.add_integer(option);
  return hash.hex();
}

}  // namespace tenfold::text
