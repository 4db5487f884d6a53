#include "tenfold/core/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <sstream>
#include <utility>

#include "tenfold/core/utf8.h"

namespace tenfold {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

/// A value as a message shows it: with its kind, long ones cut.
std::string shown(const Json& value) {
  if (value.is_null()) return "is empty";
  if (value.is_number_float()) return "is " + shortest(value.get<double>());
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "…";
  if (value.is_string()) return "is the text " + text;
  if (value.is_array()) return "is the list " + text;
  if (value.is_object()) return "is the table " + text;
  return "is " + text;
}

/// Edits from one word to the other; two neighbours swapped are one edit.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> earlier, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    earlier = std::exchange(last, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], earlier[j - 2] + 1);
    }
  }
  return row.back();
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Text of digits as an integer: TOML has none above 2^63 - 1, so they travel as text.
template <class Integer>
bool digits(const Json& value, Integer& out) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// An integer written as 3.0 or 1e3 is one.
Json whole(const Json& value) {
  if (!value.is_number_float()) return value;
  const double number = value.get<double>();
  return std::trunc(number) == number && std::fabs(number) <= 0x1p53 ? Json(static_cast<int64_t>(number)) : value;
}

std::string between(const std::string& low, const std::string& high) {
  return "an integer from " + low + " to " + high;
}

}  // namespace

std::string shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  const size_t exponent = text.find('e');
  if (exponent != std::string::npos) {  // 1e-05 → 1e-5, 1e+20 → 1e20
    const size_t sign = text[exponent + 1] == '-' ? 1 : 0;
    size_t first = exponent + 2;
    while (first + 1 < text.size() && text[first] == '0') ++first;
    return text.substr(0, exponent + 1) + std::string(sign, '-') + text.substr(first);
  }
  return std::isfinite(value) && text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string typed_value(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) {
    const std::string text = shortest(value.get<double>());
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
  }
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const auto& element : value) text += (text.empty() ? "" : ",") + typed_value(element);
  return text;
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  const std::string wanted = lower(word);
  std::string best;
  size_t best_distance = 0;
  for (const auto& candidate : known) {
    const size_t d = distance(wanted, lower(candidate));
    const size_t near = std::max<size_t>(1, std::max(wanted.size(), candidate.size()) / 3);
    if (d <= near && (best.empty() || d < best_distance)) {
      best = candidate;
      best_distance = d;
    }
  }
  if (!best.empty() || wanted.size() < 3) return best;
  for (const auto& candidate : known)
    if (lower(candidate).rfind(wanted, 0) == 0) return candidate;  // a beginning: "cycle" for "cycle_len"
  return "";
}

std::string to_markdown(const std::vector<Field>& fields) {
  const auto cell = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
  };
  std::ostringstream table;
  table << "| option | type | default | consequence |\n|---|---|---|---|\n";
  for (const auto& field : fields) {
    std::string type = field.choices.empty() ? field.type : "";
    for (const auto& choice : field.choices) type += (type.empty() ? "" : ", ") + ("`" + choice + "`");
    table << "| `" << cell(field.path) << "` | " << cell(type) << " | "
          << (field.value.is_null() ? "" : "`" + cell(field.value.dump()) + "`") << " | " << cell(field.help) << " |\n";
  }
  return table.str();
}

namespace detail {

void refuse(const Json& found, const std::string& required, const std::string& path) {
  throw ConfigError(path, shown(found) + "; needs " + required);
}

void refuse_key(const std::string& path, const std::string& key, const std::vector<std::string>& known) {
  const std::string near = nearest(key, known);
  throw ConfigError(join(path, key), "is not an option; " + (near.empty() ? "known here: " + listed(known)
                                                                          : "did you mean " + join(path, near) + "?"));
}

bool read_bool(const Json& value, const std::string& path) {
  if (!value.is_boolean()) refuse(value, "yes or no (true or false in TOML and JSON)", path);
  return value.get<bool>();
}

int64_t read_integer(const Json& value, int64_t low, int64_t high, const std::string& path) {
  const Json number = whole(value);
  const bool fits =
      number.is_number_integer() &&
      !(number.is_number_unsigned() && number.get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()});
  if (!fits || number.get<int64_t>() < low || number.get<int64_t>() > high)
    refuse(value, number.is_number_integer() ? between(std::to_string(low), std::to_string(high)) : "an integer", path);
  return number.get<int64_t>();
}

