#include "tenfold/data/write_csv.h"

#include <functional>
#include <string_view>

#include "tenfold/core/file.h"

namespace tenfold {
namespace {

constexpr size_t kPiece = 1 << 20;

/// Quotes what stands in `out` from `begin` on, where it needs them.
void quote_from(std::string& out, size_t begin, char separator) {
  const std::string_view field = std::string_view(out).substr(begin);
  const char marks[] = {separator, '"', '\n', '\r'};
  const bool mark = field.starts_with("\xEF\xBB\xBF");  // at the file's beginning it would be dropped
  if (!mark && field.find_first_of(std::string_view(marks, sizeof marks)) == std::string_view::npos) return;
  std::string quoted = "\"";
  for (const char byte : field) {
    if (byte == '"') quoted += '"';
    quoted += byte;
  }
  out.replace(begin, out.size() - begin, quoted + '"');
}

void write(const Frame& frame, const CsvWriteOptions& options, const std::function<void(std::string_view)>& sink) {
  std::string out;
  const auto end_field = [&](size_t begin, size_t column) {
    quote_from(out, begin, options.separator);
    // An empty field that is a line of its own would be no row.
    if (out.size() == begin && frame.columns() == 1) out += "\"\"";
    out += column + 1 < frame.columns() ? options.separator : '\n';
  };
  for (size_t column = 0; column < frame.columns(); ++column) {
    const size_t begin = out.size();
    out += frame.names()[column];
    end_field(begin, column);
  }
  for (size_t row = 0; row < frame.rows(); ++row) {
    for (size_t column = 0; column < frame.columns(); ++column) {
      const size_t begin = out.size();
      if (!frame.column(column).append_to(out, row)) out += options.null;
      end_field(begin, column);
    }
    if (out.size() >= kPiece) {
      sink(out);
      out.clear();
    }
  }
  sink(out);
}

}  // namespace

void write_csv(const Frame& frame, const std::filesystem::path& path, const CsvWriteOptions& options) {
  AtomicFile file(path);
  write(frame, options, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

std::string csv_field(std::string text, char separator) {
  quote_from(text, 0, separator);
  return text;
}

void append_csv_field(std::string& out, std::string_view text, char separator) {
  const size_t begin = out.size();
  out += text;
  quote_from(out, begin, separator);
}

std::string to_csv(const Frame& frame, const CsvWriteOptions& options) {
  std::string out;
  write(frame, options, [&](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace tenfold
