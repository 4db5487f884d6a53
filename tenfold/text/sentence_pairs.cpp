#include "tenfold/text/sentence_pairs.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/data/csv.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

namespace fs = std::filesystem;

/// Keeps a pair that has both sides; says which is missing.
void take(SentencePairs& pairs, std::string source, std::string target, const std::string& source_name,
          const std::string& target_name) {
  const bool no_source = is_blank(source), no_target = is_blank(target);
  if (no_source && no_target) return;
  if (no_source || no_target) {
    const auto& [empty, full] = no_source ? std::pair(source_name, target_name) : std::pair(target_name, source_name);
    pairs.left_out.push_back(empty + ": is empty, and " + full + " is not");
    return;
  }
  pairs.source.push_back(std::move(source));
  pairs.target.push_back(std::move(target));
  pairs.names.push_back(source_name);
}

/// Names of a folder's pairs of files, before their ending.
std::vector<std::string> stems(const fs::path& folder, const std::string& source, const std::string& target) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto& path = entry.path();
    if (path.extension() == "." + source && fs::exists(folder / (path.stem().string() + "." + target)))
      found.insert(path.stem().string());
  }
  return {found.begin(), found.end()};
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all.empty() ? "none" : all;
}

/// The pair of files for a split: the one asked for, else the first known name; "" where there is none.
std::string stem_of(const std::vector<std::string>& found, const std::string& asked,
                    const std::vector<std::string>& usual, const std::string& option) {
  const auto is_there = [&](const std::string& name) {
    return std::find(found.begin(), found.end(), name) != found.end();
  };
  if (!asked.empty()) {
    if (is_there(asked)) return asked;
    throw ConfigError(option, "is \"" + asked + "\", and the folder has pairs of files of these names: " +
                                  listed(found) + "; give one of them");
  }
  for (const auto& name : usual)
    if (is_there(name)) return name;
  for (const auto& name : found)
    if (name.starts_with(usual.front())) return name;
  return "";
}

PairSplits read_folder(const PairOptions& o) {
  const fs::path folder = o.path;
  const auto found = stems(folder, o.source, o.target);
  const auto read = [&](const std::string& stem) {
    if (stem.empty()) return SentencePairs{};
    return read_aligned((folder / (stem + "." + o.source)).string(), (folder / (stem + "." + o.target)).string());
  };
  const auto train = stem_of(found, "", {"train"}, "translation.path");
  if (train.empty())
    throw ConfigError("translation.path", "is " + o.path + ", which has no train." + o.source + " beside a train." +
                                              o.target + " (pairs of files there: " + listed(found) +
                                              "); set translation.source and translation.target to the files' endings");
  return {read(train), read(stem_of(found, o.valid, {"valid", "val", "dev"}, "translation.valid")),
          read(stem_of(found, o.test, {"test"}, "translation.test"))};
}

PairSplits read_tables(const PairOptions& o) {
  const auto read = [&](const std::string& path) {
    return path.empty() ? SentencePairs{} : read_pairs(path, o.source, o.target);
  };
  return {read(o.path), read(o.valid), read(o.test)};
}

}  // namespace

std::vector<std::string> read_lines(const std::string& path) {
  const auto text = read_file(path);
  std::vector<std::string> lines;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const size_t length = end - from - (end > from && text[end - 1] == '\r' ? 1 : 0);
    lines.push_back(text.substr(from, length));
    from = end + 1;
  }
  return lines;
}

bool is_blank(std::string_view line) {
  std::string scratch;
  int64_t replaced = 0;
  const auto text = valid_utf8(line, scratch, replaced);
  for (size_t at = 0; at < text.size();)
    if (!has(next_character(text, at), space)) return false;
  return true;
}

SentencePairs read_aligned(const std::string& source, const std::string& target) {
  auto from = read_lines(source), to = read_lines(target);
  if (from.size() != to.size())
    throw DataError(source, 0,
                    "has " + std::to_string(from.size()) + " lines, and " + target + " has " +
                        std::to_string(to.size()) + "; line k of one must be the translation of line k of the other");
  SentencePairs pairs;
  const auto name = [](const std::string& path, size_t line) {
    return fs::path(path).filename().string() + ":" + std::to_string(line + 1);
  };
  for (size_t k = 0; k < from.size(); ++k)
    take(pairs, std::move(from[k]), std::move(to[k]), name(source, k), name(target, k));
  if (pairs.size() == 0) throw DataError(source, 0, "has no sentence that " + target + " translates");
  return pairs;
}

SentencePairs read_pairs(const std::string& csv, const std::string& source, const std::string& target) {
  auto table = read_csv(csv);
  auto &from = table.cells[table.column(source)], &to = table.cells[table.column(target)];
  SentencePairs pairs;
  const auto name = fs::path(csv).filename().string();
  for (size_t k = 0; k < table.rows(); ++k) {
    const auto line = name + ":" + std::to_string(table.lines[k]);
    take(pairs, std::move(from[k]), std::move(to[k]), line, line + ", " + target + ",");
  }
  if (pairs.size() == 0) throw DataError(csv, 0, "has no row with both " + source + " and " + target);
  return pairs;
}

PairSplits read_pair_splits(const PairOptions& options) {
  return fs::is_directory(options.path) ? read_folder(options) : read_tables(options);
}

SentencePairs read_other_pairs(const std::string& path, const PairOptions& o) {
  const auto read = [&](const fs::path& stem) {
    return read_aligned(stem.string() + "." + o.source, stem.string() + "." + o.target);
  };
  if (fs::is_directory(path)) {
    const auto found = stems(path, o.source, o.target);
    const auto stem = found.size() == 1 ? found.front() : stem_of(found, "", {"test"}, "");
    if (!stem.empty()) return read(fs::path(path) / stem);
    throw ConfigError("--data", "is " + path + ", which has no test." + o.source + " beside a test." + o.target +
                                    " (pairs of files there: " + listed(found) +
                                    "); name two files by their common part, " + path + "/NAME");
  }
  if (fs::is_regular_file(path)) return read_pairs(path, o.source, o.target);
  if (fs::exists(path + "." + o.source)) return read(path);
  throw ConfigError("--data", "is " + path + ", which is no folder, no CSV, and not the common part of two files' " +
                                  "names (there is no " + path + "." + o.source + ")");
}

std::string in_small_letters(std::string_view sentence) {
  std::string scratch, lower;
  int64_t replaced = 0;
  append_lower(valid_utf8(sentence, scratch, replaced), lower);
  return lower;
}

SentencePairs in_small_letters(SentencePairs pairs) {
  for (auto* side : {&pairs.source, &pairs.target})
    for (auto& sentence : *side) sentence = in_small_letters(std::string_view(sentence));
  return pairs;
}

}  // namespace tenfold::text
