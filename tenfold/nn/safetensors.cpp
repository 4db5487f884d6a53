#include "tenfold/nn/safetensors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "tenfold/core/options.h"
#include "tenfold/nn/mapped_tensor.h"

namespace tenfold::nn {
namespace {

constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr uint64_t kAlignment = 8;
constexpr const char* kMetadata = "__metadata__";

[[noreturn]] void refuse(const std::string& path, const std::string& tensor, const std::string& problem) {
  throw WeightsError(path, tensor, problem + "; get the file again, or save it anew");
}

/// Refuses a key that comes twice: readers would differ in which they believe.
Json parse_header(const std::string& text, const std::string& path) {
  std::set<std::string> seen;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& key) {
    if (event == Json::parse_event_t::key && depth == 1 && !seen.insert(key.get<std::string>()).second)
      refuse(path, key.get<std::string>(), "is in the header twice");
    return true;
  };
  try {
    Json header = Json::parse(text, watch);
    if (header.is_object()) return header;
  } catch (const Json::exception& problem) {
    refuse(path, "", "has a header that is no JSON (" + std::string(problem.what()) + ")");
  }
  refuse(path, "", "has a header that is no JSON object");
}

/// Where a tensor lies in the file's data.
struct Entry {
  std::string name;
  at::ScalarType dtype = at::kFloat;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;
  int64_t count = 1;
};

Entry read_entry(const std::string& name, const Json& json, const std::string& path) {
  Entry entry{.name = name, .shape = {}};
  std::string dtype;
  try {
    dtype = json.at("dtype").get<std::string>();
    for (const auto& size : json.at("shape")) {
      if (!size.is_number_unsigned())
        refuse(path, name, "has the size " + size.dump() + " in its shape, which is no count");
      entry.shape.push_back(size.get<int64_t>());
    }
    const auto& offsets = json.at("data_offsets");
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned())
      refuse(path, name, "has data_offsets " + offsets.dump() + "; needs a begin and an end");
    entry.begin = offsets[0].get<uint64_t>();
    entry.end = offsets[1].get<uint64_t>();
  } catch (const Json::exception& problem) {
    refuse(path, name,
           "lacks dtype, shape or data_offsets, or has them of another type (" + std::string(problem.what()) + ")");
  }
  const auto* row = dtype_named(dtype);
  if (!row)
    throw WeightsError(path, name,
                       "is of dtype " + dtype + ", which is not supported; convert it to F32 before saving");
  entry.dtype = row->dtype;
  uint64_t bytes = at::elementSize(row->dtype);
  for (const int64_t size : entry.shape)
    if (size < 0 || __builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes))
      refuse(path, name, "has a shape that no memory holds");
  if (entry.begin > entry.end || entry.end - entry.begin != bytes)
    refuse(path, name,
           "has a shape of " + std::to_string(bytes) + " bytes and offsets from " + std::to_string(entry.begin) +
               " to " + std::to_string(entry.end));
  entry.count = static_cast<int64_t>(bytes / at::elementSize(row->dtype));
  return entry;
}

/// One after the other, from the beginning of the data to the end of the file.
void check_layout(std::vector<Entry> entries, uint64_t data_size, const std::string& path) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  uint64_t end = 0;
  for (const auto& entry : entries) {
    if (entry.begin < end) refuse(path, entry.name, "overlaps the tensor before it");
    if (entry.begin > end)
      refuse(path, entry.name, "begins after a gap of " + std::to_string(entry.begin - end) + " bytes");
    end = entry.end;
  }
  if (end > data_size)
    refuse(path, "",
           "is cut off: its header tells of " + std::to_string(end) + " bytes of tensors, and " +
               std::to_string(data_size) + " are there");
  if (end < data_size)
    refuse(path, "",
           "has " + std::to_string(data_size - end) + " bytes after its tensors that its header does not mention");
}

}  // namespace

bool looks_like_safetensors(std::span<const std::byte> file) { return file.size() > 8 && file[8] == std::byte{'{'}; }

TensorFile read_safetensors(const std::shared_ptr<const MappedFile>& file) {
  const std::string path = file->path().string();
  Cursor cursor(file->bytes(), path);
  const auto length = cursor.little<uint64_t>();
  const uint64_t rest = file->bytes().size() - cursor.position();
  if (length > kLongestHeader)
    refuse(path, "",
           "announces a header of " + std::to_string(length) + " bytes; " + std::to_string(kLongestHeader) +
               " are allowed");
  if (length > rest)
    refuse(path, "",
           "is cut off: a header of " + std::to_string(length) + " bytes is announced and " + std::to_string(rest) +
               " are there");
  const Json header = parse_header(cursor.text(length), path);
  const Bytes data = cursor.take(rest - length);
  TensorFile result;
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name != kMetadata) {
      entries.push_back(read_entry(name, value, path));
      continue;
    }
    if (!value.is_object()) refuse(path, name, "is no object of texts");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) refuse(path, name, "has a value '" + key + "' that is no text");
      result.metadata[key] = text.get<std::string>();
    }
  }
  check_layout(entries, data.size(), path);
  for (const auto& entry : entries) {
    const Bytes bytes = data.subspan(entry.begin, entry.end - entry.begin);
    result.tensors[entry.name] = mapped_tensor(bytes, entry.dtype, entry.count, file).view(entry.shape);
  }
  return result;
}

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, torch::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  // Wide values first, so that each tensor is aligned for its dtype without gaps.
  std::vector<const std::pair<const std::string, torch::Tensor>*> order;
  for (const auto& item : tensors) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(),
                   [](auto* a, auto* b) { return a->second.element_size() > b->second.element_size(); });
  std::map<std::string, uint64_t> begins;
  uint64_t end = 0;
  for (const auto* item : order) {
    begins[item->first] = end;
    end += item->second.nbytes();
  }
  Json header = Json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  for (const auto& [name, tensor] : tensors) {
    const auto* row = row_of(tensor.scalar_type());
    if (!row)
      throw WeightsError(path.string(), name,
                         std::string("is of dtype ") + at::toString(tensor.scalar_type()) +
                             ", which is not supported; convert it to float32 before saving");
    header[name] = {{"dtype", row->safetensors},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {begins[name], begins[name] + tensor.nbytes()}}};
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  const uint64_t length = text.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(text);
  for (const auto* item : order) {
    const auto values = item->second.detach().cpu().contiguous();
    file.write(Bytes(static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes()));
  }
  file.commit();
}

}  // namespace tenfold::nn
