#include "tenfold/nn/pickle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <string_view>
#include <utility>

namespace tenfold::nn {
namespace {

using Kind = PickleValue::Kind;

constexpr size_t kMostValues = 4'000'000;
constexpr size_t kMostDimensions = 64;
constexpr size_t kLongestName = 200;  // in messages

constexpr std::string_view kOrderedDict = "collections OrderedDict", kSize = "torch Size",
                           kTensor = "torch._utils _rebuild_tensor", kTensorV2 = "torch._utils _rebuild_tensor_v2",
                           kParameter = "torch._utils _rebuild_parameter";

bool is_storage(std::string_view global) { return global.starts_with("torch ") && global.ends_with("Storage"); }

bool is_known(std::string_view global) {
  constexpr std::array known = {kOrderedDict, kSize, kTensor, kTensorV2, kParameter};
  return is_storage(global) || std::find(known.begin(), known.end(), global) != known.end();
}

/// Names of opcodes that other pickles may hold.
std::string name_of(uint8_t opcode) {
  constexpr auto names = std::to_array<std::pair<uint8_t, std::string_view>>(
      {{0x81, "NEWOBJ"},    {0x92, "NEWOBJ_EX"}, {'i', "INST"},         {'o', "OBJ"},         {0x82, "EXT1"},
       {0x83, "EXT2"},      {0x84, "EXT4"},      {'P', "PERSID"},       {'I', "INT"},         {'L', "LONG"},
       {0x8b, "LONG4"},     {'F', "FLOAT"},      {'S', "STRING"},       {'V', "UNICODE"},     {'T', "BINSTRING"},
       {'B', "BINBYTES"},   {0x8e, "BINBYTES8"}, {0x8d, "BINUNICODE8"}, {0x96, "BYTEARRAY8"}, {'l', "LIST"},
       {'d', "DICT"},       {'p', "PUT"},        {'g', "GET"},          {'2', "DUP"},         {'1', "POP_MARK"},
       {0x8f, "EMPTY_SET"}, {0x91, "FROZENSET"}, {0x90, "ADDITEMS"},    {0x97, "NEXT_BUFFER"}});
  for (const auto& [code, name] : names)
    if (code == opcode) return std::string(name);
  return "number " + std::to_string(opcode);
}

class Reader {
 public:
  explicit Reader(Cursor& cursor) : cursor_(cursor) {}

  Pickle read() {
    for (;;) {
      const auto opcode = cursor_.little<uint8_t>();
      if (opcode == '.') break;
      apply(opcode);
    }
    const uint32_t root = pop();
    if (!marks_.empty()) broken("ends within a list or dict");
    return {std::move(values_), root};
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw WeightsError(cursor_.path(), "",
                       what +
                           "; a weight file needs tensors, dicts, lists, text and numbers only, so this one is "
                           "refused and nothing of it was run. Save the state_dict alone, or as safetensors");
  }
  [[noreturn]] void broken(const std::string& how) const {
    throw WeightsError(cursor_.path(), "", "has a broken pickle, which " + how + "; get the file again");
  }

  uint32_t add(PickleValue value) {
    if (values_.size() >= kMostValues) broken("holds more than " + std::to_string(kMostValues) + " values");
    values_.push_back(std::move(value));
    return static_cast<uint32_t>(values_.size() - 1);
  }
  void push(PickleValue value) { stack_.push_back(add(std::move(value))); }
  void push_integer(int64_t number) { push({.kind = Kind::integer, .integer = number}); }
  void push_text(std::string text) { push({.kind = Kind::text, .text = std::move(text)}); }

