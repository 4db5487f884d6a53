#include "tenfold/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace tenfold::cli {
namespace {

constexpr int kNarrowest = 40, kWidest = 120;  // beyond it lines are hard to read

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Words of one paragraph, filled.
void fill(std::string& out, const std::string& paragraph, int width, const std::string& margin) {
  int used = 0;
  for (size_t at = 0; at < paragraph.size();) {
    const size_t begin = paragraph.find_first_not_of(' ', at);
    if (begin == std::string::npos) break;
    const size_t end = std::min(paragraph.find(' ', begin), paragraph.size());
    const std::string word = paragraph.substr(begin, end - begin);
    const int length = columns(word);
    if (used > 0 && static_cast<int>(margin.size()) + used + 1 + length > width) {
      out += '\n';
      used = 0;
    }
    out += used > 0 ? " " : margin;
    out += word;
    used += length + (used > 0 ? 1 : 0);
    at = end;
  }
  if (used > 0) out += '\n';
}

}  // namespace

Terminal terminal(int descriptor) {
  Terminal found;
  const char* kind = std::getenv("TERM");
  const bool dumb = !kind || std::string_view(kind) == "dumb";
  if (isatty(descriptor)) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) found.width = size.ws_col;
    found.live = !dumb;
    found.colour = !dumb && !is_set("NO_COLOR");
  }
  if (is_set("COLUMNS")) {
    const int asked = std::atoi(std::getenv("COLUMNS"));
    if (asked > 0) found.width = asked;
  }
  found.width = std::clamp(found.width, kNarrowest, kWidest);
  return found;
}

std::string bold(const std::string& text, const Terminal& terminal) {
  return terminal.colour ? "\033[1m" + text + "\033[0m" : text;
}

std::string red(const std::string& text, const Terminal& terminal) {
  return terminal.colour ? "\033[1;31m" + text + "\033[0m" : text;
}

int columns(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

std::string wrap(std::string_view text, int width, int indent) {
  const std::string margin(static_cast<size_t>(indent), ' ');
  std::string out, paragraph;
  for (const auto& line : lines_of(text)) {
    const bool example = line.rfind("  ", 0) == 0;
    if (!line.empty() && !example) {
      paragraph += line + " ";
      continue;
    }
    fill(out, paragraph, width, margin);
    paragraph.clear();
    out += (example ? margin + line : "") + "\n";
  }
  fill(out, paragraph, width, margin);
  return out;
}

std::string table(const std::vector<std::vector<std::string>>& rows, const Terminal& terminal) {
  std::vector<int> widths;
  for (const auto& row : rows)
    for (size_t k = 0; k < row.size(); ++k) {
      if (k == widths.size()) widths.push_back(0);
      widths[k] = std::max(widths[k], columns(row[k]));
    }
  std::string out;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (size_t k = 0; k < rows[r].size(); ++k) {
      line += rows[r][k];
      if (k + 1 < rows[r].size()) line += std::string(static_cast<size_t>(widths[k] - columns(rows[r][k]) + 2), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += (r == 0 ? bold(line, terminal) : line) + "\n";
  }
  return out;
}

std::string duration(double seconds) {
  const long whole = std::lround(std::max(seconds, 0.0));
  char text[48];
  if (whole >= 3600)
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  return text;
}

std::string number(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

}  // namespace tenfold::cli
