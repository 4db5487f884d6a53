#pragma once
// Activations on disk, shared by everything that asks for the same: heads, folds, test-time views, size stages, other
// processes. A folder of immutable safetensors files; a row an item, keyed by the item's content, so that another split
// or ten more images compute only what is missing.

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tenfold/train/row_table.h"

namespace tenfold {

/// 128 bits that stand for an item's content.
struct ItemId {
  uint64_t high = 0, low = 0;
  bool operator==(const ItemId&) const = default;
};
/// Of the 32 hexadecimal digits of a content hash; any other text is hashed first.
ItemId item_id(const std::string& fingerprint);

struct ActivationStoreOptions {
  std::filesystem::path folder;  ///< made where missing; empty keeps nothing
  int64_t max_mib = 4096;        ///< bound of all its files together; the longest unused go first
  std::function<void(const std::string& text)> told{};  ///< hears of damage and of rows that cannot be kept
};

/// Files are named features-COLUMN-ROWS.safetensors and hold `rows` [M, …], `items` [M, 2] int64 (the ids), `sums` [M]
/// int64 (XXH3 of each row) and a checksum of those two. They appear by rename, so none is ever seen half written; each
/// row is checked against its sum before it is first used, and a file with a wrong one is told of, removed and computed
/// again. While rows are in use their files are locked and not removed by any process; removing makes room for new ones
/// by the time of their last use. Where nothing can be removed any more, or the disk is full, new rows are simply not
/// kept.
class ActivationStore {
 public:
  /// Throws FileError where the folder cannot be made.
  explicit ActivationStore(ActivationStoreOptions options);
  ~ActivationStore();
  ActivationStore(ActivationStore&&) noexcept;

  bool keeps() const { return !options_.folder.empty(); }
  const std::filesystem::path& folder() const { return options_.folder; }

  /// The rows of a column that are there and whole, views of the mapped files; the others are missing. A column is a
  /// hash of everything that its rows' bits depend on but the item.
  RowTable find(const std::string& column, const std::vector<ItemId>& items);
  /// How many of these are not there; reads no rows.
  int64_t count_missing(const std::string& column, const std::vector<ItemId>& items);

  /// Keeps rows [items, …], contiguous on the CPU. False where there is no room for them.
  bool add(const std::string& column, const std::vector<ItemId>& items, const at::Tensor& rows);

 private:
  struct Shard;
  struct Place {
    std::shared_ptr<Shard> shard;
    int64_t row = 0;
  };
  struct Spread {
    size_t operator()(const ItemId& id) const { return id.low; }
  };
  using Column = std::unordered_map<ItemId, Place, Spread>;

  Column& open(const std::string& column);
  std::shared_ptr<Shard> read(const std::filesystem::path& path);
  void discard(Column& column, const Shard& shard);
  bool make_room(uintmax_t bytes);
  void tell(const std::string& text) const;

  ActivationStoreOptions options_;
  std::map<std::filesystem::path, std::shared_ptr<Shard>> shards_;  ///< seen; null where useless
  std::map<std::string, Column> columns_;
  bool full_ = false;  ///< told once
};

}  // namespace tenfold
