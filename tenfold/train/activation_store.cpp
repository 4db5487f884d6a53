#include "tenfold/train/activation_store.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/file_lock.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/safetensors.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "features-", kEnding = ".safetensors", kPart = ".part", kCheck = "checksum";
constexpr auto kAbandoned = std::chrono::hours(1);  // a file takes seconds to write
constexpr uintmax_t kHeader = 4096;                 // bytes beside the tensors, and a little more

std::span<const std::byte> bytes_of(const at::Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()};
}

std::string check_of(const at::Tensor& items, const at::Tensor& sums) {
  return ContentHash().add(bytes_of(items)).add(bytes_of(sums)).hex();
}

/// Of each row of a contiguous tensor.
at::Tensor sums_of(const at::Tensor& rows) {
  auto sums = at::empty({rows.size(0)}, at::kLong);
  const auto all = bytes_of(rows);
  const size_t width = rows.size(0) > 0 ? all.size() / static_cast<size_t>(rows.size(0)) : 0;
  for (int64_t k = 0; k < rows.size(0); ++k)
    sums.mutable_data_ptr<int64_t>()[k] =
        static_cast<int64_t>(checksum(all.subspan(static_cast<size_t>(k) * width, width)));
  return sums;
}

bool ours(const std::string& name) { return name.starts_with(kPrefix) && name.ends_with(kEnding); }
bool leftover(const std::string& name) { return name.starts_with("." + kPrefix) && name.ends_with(kPart); }

}  // namespace

ItemId item_id(const std::string& fingerprint) {
  const auto read = [](const std::string& hex) {
    ItemId id;
    const char* text = hex.data();
    const bool high = std::from_chars(text, text + 16, id.high, 16).ptr == text + 16;
    const bool low = std::from_chars(text + 16, text + 32, id.low, 16).ptr == text + 32;
    return high && low ? std::optional(id) : std::nullopt;
  };
  if (fingerprint.size() == 32)
    if (const auto id = read(fingerprint)) return *id;
  return *read(ContentHash().add(fingerprint).hex());
}

/// One file under lock, mapped.
struct ActivationStore::Shard {
  explicit Shard(const fs::path& file) : path(file), lock(file) {}
  fs::path path;
  SharedLock lock;
  at::Tensor rows, items, sums;
  std::vector<bool> whole;  ///< rows that were checked

  ItemId id(int64_t row) const {
    const auto* ids = items.const_data_ptr<int64_t>() + 2 * row;
    return {static_cast<uint64_t>(ids[0]), static_cast<uint64_t>(ids[1])};
  }
  bool check(int64_t row) {
    if (whole[static_cast<size_t>(row)]) return true;
    const auto all = bytes_of(rows);
    const size_t width = all.size() / static_cast<size_t>(rows.size(0));
    const auto sum = checksum(all.subspan(static_cast<size_t>(row) * width, width));
    return whole[static_cast<size_t>(row)] = static_cast<int64_t>(sum) == sums.const_data_ptr<int64_t>()[row];
  }
};

ActivationStore::ActivationStore(ActivationStoreOptions options) : options_(std::move(options)) {
  if (!keeps()) return;
  std::error_code problem;
  fs::create_directories(options_.folder, problem);
  if (problem)
    throw FileError(options_.folder.string(),
                    "the feature cache cannot be made (" + problem.message() + "); choose another folder");
}

ActivationStore::~ActivationStore() = default;
ActivationStore::ActivationStore(ActivationStore&&) noexcept = default;

void ActivationStore::tell(const std::string& text) const {
  if (options_.told) options_.told(text);
}

std::shared_ptr<ActivationStore::Shard> ActivationStore::read(const fs::path& path) {
  auto shard = std::make_shared<Shard>(path);
  if (!shard->lock.held()) return nullptr;  // somebody made room
  try {
    const auto file = nn::read_safetensors(std::make_shared<const MappedFile>(path));
    shard->rows = file.tensors.at("rows");
    shard->items = file.tensors.at("items").contiguous();
    shard->sums = file.tensors.at("sums").contiguous();
    const int64_t count = shard->rows.dim() > 0 ? shard->rows.size(0) : 0;
    const bool fits = count > 0 && shard->items.sizes() == at::IntArrayRef({count, 2}) &&
                      shard->sums.sizes() == at::IntArrayRef({count}) && shard->items.scalar_type() == at::kLong &&
                      shard->sums.scalar_type() == at::kLong &&
                      file.metadata.at(kCheck) == check_of(shard->items, shard->sums);
    if (!fits) throw WeightsError(path.string(), "", "is not what was written");
    shard->whole.assign(static_cast<size_t>(count), false);
  } catch (const FileError&) {
    return nullptr;
  } catch (const std::exception&) {  // cut off, or no file of this kind
    shard->rows = at::Tensor();
  }
  return shard;
}

