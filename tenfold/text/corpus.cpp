#include "tenfold/text/corpus.h"

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/text/word_tokenizer.h"

namespace tenfold::text {
namespace {

constexpr size_t chunk_bytes = 512 << 10;

class CsvChunks : public TextChunks {
 public:
  CsvChunks(const std::filesystem::path& path, const std::vector<std::string>& columns, const CsvOptions& options)
      : reader_(path, options) {
    for (const std::string& column : columns) {
      const auto found = std::find(reader_.columns().begin(), reader_.columns().end(), column);
      if (found == reader_.columns().end()) {
        std::string list;
        for (const std::string& one : reader_.columns()) list.append(list.empty() ? "" : ", ").append(one);
        throw ConfigError("text_col", "'" + column + "' is no column of " + path.string() + "; it has " + list);
      }
      columns_.push_back(static_cast<size_t>(found - reader_.columns().begin()));
    }
  }

  bool next(TextChunk& chunk) override {
    CsvBlock block;
    if (!reader_.next(block)) return false;
    chunk.texts.clear();
    if (columns_.size() == 1) {
      for (size_t row = 0; row < block.rows(); ++row) chunk.texts.push_back(block.at(row, columns_[0]));
      chunk.keep = block.keep();
      return true;
    }
    const auto joined = std::make_shared<std::vector<std::string>>();
    std::vector<std::string_view> fields(columns_.size());
    for (size_t row = 0; row < block.rows(); ++row) {
      for (size_t k = 0; k < columns_.size(); ++k) fields[k] = block.at(row, columns_[k]);
      joined->push_back(join_fields(fields));
    }
    chunk.texts.assign(joined->begin(), joined->end());
    chunk.keep = joined;
    return true;
  }

 private:
  CsvReader reader_;
  std::vector<size_t> columns_;
};

class CsvCorpus : public Corpus {
 public:
  CsvCorpus(std::filesystem::path path, std::vector<std::string> columns, const CsvOptions& options)
      : path_(std::move(path)), columns_(std::move(columns)), options_(options) {
    if (columns_.empty()) throw ConfigError("text_col", "is empty; name the column with the text");
    options_.block_bytes = std::max(options_.block_bytes, chunk_bytes);
    open();  // a missing column is said now
  }
  std::unique_ptr<TextChunks> open() const override { return std::make_unique<CsvChunks>(path_, columns_, options_); }
  std::string fingerprint() const override {
    ContentHash hash;
    hash.add("csv").add(content_hash(path_)).add_integer(options_.separator).add_integer(options_.quote);
    hash.add_integer(options_.header).add_integer(static_cast<int64_t>(options_.encoding));
    for (const std::string& column : columns_) hash.add(column);
    return hash.hex();
  }

 private:
  std::filesystem::path path_;
  std::vector<std::string> columns_;
  CsvOptions options_;
};

class WholeFiles : public TextChunks {
 public:
  explicit WholeFiles(std::vector<std::filesystem::path> paths) : paths_(std::move(paths)) {}

  bool next(TextChunk& chunk) override {
    const auto files = std::make_shared<std::vector<std::string>>();
    for (size_t bytes = 0; at_ < paths_.size() && bytes < chunk_bytes; bytes += files->back().size())
      files->push_back(read_file(paths_[at_++]));
    chunk.texts.assign(files->begin(), files->end());
    chunk.keep = files;
    return !files->empty();
  }

 private:
  std::vector<std::filesystem::path> paths_;
  size_t at_ = 0;
};

class Lines : public TextChunks {
 public:
  explicit Lines(std::vector<std::filesystem::path> paths) : paths_(std::move(paths)) {}

  bool next(TextChunk& chunk) override {
    const auto bytes = std::make_shared<std::string>(std::exchange(carried_, {}));
    while (bytes->size() < chunk_bytes || bytes->find('\n') == bytes->npos) {
      if (source_ == nullptr && at_ == paths_.size()) break;
      if (source_ == nullptr) source_ = std::make_unique<TextSource>(paths_[at_++]);
      const size_t before = bytes->size();
      bytes->resize(before + chunk_bytes);
      bytes->resize(before + source_->read(bytes->data() + before, chunk_bytes));
      if (bytes->size() > before) continue;
      source_.reset();
      if (!bytes->empty() && bytes->back() != '\n') bytes->push_back('\n');  // a file's last line ends with it
    }
    if (bytes->empty()) return false;
    const size_t whole = bytes->rfind('\n') + 1;
    carried_ = bytes->substr(whole);
    bytes->resize(whole);
    chunk.texts.clear();
    for (std::string_view rest = *bytes; !rest.empty();) {
      const size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) chunk.texts.push_back(line);
      rest.remove_prefix(end + 1);
    }
    chunk.keep = bytes;
    return true;
  }

 private:
  std::vector<std::filesystem::path> paths_;
  size_t at_ = 0;
  std::unique_ptr<TextSource> source_;
  std::string carried_;  ///< the beginning of a line whose end is not read yet
};

class FileCorpus : public Corpus {
 public:
  FileCorpus(std::vector<std::filesystem::path> paths, TextIs text_is) : paths_(std::move(paths)), text_is_(text_is) {}
  std::unique_ptr<TextChunks> open() const override {
    if (text_is_ == TextIs::file) return std::make_unique<WholeFiles>(paths_);
    return std::make_unique<Lines>(paths_);
  }
  std::string fingerprint() const override {
    ContentHash hash;
    hash.add(text_is_ == TextIs::file ? "files" : "lines");
    for (const auto& path : paths_) hash.add(content_hash(path));
    return hash.hex();
  }

 private:
  std::vector<std::filesystem::path> paths_;
  TextIs text_is_;
};

using Parts = std::vector<const std::vector<std::string>*>;

class MemoryChunks : public TextChunks {
 public:
  explicit MemoryChunks(Parts parts) : parts_(std::move(parts)) {}

  bool next(TextChunk& chunk) override {
    chunk.texts.clear();
    chunk.keep = nullptr;
    for (size_t bytes = 0; part_ < parts_.size() && bytes < chunk_bytes;) {
      if (at_ == parts_[part_]->size()) {
        ++part_;
        at_ = 0;
        continue;
      }
      chunk.texts.push_back((*parts_[part_])[at_++]);
      bytes += chunk.texts.back().size() + 1;
    }
    return !chunk.texts.empty();
  }

 private:
  Parts parts_;
  size_t part_ = 0, at_ = 0;
};

class MemoryCorpus : public Corpus {
 public:
  explicit MemoryCorpus(Parts parts) : parts_(std::move(parts)) {}
  std::unique_ptr<TextChunks> open() const override { return std::make_unique<MemoryChunks>(parts_); }
  std::string fingerprint() const override {
    ContentHash hash;
    hash.add("memory");
    for (const auto* part : parts_)
      for (const std::string& text : *part) hash.add(text);
    return hash.hex();
  }

 private:
  Parts parts_;
};

}  // namespace

std::unique_ptr<Corpus> memory_corpus(Parts parts) { return std::make_unique<MemoryCorpus>(std::move(parts)); }

std::unique_ptr<Corpus> csv_corpus(const std::filesystem::path& path, const std::vector<std::string>& columns,
                                   const CsvOptions& options) {
  return std::make_unique<CsvCorpus>(path, columns, options);
}

std::unique_ptr<Corpus> file_corpus(const std::vector<std::filesystem::path>& paths, TextIs text_is) {
  return std::make_unique<FileCorpus>(paths, text_is);
}

}  // namespace tenfold::text
