#include "tenfold/text/tagged_text.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/text/entities.h"

namespace tenfold::text {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSpace = " \t\r\f\v";

/// The lines of a text, without their ends.
template <class Each>
void for_each_line(std::string_view text, const Each& each) {
  long number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (!each(text.substr(0, end), ++number)) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string_view> columns_of(std::string_view line, std::string_view separators) {
  std::vector<std::string_view> columns;
  for (size_t begin = line.find_first_not_of(separators); begin != std::string_view::npos;) {
    const size_t end = std::min(line.find_first_of(separators, begin), line.size());
    columns.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(separators, end);
  }
  return columns;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(kSpace) == std::string_view::npos; }

/// word/tag, both with something in them.
bool is_slashed(std::string_view word) {
  const size_t slash = word.rfind('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < word.size();
}

bool is_slashed_line(std::string_view line) {
  const auto words = columns_of(line, kSpace);
  return line.find('\t', line.find_first_not_of(kSpace)) == std::string_view::npos && words.size() > 1 &&
         std::all_of(words.begin(), words.end(), is_slashed);
}

enum class Form { columns, slashed };

/// By the first lines that are not blank; nothing where they are neither.
std::optional<Form> form_of(std::string_view text) {
  constexpr int kLines = 3;
  int slashed = 0, columns = 0, seen = 0;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  for_each_line(text, [&](std::string_view line, long) {
    if (is_blank(line) || line.starts_with("-DOCSTART-")) return true;
    slashed += is_slashed_line(line);
    columns += columns_of(line, "\t\r").size() > 1;
    return ++seen < kLines;
  });
  if (seen > 0 && slashed == seen) return Form::slashed;
  if (seen > 0 && columns == seen) return Form::columns;
  return std::nullopt;
}

std::string brown_tag(std::string_view tag) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view mark : {"-hl", "-tl", "-nc"})
      if (tag.size() > mark.size() && tag.ends_with(mark)) tag.remove_suffix(mark.size()), again = true;
  }
  return std::string(tag);
}

TaggedSentence slashed_sentence(std::string_view line, const std::string& file, long number) {
  TaggedSentence sentence{.words = {}, .tags = {}, .file = file, .line = number};
  for (const auto word : columns_of(line, kSpace)) {
    if (!is_slashed(word))
      throw DataError(file, number, "has '" + std::string(word) + "'; needs word/tag, both not empty");
    const size_t slash = word.rfind('/');
    sentence.words.emplace_back(word.substr(0, slash));
    sentence.tags.push_back(brown_tag(word.substr(slash + 1)));
  }
  return sentence;
}

void read_slashed(std::string_view text, const std::string& file, std::vector<TaggedSentence>& sentences) {
  for_each_line(text, [&](std::string_view line, long number) {
    if (!is_blank(line)) sentences.push_back(slashed_sentence(line, file, number));
    return true;
  });
}

void read_columns(std::string_view text, const std::string& file, std::vector<TaggedSentence>& sentences) {
  TaggedSentence sentence{.words = {}, .tags = {}, .file = file};
  const auto end = [&] {
    if (!sentence.words.empty()) sentences.push_back(std::move(sentence));
    sentence = {.words = {}, .tags = {}, .file = file};
  };
  for_each_line(text, [&](std::string_view line, long number) {
    if (is_blank(line) || line.starts_with("-DOCSTART-")) {
      end();
      return true;
    }
    const bool tabs = line.find('\t') != std::string_view::npos;
    const auto columns = columns_of(line, tabs ? "\t\r" : kSpace);
    if (columns.size() < 2)
      throw DataError(file, number,
                      "has the token '" + std::string(columns.empty() ? "" : columns[0]) +
                          "' without a tag; needs token TAB tag, and an empty line between sentences");
    if (sentence.words.empty()) sentence.line = number;
    sentence.words.emplace_back(columns.front());
    sentence.tags.emplace_back(columns.back());
    return true;
  });
  end();
}

std::vector<fs::path> files_at(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void tell_odd_tags(TaggedFile& file) {
  int64_t odd = 0;
  const TaggedSentence* first = nullptr;
  for (const auto& sentence : file.sentences)
    for (size_t k = 0; k < sentence.tags.size(); ++k)
      if (begins_without_b(k > 0 ? sentence.tags[k - 1] : "O", sentence.tags[k])) {
        if (++odd == 1) first = &sentence;
      }
  if (odd > 0)
    file.told.push_back(std::to_string(odd) +
                        " tags I-… follow no B-… or I-… of their type (first in the sentence at " + first->file + ":" +
                        std::to_string(first->line) + "); they are read as beginnings");
}

}  // namespace

bool looks_tagged(const std::string& path) {
  for (const auto& file : files_at(path))
    if (form_of(read_file(file))) return true;
  return false;
}

TaggedFile read_tagged(const std::string& path) {
  TaggedFile all;
  const bool folder = fs::is_directory(path);
  for (const auto& file : files_at(path)) {
    const std::string text = read_file(file);
    auto form = form_of(text);
    if (!form && folder) continue;
    if (form == Form::slashed)
      read_slashed(text, file.string(), all.sentences);
    else
      read_columns(text, file.string(), all.sentences);
  }
  if (all.sentences.empty()) throw DataError(path, 0, "holds no tagged words; needs token TAB tag a line, or word/tag");
  bool marked = true, any = false;
  for (const auto& sentence : all.sentences) {
    const bool plain = std::all_of(sentence.tags.begin(), sentence.tags.end(), [](const auto& t) { return t == "O"; });
    any = any || !plain;
    marked = marked && (plain || mark_entities(sentence.tags));
  }
  if (marked && any) tell_odd_tags(all);
  return all;
}

std::string to_conll(const std::vector<TaggedSentence>& sentences) {
  std::string text;
  for (const auto& sentence : sentences) {
    for (size_t k = 0; k < sentence.words.size(); ++k) text += sentence.words[k] + "\t" + sentence.tags.at(k) + "\n";
    text += "\n";
  }
  return text;
}

}  // namespace tenfold::text