ActivationStore::Column& ActivationStore::open(const std::string& column) {
  Column& known = columns_[column];
  if (!keeps()) return known;
  std::vector<fs::path> paths;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(options_.folder, problem)) {
    const std::string name = entry.path().filename().string();
    if (ours(name) && name.starts_with(kPrefix + column + "-") && !shards_.contains(entry.path()))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    auto shard = read(path);
    if (shard && !shard->rows.defined()) {
      discard(known, *shard);
      continue;
    }
    shards_[path] = shard;
    if (!shard) continue;
    for (int64_t row = 0; row < shard->rows.size(0); ++row) known.emplace(shard->id(row), Place{shard, row});
    std::error_code ignored;
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);  // the most recently used
  }
  return known;
}

void ActivationStore::discard(Column& column, const Shard& shard) {
  tell(shard.path.string() + " is damaged; its activations are computed again");
  std::error_code ignored;
  fs::remove(shard.path, ignored);
  shards_.erase(shard.path);
  std::erase_if(column, [&](const auto& entry) { return entry.second.shard->path == shard.path; });
}

RowTable ActivationStore::find(const std::string& column, const std::vector<ItemId>& items) {
  Column& known = open(column);
  struct Wanted {
    std::shared_ptr<Shard> shard;
    std::vector<int64_t> from, to;
  };
  std::map<const Shard*, Wanted> wanted;
  for (size_t k = 0; k < items.size(); ++k)
    if (const auto found = known.find(items[k]); found != known.end()) {
      auto& one = wanted[found->second.shard.get()];
      one.shard = found->second.shard;
      one.from.push_back(found->second.row);
      one.to.push_back(static_cast<int64_t>(k));
    }
  RowTable table(static_cast<int64_t>(items.size()));
  for (const auto& [_, one] : wanted) {
    const bool whole =
        std::all_of(one.from.begin(), one.from.end(), [&](int64_t row) { return one.shard->check(row); });
    if (whole)
      table.put(one.shard->rows, one.from, one.to, one.shard);
    else
      discard(known, *one.shard);
  }
  return table;
}

int64_t ActivationStore::count_missing(const std::string& column, const std::vector<ItemId>& items) {
  const Column& known = open(column);
  return std::count_if(items.begin(), items.end(), [&](const ItemId& item) { return !known.contains(item); });
}

bool ActivationStore::add(const std::string& column, const std::vector<ItemId>& items, const at::Tensor& rows) {
  if (!keeps() || items.empty()) return false;
  auto ids = at::empty({static_cast<int64_t>(items.size()), 2}, at::kLong);
  for (size_t k = 0; k < items.size(); ++k) {
    ids.mutable_data_ptr<int64_t>()[2 * k] = static_cast<int64_t>(items[k].high);
    ids.mutable_data_ptr<int64_t>()[2 * k + 1] = static_cast<int64_t>(items[k].low);
  }
  const auto sums = sums_of(rows);
  const auto path = options_.folder / (kPrefix + column + "-" + check_of(ids, sums).substr(0, 16) + kEnding);
  try {
    if (!make_room(rows.nbytes() + ids.nbytes() + sums.nbytes() + kHeader)) {
      if (!std::exchange(full_, true))
        tell("no room for more activations in " + options_.folder.string() + ": " + std::to_string(options_.max_mib) +
             " MiB are in use; they are computed again next time. A larger bound keeps them");
      return false;
    }
    if (const auto seen = shards_.find(path); seen != shards_.end() && !seen->second) shards_.erase(seen);
    nn::write_safetensors(path, {{"rows", rows}, {"items", ids}, {"sums", sums}}, {{kCheck, check_of(ids, sums)}});
    return true;
  } catch (const FileError& error) {
    if (!std::exchange(full_, true)) tell(std::string(error.what()) + "; the activations are not kept");
    return false;
  }
}

bool ActivationStore::make_room(uintmax_t bytes) {
  struct Entry {
    fs::file_time_type used;
    fs::path path;
    uintmax_t bytes;
  };
  const uintmax_t bound = static_cast<uintmax_t>(std::max<int64_t>(0, options_.max_mib)) << 20;
  if (bytes > bound) return false;
  std::vector<Entry> entries;
  uintmax_t sum = bytes;
  std::error_code problem;
  for (const auto& file : fs::directory_iterator(options_.folder, problem)) {
    const std::string name = file.path().filename().string();
    std::error_code gone;  // another process may be removing it
    const Entry entry{file.last_write_time(gone), file.path(), gone ? 0 : file.file_size(gone)};
    if (gone) continue;
    if (leftover(name) && entry.used < fs::file_time_type::clock::now() - kAbandoned) fs::remove(entry.path, gone);
    if (!ours(name)) continue;
    entries.push_back(entry);
    sum += entry.bytes;
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const auto& entry : entries) {
    if (sum <= bound) return true;
    if (shards_.contains(entry.path) || !remove_unused(entry.path)) continue;
    sum -= entry.bytes;
  }
  return sum <= bound;
}

}  // namespace tenfold
