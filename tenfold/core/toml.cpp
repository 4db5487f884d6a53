// TOML in and out. Reading is toml++'s, behind a check that keeps its undefined behaviour out of reach.

#include <algorithm>
#include <cmath>
#include <map>

#include <toml++/toml.h>

#include "tenfold/core/options.h"

namespace tenfold {
namespace {

// Reading

/// Bytes in the UTF-8 sequence that starts at `at`, 0 where it is malformed, overlong, a surrogate or cut.
size_t sequence(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) { return byte(i) >= low && byte(i) <= high; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(at + 1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(at + 2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(at + 1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  return 0;
}

/// Throws DataError for malformed UTF-8 anywhere and for other than ASCII outside strings and comments.
void check_text(std::string_view text, const std::string& path) {
  long line = 1;
  std::string_view open;  // what ends the string or comment we are in
  size_t at = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  while (at < text.size()) {
    const size_t length = sequence(text, at);
    if (length == 0) throw DataError(path, line, "is not valid UTF-8; save the file as UTF-8");
    if (length > 1 && open.empty())
      throw DataError(path, line, "has \"" + std::string(text.substr(at, length)) +
                                      "\" outside quotes; quote it, or replace it where an editor put a typographic character");
    const char c = text[at];
    if (c == '\n') ++line;
    if (open.empty()) {
      for (const std::string_view mark : {"\"\"\"", "'''", "\"", "'"})
        if (open.empty() && text.substr(at, mark.size()) == mark) open = mark;
      at += open.empty() ? 1 : open.size();
      if (c == '#') open = "\n";
    } else if (open[0] == '"' && c == '\\') {
      at += 1 + (at + 1 < text.size() ? std::max<size_t>(sequence(text, at + 1), 1) : 0);
      if (at <= text.size() && text[at - 1] == '\n') ++line;
    } else if (text.substr(at, open.size()) == open || (open.size() == 1 && c == '\n')) {
      at += open.size();  // a string of one line that is not closed ends too; toml++ complains
      if (open.size() == 3)
        for (int more = 0; more < 2 && at < text.size() && text[at] == open[0]; ++more) ++at;  // quotes before the closing ones
      open = {};
    } else {
      at += length;
    }
  }
}

Json tree_of(const toml::node& node, const std::string& path);

Json tree_of(const toml::table& table, const std::string& path) {
  std::vector<std::pair<toml::source_position, std::string>> order;  // toml++ sorts by name; people have an order in mind
  for (const auto& [key, value] : table) order.emplace_back(key.source().begin, std::string(key.str()));
  std::sort(order.begin(), order.end());
  Json tree = Json::object();
  for (const auto& [position, key] : order) tree[key] = tree_of(*table.get(key), path);
  return tree;
}

Json tree_of(const toml::node& node, const std::string& path) {
  if (const auto* table = node.as_table()) return tree_of(*table, path);
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& element : *array) list.push_back(tree_of(element, path));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  throw DataError(path, node.source().begin.line, "has a date or time, which no option takes; put it in quotes");
}

// Writing

std::string text_of(const std::string& text, const std::string& path) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequence(text, at);
    if (length == 0) throw ConfigError(path, "is not valid UTF-8, which TOML needs");
    const auto c = static_cast<unsigned char>(text[at]);
    constexpr char digits[] = "0123456789ABCDEF";
    if (c == '"' || c == '\\') out += '\\', out += text[at];
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else if (c < 0x20 || c == 0x7F) out += std::string("\\u00") + digits[c >> 4] + digits[c & 15];
    else out += text.substr(at, length);
    at += length;
  }
  return out + '"';
}

std::string key_of(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
  return bare ? key : text_of(key, key);
}

/// On one line.
std::string value_of(const Json& value, const std::string& path) {
  if (value.is_string()) return text_of(value.get_ref<const std::string&>(), path);
  if (value.is_number_float()) return shortest(value.get<double>());
  if (value.is_number_unsigned() && value.get<uint64_t>() >> 63 != 0) return '"' + value.dump() + '"';
  std::string out;
  if (value.is_array()) {
    for (const auto& element : value) out += (out.empty() ? "" : ", ") + value_of(element, path);
    return "[" + out + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.items())
      if (!member.is_null()) out += (out.empty() ? " " : ", ") + key_of(key) + " = " + value_of(member, path + "." + key);
    return "{" + out + (out.empty() ? "}" : " }");
  }
  if (value.is_null()) throw ConfigError(path, "has an empty element, which TOML lacks");
  return value.dump();
}

bool is_list_of_tables(const Json& value) {
  return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), [](const Json& e) { return e.is_object(); });
}

class Writer {
 public:
  explicit Writer(const std::vector<Field>& fields) {
    for (const auto& field : fields) help_[field.path] = field.help;
  }

  /// `header` is the table's name in TOML, `path` that of its fields: numbers of list elements are "N".
  void table(const Json& tree, const std::string& header, const std::string& path, bool comments) {
    const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    const auto name = [&](const std::string& key) { return header.empty() ? key_of(key) : header + "." + key_of(key); };
    const auto inlined = [&](const std::string& key, const Json& value) {
      return in_list_ || help_.count(below(key)) > 0 || !(value.is_object() || is_list_of_tables(value));
    };
    for (const auto& [key, value] : tree.items()) {
      if (value.is_null() || !inlined(key, value)) continue;
      if (const auto help = help_.find(below(key)); comments && help != help_.end() && !help->second.empty())
        out_ += "# " + help->second + "\n";
      out_ += key_of(key) + " = " + value_of(value, below(key)) + "\n";
    }
    for (const auto& [key, value] : tree.items()) {
      if (!value.is_object() || inlined(key, value)) continue;
      open("[" + name(key) + "]");
      table(value, name(key), below(key), comments);
    }
    for (const auto& [key, value] : tree.items()) {
      if (!is_list_of_tables(value) || inlined(key, value)) continue;
      in_list_ = true;
      for (size_t k = 0; k < value.size(); ++k) {
        open("[[" + name(key) + "]]");
        table(value[k], name(key), below(key) + ".N", comments && k == 0);
      }
      in_list_ = false;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void open(const std::string& header) { out_ += (out_.empty() ? "" : "\n") + header + "\n"; }

  std::map<std::string, std::string> help_;
  std::string out_;
  bool in_list_ = false;  ///< within [[…]] everything stays on one line: a stage reads as a block
};

}  // namespace

std::string to_toml(const Json& tree) { return to_toml(tree, {}); }

std::string to_toml(const Json& tree, const std::vector<Field>& fields) {
  Writer writer(fields);
  writer.table(tree, "", "", true);
  return writer.take();
}

Json parse_toml(std::string_view text, const std::string& path) {
  check_text(text, path);
  try {
    return tree_of(toml::parse(text), path);
  } catch (const toml::parse_error& error) {
    throw DataError(path, error.source().begin.line, "is not TOML: " + std::string(error.description()));
  }
}

}  // namespace tenfold