uint64_t read_unsigned(const Json& value, uint64_t high, const std::string& path) {
  const Json number = whole(value);
  uint64_t result = 0;
  const bool read = number.is_number_integer() && (number.is_number_unsigned() || number.get<int64_t>() >= 0);
  if (read) result = number.get<uint64_t>();
  if ((!read && !digits(value, result)) || result > high)
    refuse(value, number.is_number_integer() ? between("0", std::to_string(high)) : "an integer, 0 or more", path);
  return result;
}

double read_number(const Json& value, const std::string& path) {
  if (!value.is_number()) refuse(value, "a number", path);
  const double number = value.get<double>();
  if (!std::isfinite(number)) refuse(value, "a finite number", path);
  return number;
}

std::string read_text(const Json& value, const std::string& path) {
  if (!value.is_string()) refuse(value, "text", path);
  auto text = value.get<std::string>();
  if (find_malformed_utf8(text) != std::string::npos) refuse(value, "valid UTF-8 (recipes and records are)", path);
  return text;
}

size_t read_choice(const Json& value, const std::vector<std::string>& choices, const std::string& path) {
  const std::string required = "one of " + listed(choices);
  if (!value.is_string()) refuse(value, required, path);
  const auto& name = value.get_ref<const std::string&>();
  const auto found = std::find(choices.begin(), choices.end(), name);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  const std::string near = nearest(name, choices);
  throw ConfigError(path, "is " + quoted(name) + "; needs " + required + (near.empty() ? "" : "; nearest is " + near));
}

Json number_of_text(const std::string& text) {
  const char* const begin = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
  const char* const end = text.data() + text.size();
  const auto read = [&](auto number) -> Json {
    const auto result = std::from_chars(begin, end, number);
    return result.ec == std::errc() && result.ptr == end ? Json(number) : Json();
  };
  for (Json number : {read(int64_t{}), read(uint64_t{}), read(double{})})
    if (!number.is_null()) return number;
  return text;
}

Json bool_of_text(const std::string& text) {
  const std::string word = lower(text);
  if (word.empty() || word == "yes" || word == "true" || word == "on" || word == "1") return true;
  if (word == "no" || word == "false" || word == "off" || word == "0") return false;
  return text;
}

Json composite_of_text(const std::string& text) {
  if (Json value = Json::parse(text, nullptr, false); !value.is_discarded()) return value;
  if (!text.empty() && (text[0] == '{' || text[0] == '[')) {
    try {
      return parse_toml("value = " + text, "").at("value");
    } catch (const DataError&) {
      return text;  // whoever reads it says what it needs
    }
  }
  if (text.find(',') == std::string::npos) return number_of_text(text);
  Json list = Json::array();
  for (const auto& part : split_list(text)) list.push_back(composite_of_text(part));
  return list;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const size_t first = std::min(text.find_first_not_of(' ', begin), end);
    size_t last = end;
    while (last > first && text[last - 1] == ' ') --last;
    parts.push_back(text.substr(first, last - first));
    begin = end + 1;
  }
  return parts;
}

std::pair<std::string, std::string> cut_key(const std::string& path) {
  const size_t dot = path.find('.');
  return dot == std::string::npos ? std::pair{path, std::string()}
                                  : std::pair{path.substr(0, dot), path.substr(dot + 1)};
}

size_t read_index(const std::string& number, size_t size, const std::string& path) {
  size_t index = 0;
  if (!digits(Json(number), index) || index < 1 || index > size + 1)
    throw ConfigError(path, "has \"" + number + "\" for a number; there " +
                                (size == 1 ? "is 1" : "are " + std::to_string(size)) + ", so it needs 1 to " +
                                std::to_string(size + 1) + " (the last one appends)");
  return index - 1;
}

}  // namespace detail
}  // namespace tenfold
