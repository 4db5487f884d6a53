#include "tenfold/core/inspection.h"

namespace tenfold {

Broken broken_by(const DataError& error) {
  const std::string place = error.path + (error.line > 0 ? ":" + std::to_string(error.line) : "");
  return {place, std::string(error.what()).substr(place.size() + 2)};
}

Json to_json(const std::vector<Broken>& broken) {
  Json out = Json::array();
  for (const auto& one : broken) out.push_back({{"path", one.path}, {"problem", one.problem}});
  return out;
}

std::string shell_word(const std::string& word) {
  if (word.find_first_of(" \t'\"\\$&|;<>()*?[]#~`!{}") == std::string::npos && !word.empty()) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string flags_between(const std::vector<Field>& usual, const std::vector<Field>& wanted,
                          const std::map<std::string, std::string>& names) {
  std::string out;
  for (size_t k = 0; k < wanted.size(); ++k) {
    if (k < usual.size() && usual[k].value == wanted[k].value) continue;
    const auto& path = wanted[k].path;
    const auto name = names.find(path);
    out += " --" + (name == names.end() ? path : name->second);
    const Json& value = wanted[k].value;
    out += value.is_boolean() ? (value.get<bool>() ? "" : "=no") : " " + shell_word(typed_value(value));
  }
  return out;
}

}  // namespace tenfold
