// Options as TOML text.

#include <algorithm>
#include <map>

#include "tenfold/core/options.h"
#include "tenfold/core/utf8.h"

namespace tenfold {
namespace {

std::string text_of(const std::string& text, const std::string& path) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text, at);
    if (length == 0) throw ConfigError(path, "is not valid UTF-8, which TOML needs");
    const auto c = static_cast<unsigned char>(text[at]);
    constexpr char digits[] = "0123456789ABCDEF";
    if (c == '"' || c == '\\')
      out += '\\', out += text[at];
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else if (c < 0x20 || c == 0x7F)
      out += std::string("\\u00") + digits[c >> 4] + digits[c & 15];
    else
      out += text.substr(at, length);
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
      if (!member.is_null())
        out += (out.empty() ? " " : ", ") + key_of(key) + " = " + value_of(member, path + "." + key);
    return "{" + out + (out.empty() ? "}" : " }");
  }
  if (value.is_null()) throw ConfigError(path, "has an empty element, which TOML lacks");
  return value.dump();
}

bool is_list_of_tables(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const Json& e) { return e.is_object(); });
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

}  // namespace tenfold
