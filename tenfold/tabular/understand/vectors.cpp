#include "tenfold/tabular/understand/vectors.h"

#include <torch/types.h>

#include <charconv>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/train/embedding.h"

namespace tenfold::tabular {
namespace {

void check(const Category& category, const at::Tensor& vectors) {
  if (vectors.dim() == 2 && vectors.size(0) == cardinality(category)) return;
  throw Error("'" + category.name + "' has " + std::to_string(cardinality(category)) + " codes, but its vectors are " +
              std::to_string(vectors.dim() == 2 ? vectors.size(0) : 0) + " rows; give the table of that category");
}

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

void append(std::string& out, float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

}  // namespace

std::vector<LevelPlace> places_of(const Category& category, const at::Tensor& vectors) {
  check(category, vectors);
  const at::NoGradGuard no_grad;
  std::vector<LevelPlace> out;
  const int64_t levels = vectors.size(0) - 1;
  if (levels < 1) return out;
  const auto places = principal_components(vectors.narrow(0, 1, levels).to(at::kFloat), 2).contiguous();
  const int64_t columns = places.size(1);
  const auto* at = places.const_data_ptr<double>();
  for (int64_t k = 0; k < levels; ++k)
    out.push_back(
        {.level = level_name(category, k + 1), .x = at[k * columns], .y = columns > 1 ? at[k * columns + 1] : 0});
  return out;
}

void write_vectors(const std::filesystem::path& path, const Category& category, const at::Tensor& vectors) {
  check(category, vectors);
  const auto table = vectors.detach().to(at::kFloat).contiguous();
  const auto* at = table.const_data_ptr<float>();
  const int64_t width = table.size(1);
  std::string out = "level";
  for (int64_t k = 1; k <= width; ++k) out += ",v" + std::to_string(k);
  out += "\n";
  for (int64_t code = 0; code < table.size(0); ++code) {
    out += cell(level_name(category, code));
    for (int64_t k = 0; k < width; ++k) {
      out += ',';
      append(out, at[code * width + k]);
    }
    out += "\n";
  }
  write_file(path, out);
}

}  // namespace tenfold::tabular
