#pragma once
// A corpus as ids on disk: tokenised once by all threads, in memory that its size does not change, and mapped for
// reading.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenfold/core/file.h"
#include "tenfold/text/corpus.h"
#include "tenfold/text/tokenizer.h"
#include "tenfold/text/vocab.h"

namespace tenfold::text {

/// The ids of one document where they are stored, two or four bytes each.
class TokenSpan {
 public:
  TokenSpan(const std::byte* data, size_t size, size_t width) : data_(data), size_(size), width_(width) {}
  size_t size() const { return size_; }
  int32_t operator[](size_t k) const {
    if (width_ == 2) return load<uint16_t>(k);
    return load<int32_t>(k);
  }
  /// Writes size() ids, or those from `first` on, at most `count`.
  void copy_to(int64_t* to, size_t first, size_t count) const;
  void copy_to(int64_t* to) const { copy_to(to, 0, size_); }
  std::vector<int32_t> vector() const;

 private:
  template <class Id>
  Id load(size_t k) const {
    Id id;
    std::memcpy(&id, data_ + k * sizeof(Id), sizeof(Id));
    return id;
  }
  const std::byte* data_;
  size_t size_, width_;
};

/// A stored corpus. Thread-safe; the file is mapped, so its pages come and go as they are read.
class TokenStore {
 public:
  /// Throws FileError, DataError where the file is none of these or was cut off.
  explicit TokenStore(const std::filesystem::path& path);

  int64_t documents() const { return documents_; }
  int64_t tokens() const { return tokens_; }
  /// Wrong UTF-8 sequences that became U+FFFD.
  int64_t replaced() const { return replaced_; }
  /// 0 <= document < documents().
  TokenSpan ids(int64_t document) const;
  const std::filesystem::path& path() const { return file_->path(); }

 private:
  struct Block {
    uint64_t offset = 0;    ///< in the file
    uint64_t document = 0;  ///< the first in it
  };
  std::shared_ptr<const MappedFile> file_;
  std::span<const Block> blocks_;
  int64_t documents_ = 0, tokens_ = 0, replaced_ = 0;
  size_t width_ = 0;
};

struct StoreOptions {
  std::filesystem::path folder;  ///< where stored tokens and vocabularies are kept, by hash of what made them
  int threads = 2;               ///< the same ids for any number of them
};

/// How often each token of the corpus comes, in the order in which one thread would see them.
TokenCounts count_tokens(const Corpus& corpus, const Tokenizer& tokenizer, int threads);

/// Vocab::of(count_tokens(…)), kept in the folder.
Vocab stored_vocab(const Corpus& corpus, const Tokenizer& tokenizer, const VocabOptions& vocab,
                   const StoreOptions& options);

/// The corpus' ids: those in the folder if it was stored before (same content, tokeniser and vocabulary), else made now
/// and written whole or not at all. Throws what reading and writing throw.
TokenStore stored_tokens(const Corpus& corpus, const Tokenizer& tokenizer, const Vocab& vocab,
                         const StoreOptions& options);

/// Both, in one reading of the corpus that cuts each text once: half the time where neither is stored.
struct StoredCorpus {
  Vocab vocab;
  TokenStore tokens;
};
StoredCorpus stored_corpus(const Corpus& corpus, const Tokenizer& tokenizer, const VocabOptions& vocab,
                           const StoreOptions& options);

}  // namespace tenfold::text