  /// What lies below the last mark belongs to the list that is being gathered, and is out of reach.
  uint32_t& top() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) broken("takes more values than there are");
    return stack_.back();
  }
  uint32_t pop() {
    const uint32_t index = top();
    stack_.pop_back();
    return index;
  }
  std::vector<uint32_t> pop_to_mark() {
    if (marks_.empty()) broken("closes a list that was never opened");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<uint32_t> taken(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return taken;
  }
  void push_tuple(std::vector<uint32_t> items) { push({.kind = Kind::tuple, .items = std::move(items)}); }
  void push_tuple_of(size_t count) {
    std::vector<uint32_t> items(count);
    for (size_t k = count; k-- > 0;) items[k] = pop();
    push_tuple(std::move(items));
  }

  const PickleValue& expect(uint32_t index, Kind kind, const char* what) const {
    if (values_[index].kind != kind) broken(std::string("has something else where ") + what + " belongs");
    return values_[index];
  }
  void extend(Kind kind, const std::vector<uint32_t>& more) {
    expect(top(), kind, kind == Kind::dict ? "a dict" : "a list");
    if (kind == Kind::dict && more.size() % 2 != 0) broken("has a dict with a key that lacks its value");
    auto& items = values_[top()].items;
    items.insert(items.end(), more.begin(), more.end());
  }

  void push_global(std::string name) {
    if (!is_known(name)) {
      std::replace(name.begin(), name.end(), ' ', '.');
      refuse("calls " + name.substr(0, kLongestName));
    }
    push({.kind = Kind::global, .text = std::move(name)});
  }

  /// ('storage', class, key, device, number of elements[, view]).
  void push_storage() {
    const uint32_t id = pop();
    const auto& parts = expect(id, Kind::tuple, "a storage").items;
    if (parts.size() < 5 || values_[parts[0]].text != "storage")
      broken("refers to an object outside of it that is no storage");
    if (!is_storage(expect(parts[1], Kind::global, "a storage's class").text))
      broken("has a storage of no storage class");
    if (parts.size() > 5 && values_[parts[5]].kind != Kind::none)
      refuse("has a view of a storage, as PyTorch wrote before version 0.4");
    push({.kind = Kind::storage,
          .integer = expect(parts[4], Kind::integer, "a storage's size").integer,
          .text = expect(parts[2], Kind::text, "a storage's key").text,
          .items = {parts[1]}});
  }

  /// (storage, offset, sizes, strides, …): the last element addressed must lie inside the storage.
  void push_tensor(const std::vector<uint32_t>& arguments) {
    if (arguments.size() < 4) broken("has a tensor without a shape");
    const int64_t stored = expect(arguments[0], Kind::storage, "a tensor's storage").integer;
    const int64_t offset = expect(arguments[1], Kind::integer, "a tensor's offset").integer;
    const auto& sizes = expect(arguments[2], Kind::tuple, "a tensor's shape").items;
    const auto& strides = expect(arguments[3], Kind::tuple, "a tensor's strides").items;
    if (sizes.size() != strides.size() || sizes.size() > kMostDimensions || offset < 0 || stored < 0)
      broken("has a tensor of an impossible shape");
    int64_t last = offset, count = 1;
    bool empty = false;
    for (size_t k = 0; k < sizes.size(); ++k) {
      const int64_t size = expect(sizes[k], Kind::integer, "a size").integer,
                    stride = expect(strides[k], Kind::integer, "a stride").integer;
      int64_t reach = 0;
      if (size < 0 || stride < 0) broken("has a tensor with a negative size or stride");
      if (size == 0) {
        empty = true;
      } else if (__builtin_mul_overflow(size - 1, stride, &reach) || __builtin_add_overflow(last, reach, &last) ||
                 __builtin_mul_overflow(count, size, &count)) {
        broken("has a tensor of an impossible shape");
      }
    }
    if (!empty && (last >= stored || count > stored))
      broken("has a tensor that reaches beyond its storage (element " + std::to_string(std::max(last, count - 1)) +
             " of " + std::to_string(stored) + ")");
    push({.kind = Kind::tensor, .integer = offset, .items = {arguments[0], arguments[2], arguments[3]}});
  }

  /// What a call of one of the known globals stands for.
  void reduce() {
    const uint32_t arguments_index = pop(), callee = pop();
    const std::vector<uint32_t> arguments = take_arguments(arguments_index);
    const std::string& name = expect(callee, Kind::global, "a function").text;
    if (name == kTensor || name == kTensorV2) return push_tensor(arguments);
    if (name == kOrderedDict) {
      if (!arguments.empty()) refuse("makes an OrderedDict from a list, which torch.save does not");
      return push({.kind = Kind::dict});
    }
    if ((name == kParameter || name == kSize) && !arguments.empty()) return stack_.push_back(arguments[0]);
    broken("calls " + name + " without what it needs");
  }
  /// The known globals take few arguments; more would only cost time.
  std::vector<uint32_t> take_arguments(uint32_t index) const {
    const auto& items = expect(index, Kind::tuple, "arguments").items;
    return {items.begin(), items.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(items.size(), 8))};
  }

