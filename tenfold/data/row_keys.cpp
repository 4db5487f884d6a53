#include "tenfold/data/row_keys.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/data/dictionary.h"

namespace tenfold {
namespace {

/// Pairs of numbers to ids in the order in which they appear.
class PairTable {
 public:
  int64_t id(int64_t a, int64_t b) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash(a, b) & mask;
    while (slots_[at].id >= 0) {
      if (slots_[at].a == a && slots_[at].b == b) return slots_[at].id;
      at = (at + 1) & mask;
    }
    slots_[at] = {a, b, count_};
    if (2 * static_cast<size_t>(++count_) > slots_.size()) grow();
    return count_ - 1;
  }
  int64_t count() const { return count_; }

 private:
  struct Slot {
    int64_t a = 0, b = 0, id = -1;
  };
  static size_t hash(int64_t a, int64_t b) {
    const auto product = static_cast<unsigned __int128>(static_cast<uint64_t>(a) ^ 0x9E3779B97F4A7C15) *
                         (static_cast<uint64_t>(b) * 2 + 0xD6E8FEB86659FD93);
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id < 0) continue;
      size_t at = hash(slot.a, slot.b) & (slots_.size() - 1);
      while (slots_[at].id >= 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }
  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  int64_t count_ = 0;
};

/// A number for each row, equal where the values are.
std::vector<int64_t> numbers_of(const Column& column) {
  std::vector<int64_t> out(column.rows());
  const auto copy = [&](auto values, auto convert) {
    std::transform(values.begin(), values.end(), out.begin(), convert);
  };
  const auto real = [](double value) {
    return std::isnan(value) ? null_integer : std::bit_cast<int64_t>(value == 0 ? 0.0 : value);
  };
  switch (column.kind()) {
    case ColumnKind::boolean:
      copy(column.booleans(), [](int8_t value) { return int64_t{value}; });
      break;
    case ColumnKind::integer:
      copy(column.integers(), [](int64_t value) { return value; });
      break;
    case ColumnKind::time:
      copy(column.times(), [](int64_t value) { return value; });
      break;
    case ColumnKind::real:
      if (column.single())
        copy(column.singles(), real);
      else
        copy(column.reals(), real);
      break;
    case ColumnKind::category:
      copy(column.codes(), [](int32_t value) { return int64_t{value}; });
      break;
    case ColumnKind::text: {
      Dictionary seen;
      copy(column.texts(),
           [&](std::string_view text) { return text.data() == nullptr ? -1 : int64_t{seen.add(text)}; });
    }
  }
  return out;
}

}  // namespace

RowKeys row_keys(std::span<const Column> keys) {
  if (keys.empty()) throw Error("rows are compared by no column; name at least one key");
  RowKeys out;
  for (const Column& key : keys) {
    const auto numbers = numbers_of(key);
    const bool first = out.ids.empty();
    out.ids.resize(numbers.size());
    PairTable table;
    for (size_t row = 0; row < numbers.size(); ++row) out.ids[row] = table.id(first ? 0 : out.ids[row], numbers[row]);
    out.count = table.count();
  }
  return out;
}

}  // namespace tenfold
