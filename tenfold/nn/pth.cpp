#include "tenfold/nn/pth.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tenfold/nn/mapped_tensor.h"
#include "tenfold/nn/pickle.h"
#include "tenfold/nn/zip.h"

namespace tenfold::nn {
namespace {

using Kind = PickleValue::Kind;
using File = std::shared_ptr<const MappedFile>;

/// The pickled object and the bytes of its storages by key.
struct Content {
  Pickle pickle;
  std::map<std::string, Bytes> storages;
};

[[noreturn]] void refuse(const std::string& path, const std::string& problem) { throw WeightsError(path, "", problem); }

const DtypeRow& dtype_of(const PickleValue& storage, const Pickle& pickle, const std::string& path) {
  const std::string name = pickle.values[storage.items[0]].text.substr(std::string_view("torch ").size());
  if (const auto* row = dtype_of_storage(name)) return *row;
  refuse(path, "holds a " + name + ", a dtype that is not supported; convert the tensors to float32 before saving");
}

/// FOLDER/data.pkl, FOLDER/data/KEY, FOLDER/byteorder.
Content read_zip(const File& file, const std::string& path) {
  const auto entries = zip_entries(file->bytes(), path);
  const auto main = std::find_if(entries.begin(), entries.end(),
                                 [](const auto& entry) { return entry.first.ends_with("/data.pkl"); });
  if (main == entries.end())
    refuse(path, "is a zip file without data.pkl, so torch.save did not make it; name a weight file");
  const std::string folder = main->first.substr(0, main->first.rfind('/') + 1), data = folder + "data/";
  if (const auto order = entries.find(folder + "byteorder"); order != entries.end()) {
    Cursor cursor(order->second, path);
    if (cursor.text(order->second.size()) != "little")
      refuse(path, "was saved on a big-endian machine; save it anew on a little-endian one");
  }
  Cursor cursor(main->second, path);
  Content content{read_pickle(cursor), {}};
  for (const auto& [name, bytes] : entries)
    if (name.starts_with(data)) content.storages[name.substr(data.size())] = bytes;
  return content;
}

/// Three pickles (magic number, version, system), the object, the storages' keys, then for each key its size and
/// values.
Content read_legacy(const File& file, const std::string& path) {
  constexpr std::string_view magic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);  // 0x1950a86a20f9469cfc6c
  constexpr int64_t version = 1001;
  Cursor cursor(file->bytes(), path);
  const Pickle first = read_pickle(cursor);
  if (first.values[first.root].text != magic)
    refuse(path, "is a pickle that torch.save did not make; name a weight file");
  const Pickle second = read_pickle(cursor);
  if (second.values[second.root].integer != version)
    refuse(path, "is of an unknown version of PyTorch's old format; save it anew");
  read_pickle(cursor);
  Content content{read_pickle(cursor), {}};
  const Pickle keys = read_pickle(cursor);
  std::map<std::string, size_t> width;
  for (const auto& value : content.pickle.values)
    if (value.kind == Kind::storage) width[value.text] = at::elementSize(dtype_of(value, content.pickle, path).dtype);
  for (const uint32_t index : keys.values[keys.root].items) {
    const std::string& key = keys.values[index].text;
    const auto count = cursor.little<uint64_t>();
    const auto found = width.find(key);
    if (found == width.end() || count > file->bytes().size())
      refuse(path, "has a storage '" + key + "' that nothing uses, or of an impossible size; get the file again");
    content.storages[key] = cursor.take(count * found->second);
  }
  return content;
}

/// Makes tensors of a content's values; those of one storage share memory.
class Tensors {
 public:
  Tensors(const Content& content, File file, std::string path)
      : content_(content), file_(std::move(file)), path_(std::move(path)) {}

  at::Tensor make(const PickleValue& tensor) {
    const auto& values = content_.pickle.values;
    std::vector<int64_t> sizes, strides;
    for (const uint32_t k : values[tensor.items[1]].items) sizes.push_back(values[k].integer);
    for (const uint32_t k : values[tensor.items[2]].items) strides.push_back(values[k].integer);
    return storage(values[tensor.items[0]]).as_strided(sizes, strides, tensor.integer);
  }

 private:
  at::Tensor storage(const PickleValue& value) {
    const auto& row = dtype_of(value, content_.pickle, path_);
    auto& made = made_[{value.text, value.integer}];
    if (made.defined() && made.scalar_type() == row.dtype) return made;
    const auto bytes = content_.storages.find(value.text);
    const auto count = static_cast<uint64_t>(value.integer);
    if (bytes == content_.storages.end() || bytes->second.size() / at::elementSize(row.dtype) < count)
      refuse(path_, "lacks bytes of its storage '" + value.text + "' (" + std::to_string(count) +
                        " values are announced); get the file again");
    return made = mapped_tensor(bytes->second, row.dtype, value.integer, file_);
  }

  const Content& content_;
  File file_;
  std::string path_;
  std::map<std::pair<std::string, int64_t>, at::Tensor> made_;
};

/// Calls use(name, value) for each entry whose key is text.
template <class Use>
void each_entry(const Pickle& pickle, uint32_t dict, const Use& use) {
  const auto& items = pickle.values[dict].items;
  for (size_t k = 0; k + 1 < items.size(); k += 2)
    if (pickle.values[items[k]].kind == Kind::text) use(pickle.values[items[k]].text, items[k + 1]);
}

bool holds_tensors(const Pickle& pickle, uint32_t dict) {
  bool any = false;
  if (pickle.values[dict].kind == Kind::dict)
    each_entry(pickle, dict,
               [&](const std::string&, uint32_t value) { any = any || pickle.values[value].kind == Kind::tensor; });
  return any;
}

/// The root, or the one dict of tensors in it. Where there are several, the usual names decide.
uint32_t find_weights(const Pickle& pickle, const std::string& path) {
  if (holds_tensors(pickle, pickle.root)) return pickle.root;
  std::map<std::string, uint32_t> found;
  if (pickle.values[pickle.root].kind == Kind::dict)
    each_entry(pickle, pickle.root, [&](const std::string& name, uint32_t value) {
      if (holds_tensors(pickle, value)) found[name] = value;
    });
  if (found.size() == 1) return found.begin()->second;
  for (const char* usual : {"state_dict", "model", "model_state_dict"})
    if (const auto it = found.find(usual); it != found.end()) return it->second;
  if (found.empty()) refuse(path, "holds no dict of tensors; save model.state_dict()");
  std::string names;
  for (const auto& [name, value] : found) names += (names.empty() ? "" : ", ") + name;
  refuse(path, "holds several dicts of tensors (" + names +
                   ") and none is called state_dict or model; save the one that is wanted");
}

bool is_zip(Bytes file) { return file.size() >= 4 && std::memcmp(file.data(), "PK\x03\x04", 4) == 0; }

}  // namespace

bool looks_like_pth(std::span<const std::byte> file) {
  return is_zip(file) || (!file.empty() && file[0] == std::byte{0x80});
}

TensorFile read_pth(const std::shared_ptr<const MappedFile>& file) {
  const std::string path = file->path().string();
  const Content content = is_zip(file->bytes()) ? read_zip(file, path) : read_legacy(file, path);
  const auto& pickle = content.pickle;
  Tensors tensors(content, file, path);
  TensorFile result;
  each_entry(pickle, find_weights(pickle, path), [&](const std::string& name, uint32_t value) {
    if (pickle.values[value].kind == Kind::tensor) result.tensors[name] = tensors.make(pickle.values[value]);
  });
  return result;
}

}  // namespace tenfold::nn