  /// Little-endian two's complement of any length; what exceeds 64 bits (the magic number of the old format) becomes
  /// its bytes.
  void push_long(const std::string& bytes) {
    if (bytes.size() > 8) return push_text(bytes);
    uint64_t value = !bytes.empty() && (bytes.back() & 0x80) ? ~uint64_t{0} : 0;
    for (size_t k = bytes.size(); k-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[k]);
    push_integer(static_cast<int64_t>(value));
  }
  void push_real() {
    uint64_t bits = 0;
    for (const std::byte byte : cursor_.take(8))
      bits = bits << 8 | static_cast<uint8_t>(byte);  // the one big-endian value
    push({.kind = Kind::real, .real = std::bit_cast<double>(bits)});
  }
  void recall(uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) broken("refers to a value that was never kept");
    stack_.push_back(found->second);
  }

  void apply(uint8_t opcode) {
    switch (opcode) {
      case 0x80:  // PROTO
        if (cursor_.little<uint8_t>() > 5) refuse("has a pickle of a protocol above 5");
        return;
      case 0x95:
        cursor_.take(8);
        return;  // FRAME
      case '(':
        return marks_.push_back(stack_.size());  // MARK
      case '0':
        pop();
        return;  // POP
      case 'N':
        return push({});  // NONE
      case 0x88:
        return push({.kind = Kind::boolean, .integer = 1});  // NEWTRUE
      case 0x89:
        return push({.kind = Kind::boolean});  // NEWFALSE
      case 'J':
        return push_integer(cursor_.little<int32_t>());  // BININT
      case 'K':
        return push_integer(cursor_.little<uint8_t>());  // BININT1
      case 'M':
        return push_integer(cursor_.little<uint16_t>());  // BININT2
      case 0x8a:
        return push_long(cursor_.text(cursor_.little<uint8_t>()));  // LONG1
      case 'G':
        return push_real();  // BINFLOAT
      case 'X':
        return push_text(cursor_.text(cursor_.little<uint32_t>()));  // BINUNICODE
      case 0x8c:                                                     // SHORT_BINUNICODE
      case 'U':                                                      // SHORT_BINSTRING
      case 'C':
        return push_text(cursor_.text(cursor_.little<uint8_t>()));  // SHORT_BINBYTES
      case 'c': {                                                   // GLOBAL
        const std::string module = cursor_.line();
        return push_global(module + " " + cursor_.line());
      }
      case 0x93: {  // STACK_GLOBAL
        const uint32_t name = pop(), module = pop();
        return push_global(expect(module, Kind::text, "a module's name").text + " " +
                           expect(name, Kind::text, "a function's name").text);
      }
      case '}':
        return push({.kind = Kind::dict});  // EMPTY_DICT
      case ']':
        return push({.kind = Kind::list});  // EMPTY_LIST
      case ')':
        return push_tuple({});  // EMPTY_TUPLE
      case 't':
        return push_tuple(pop_to_mark());  // TUPLE
      case 0x85:
        return push_tuple_of(1);  // TUPLE1
      case 0x86:
        return push_tuple_of(2);  // TUPLE2
      case 0x87:
        return push_tuple_of(3);  // TUPLE3
      case 'q':
        memo_[cursor_.little<uint8_t>()] = top();
        return;  // BINPUT
      case 'r':
        memo_[cursor_.little<uint32_t>()] = top();
        return;  // LONG_BINPUT
      case 0x94:
        memo_[static_cast<uint32_t>(memo_.size())] = top();
        return;  // MEMOIZE
      case 'h':
        return recall(cursor_.little<uint8_t>());  // BINGET
      case 'j':
        return recall(cursor_.little<uint32_t>());  // LONG_BINGET
      case 's': {                                   // SETITEM
        const uint32_t value = pop(), key = pop();
        return extend(Kind::dict, {key, value});
      }
      case 'u': {  // SETITEMS
        const auto items = pop_to_mark();
        return extend(Kind::dict, items);
      }
      case 'a': {  // APPEND
        const uint32_t value = pop();
        return extend(Kind::list, {value});
      }
      case 'e': {  // APPENDS
        const auto items = pop_to_mark();
        return extend(Kind::list, items);
      }
      case 'Q':
        return push_storage();  // BINPERSID
      case 'R':
        return reduce();  // REDUCE
      case 'b':           // BUILD: a state_dict's _metadata, not wanted
        pop();
        if (values_[top()].kind != Kind::dict) refuse("sets the state of an object");
        return;
      default:
        refuse("has a pickle with the opcode " + name_of(opcode));
    }
  }

  Cursor& cursor_;
  std::vector<PickleValue> values_;
  std::vector<uint32_t> stack_;
  std::vector<size_t> marks_;
  std::map<uint32_t, uint32_t> memo_;
};

}  // namespace

Pickle read_pickle(Cursor& cursor) { return Reader(cursor).read(); }

}  // namespace tenfold::nn
