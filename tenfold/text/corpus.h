#pragma once
// Where many texts come from, chunk by chunk, in memory that a corpus' size does not change.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/data/csv_reader.h"

namespace tenfold::text {

/// Some texts in a row. `keep` holds their bytes: a chunk may outlive the reading of others.
struct TextChunk {
  std::vector<std::string_view> texts;
  std::shared_ptr<const void> keep;
};

/// One reading of a corpus, from its first text to its last. It does not need the corpus any more.
class TextChunks {
 public:
  virtual ~TextChunks() = default;
  /// The next chunk; false at the end. Which texts are a chunk depends on the corpus alone. Throws what reading throws.
  virtual bool next(TextChunk& chunk) = 0;
};

class Corpus {
 public:
  virtual ~Corpus() = default;
  virtual std::unique_ptr<TextChunks> open() const = 0;
  /// Changes with the content: files are hashed.
  virtual std::string fingerprint() const = 0;
};

/// Column(s) of a CSV file, a text a row; several columns are one text as join_fields() joins them. Throws ConfigError
/// where the file has no such column, naming those it has.
std::unique_ptr<Corpus> csv_corpus(const std::filesystem::path& path, const std::vector<std::string>& columns,
                                   const CsvOptions& options = {});

/// What is a text of a text file: the whole of it (which is then in memory at once), or each line that is not empty.
enum class TextIs { file, line };
/// Text files in the order given.
std::unique_ptr<Corpus> file_corpus(const std::vector<std::filesystem::path>& paths, TextIs text_is);

/// Texts that are in memory, part after part; they must outlive it.
std::unique_ptr<Corpus> memory_corpus(std::vector<const std::vector<std::string>*> parts);

}  // namespace tenfold::text
