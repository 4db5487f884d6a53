// The file: blocks, then their table, then a footer. A block is uint32 offsets [documents + 1], counted in tokens from
// the block's first, then the ids, filled up to 8 bytes. Little-endian. Everything is appended, so it is written in one
// go.

#include "tenfold/text/token_store.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/lender.h"
#include "tenfold/core/threads.h"
#include "tenfold/text/chunk_work.h"
#include "tenfold/text/numbered_chunks.h"
#include "tenfold/text/token_counting.h"

namespace tenfold::text {
namespace {

constexpr std::array<char, 8> magic = {'t', 'o', 'k', 'e', 'n', 's', '0', '1'};

struct Footer {
  uint64_t table = 0, blocks = 0, documents = 0, tokens = 0, replaced = 0, width = 0, checksum = 0;
  std::array<char, 8> name = magic;
};
/// Of the table and the numbers above it: a footer that somebody made up is no footer.
uint64_t checksum_of(const Footer& footer, std::span<const std::byte> table) {
  ContentHash hash;
  hash.add(table);
  for (const uint64_t number :
       {footer.table, footer.blocks, footer.documents, footer.tokens, footer.replaced, footer.width})
    hash.add_integer(static_cast<int64_t>(number));
  const std::string hex = hash.hex();
  return checksum(std::as_bytes(std::span(hex)));
}

/// A chunk's block as it goes to the file.
struct Encoded {
  std::vector<uint32_t> ends;  ///< 0, then where each document ends
  std::string ids;
  uint64_t documents = 0;
};

template <class Id>
void append_ids(const std::vector<int32_t>& ids, std::string& to) {
  const size_t before = to.size();
  to.resize(before + ids.size() * sizeof(Id));
  for (size_t k = 0; k < ids.size(); ++k) {
    const auto id = static_cast<Id>(ids[k]);
    std::memcpy(to.data() + before + k * sizeof(Id), &id, sizeof(Id));
  }
}

/// Writes blocks as they come, then their table and the footer.
class StoreWriter {
 public:
  StoreWriter(const std::filesystem::path& path, const Vocab& vocab) : file_(path) {
    footer_.width = vocab.size() <= (1 << 16) ? 2 : 4;
  }
  void append(const std::vector<int32_t>& ids, Encoded& to) const {
    footer_.width == 2 ? append_ids<uint16_t>(ids, to.ids) : append_ids<int32_t>(ids, to.ids);
  }
  void write(Encoded& block) {
    table_.insert(table_.end(), {footer_.table, footer_.documents});
    footer_.documents += block.documents;
    footer_.tokens += block.ends.back();
    block.ids.resize(block.ids.size() + (8 - (block.ends.size() * 4 + block.ids.size()) % 8) % 8);
    file_.write(std::as_bytes(std::span(block.ends)));
    file_.write(block.ids);
    footer_.table += block.ends.size() * 4 + block.ids.size();
  }
  void finish(int64_t replaced) {
    footer_.replaced = static_cast<uint64_t>(replaced);
    footer_.blocks = table_.size() / 2;
    footer_.checksum = checksum_of(footer_, std::as_bytes(std::span(table_)));
    file_.write(std::as_bytes(std::span(table_)));
    file_.write(std::as_bytes(std::span(&footer_, 1)));
    file_.commit();
  }

 private:
  AtomicFile file_;
  Footer footer_;
  std::vector<uint64_t> table_;
};

struct EncodingThread {
  std::unique_ptr<Encoder> encoder;
  std::vector<int32_t> ids;

