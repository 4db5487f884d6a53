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

}  // namespace tenfold