  void encode(const TextChunk& chunk, const StoreWriter& writer, Encoded& to) {
    to.ends.assign(1, 0);
    to.ids.clear();
    to.documents = chunk.texts.size();
    for (const std::string_view text : chunk.texts) {
      ids.clear();
      encoder->append(text, ids);
      writer.append(ids, to);
      to.ends.push_back(to.ends.back() + static_cast<uint32_t>(ids.size()));
    }
  }
};

void write_store(const std::filesystem::path& path, const Corpus& corpus, const Tokenizer& tokenizer,
                 const Vocab& vocab, int threads) {
  StoreWriter writer(path, vocab);
  std::vector<Encoded> encoded(chunks_at_once(threads));
  Lender<EncodingThread> lender;
  const auto make = [&] {
    return std::make_unique<EncodingThread>(EncodingThread{.encoder = tokenizer.encoder(vocab), .ids = {}});
  };
  for_each_chunk(
      corpus, threads,
      [&](const TextChunk& chunk, int64_t, size_t slot) {
        lender.with_one(make, [&](EncodingThread& one) { one.encode(chunk, writer, encoded[slot]); });
      },
      [&](size_t count) {
        for (size_t slot = 0; slot < count; ++slot) writer.write(encoded[slot]);
      });
  int64_t replaced = 0;
  for (const auto& one : lender.all()) replaced += one->encoder->replaced();
  writer.finish(replaced);
}

/// The same, from what the counting of the corpus kept.
void write_store(const std::filesystem::path& path, NumberedChunks& chunks, const CountedCorpus& counted,
                 const Vocab& vocab, int threads) {
  std::vector<int32_t> ids_of_counts(static_cast<size_t>(counted.counts.size()));
  for (int32_t k = 0; k < counted.counts.size(); ++k)
    ids_of_counts[static_cast<size_t>(k)] = vocab.id(counted.counts.token(k));
  StoreWriter writer(path, vocab);
  ThreadPool pool(std::max(threads, 1));
  std::vector<NumberedChunk> read(chunks_at_once(threads));
  std::vector<Encoded> encoded(read.size());
  for (size_t count = read.size(); count == read.size();) {
    for (count = 0; count < read.size() && chunks.next(read[count]);) ++count;
    pool.parallel_for(static_cast<int64_t>(count), [&](int64_t k) {
      const NumberedChunk& chunk = read[static_cast<size_t>(k)];
      const auto& numbers = counted.numbers[static_cast<size_t>(chunk.thread)];
      std::vector<int32_t> ids;
      ids.reserve(chunk.ends.back());
      for_numbers(chunk.numbers,
                  [&](uint32_t number) { ids.push_back(ids_of_counts[static_cast<size_t>(numbers[number])]); });
      Encoded& to = encoded[static_cast<size_t>(k)];
      to.ends = chunk.ends;
      to.documents = chunk.ends.size() - 1;
      to.ids.clear();
      writer.append(ids, to);
    });
    for (size_t k = 0; k < count; ++k) writer.write(encoded[k]);
  }
  writer.finish(counted.replaced);
}

std::string key_of(const Corpus& corpus, const Tokenizer& tokenizer, std::string_view what) {
  return ContentHash().add(corpus.fingerprint()).add(tokenizer.fingerprint()).add(what).hex();
}

std::filesystem::path vocab_path(const Corpus& corpus, const Tokenizer& tokenizer, const VocabOptions& vocab,
                                 const StoreOptions& options) {
  ContentHash made_with;
  made_with.add("vocabulary 1").add_integer(vocab.min_freq).add_integer(vocab.max_vocab);
  made_with.add_integer(static_cast<int64_t>(vocab.filler));
  for (const std::string& special : vocab.specials) made_with.add(special);
  return options.folder / (key_of(corpus, tokenizer, made_with.hex()) + ".vocab.json");
}

std::filesystem::path tokens_path(const Corpus& corpus, const Tokenizer& tokenizer, const Vocab& vocab,
                                  const StoreOptions& options) {
  return options.folder / (key_of(corpus, tokenizer, "tokens 1 " + vocab.fingerprint()) + ".tokens");
}

}  // namespace

void TokenSpan::copy_to(int64_t* to, size_t first, size_t count) const {
  const size_t end = std::min(size_, first + count);
  for (size_t k = first; k < end; ++k) *to++ = (*this)[k];
}

std::vector<int32_t> TokenSpan::vector() const {
  std::vector<int32_t> ids(size_);
  for (size_t k = 0; k < size_; ++k) ids[k] = (*this)[k];
  return ids;
}

TokenStore::TokenStore(const std::filesystem::path& path) : file_(std::make_shared<const MappedFile>(path)) {
  const auto bytes = file_->bytes();
  const auto wrong = [&] {
    return DataError(path.string(), 0, "is no whole store of tokens; remove it, and it is made again from the texts");
  };
  Footer footer;
  if (bytes.size() < sizeof(Footer)) throw wrong();
  const size_t end = bytes.size() - sizeof(Footer);
  std::memcpy(&footer, bytes.data() + end, sizeof(Footer));
  if (footer.name != magic || footer.table > end || (end - footer.table) / sizeof(Block) != footer.blocks ||
      footer.checksum != checksum_of(footer, bytes.subspan(footer.table, end - footer.table)))
    throw wrong();
  blocks_ = {reinterpret_cast<const Block*>(bytes.data() + footer.table), footer.blocks};  // 8-byte aligned, as written
  documents_ = static_cast<int64_t>(footer.documents);
  tokens_ = static_cast<int64_t>(footer.tokens);
  replaced_ = static_cast<int64_t>(footer.replaced);
  width_ = footer.width;
}

TokenSpan TokenStore::ids(int64_t document) const {
  const auto number = static_cast<uint64_t>(document);
  const auto behind = std::upper_bound(blocks_.begin(), blocks_.end(), number,
                                       [](uint64_t value, const Block& block) { return value < block.document; });
  const Block& block = *(behind - 1);
  const uint64_t count =
      (behind == blocks_.end() ? static_cast<uint64_t>(documents_) : behind->document) - block.document;
  const std::byte* at = file_->bytes().data() + block.offset;
  uint32_t range[2];
  std::memcpy(range, at + (number - block.document) * 4, sizeof(range));
  return {at + (count + 1) * 4 + range[0] * width_, range[1] - range[0], width_};
}

TokenCounts count_tokens(const Corpus& corpus, const Tokenizer& tokenizer, int threads) {
  return counted_corpus(corpus, tokenizer, threads).counts;
}

Vocab stored_vocab(const Corpus& corpus, const Tokenizer& tokenizer, const VocabOptions& vocab,
                   const StoreOptions& options) {
  const auto path = vocab_path(corpus, tokenizer, vocab, options);
  if (std::filesystem::exists(path)) return Vocab::load(path);
  const Vocab made = Vocab::of(count_tokens(corpus, tokenizer, options.threads), vocab);
  std::filesystem::create_directories(options.folder);
  made.save(path);
  return made;
}

TokenStore stored_tokens(const Corpus& corpus, const Tokenizer& tokenizer, const Vocab& vocab,
                         const StoreOptions& options) {
  const auto path = tokens_path(corpus, tokenizer, vocab, options);
  if (!std::filesystem::exists(path)) {
    std::filesystem::create_directories(options.folder);
    write_store(path, corpus, tokenizer, vocab, options.threads);
  }
  return TokenStore(path);
}

StoredCorpus stored_corpus(const Corpus& corpus, const Tokenizer& tokenizer, const VocabOptions& vocab,
                           const StoreOptions& options) {
  const auto path = vocab_path(corpus, tokenizer, vocab, options);
  if (std::filesystem::exists(path)) {
    const Vocab known = Vocab::load(path);
    return {known, stored_tokens(corpus, tokenizer, known, options)};
  }
  std::filesystem::create_directories(options.folder);
  NumberedChunks chunks(options.folder);
  const auto counted =
      counted_corpus(corpus, tokenizer, options.threads, [&](const NumberedChunk& chunk) { chunks.write(chunk); });
  const Vocab made = Vocab::of(counted.counts, vocab);
  made.save(path);
  const auto tokens = tokens_path(corpus, tokenizer, made, options);
  if (!std::filesystem::exists(tokens)) write_store(tokens, chunks, counted, made, options.threads);
  return {made, TokenStore(tokens)};
}

}  // namespace tenfold::text
