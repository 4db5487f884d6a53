// The file: blocks, then their table, then a footer. A block is uint32 offsets [documents + 1], counted in tokens from
// the block's first, then the ids, filled up to 8 bytes. Little-endian. Everything is appended, so it is written in one
// go.

#include "tenfold/text/token_store.h"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <numeric>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/threads.h"

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

/// Encoders are made once a thread and lent for a chunk, so that they keep the words they know.
template <class Lent>
class Lender {
 public:
  template <class Make, class Use>
  void with_one(const Make& make, const Use& use) {
    std::unique_ptr<Lent> one;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        one = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (one == nullptr) one = make();
    use(*one);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(one));
  }
  std::vector<std::unique_ptr<Lent>>& all() { return free_; }  ///< when none is lent

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lent>> free_;
};

/// Reads a few chunks for each thread at a time, lets `work(chunk, number, slot)` see each, then calls `done(slots)`.
template <class Work, class Done>
void for_each_chunk(const Corpus& corpus, int threads, const Work& work, const Done& done) {
  ThreadPool pool(std::max(threads, 1));
  std::vector<TextChunk> chunks(static_cast<size_t>(std::max(threads, 1)) * 4);
  const auto texts = corpus.open();
  for (int64_t number = 0;;) {
    size_t read = 0;
    while (read < chunks.size() && texts->next(chunks[read])) ++read;
    pool.parallel_for(static_cast<int64_t>(read),
                      [&](int64_t k) { work(chunks[static_cast<size_t>(k)], number + k, static_cast<size_t>(k)); });
    done(read);
    number += static_cast<int64_t>(read);
    if (read < chunks.size()) return;
  }
}

/// What one thread counted, with where it saw each token first: (chunk, place among the chunk's first sights).
struct Tally {
  TokenCounts counts;
  std::vector<std::pair<int64_t, int64_t>> first;
  std::unique_ptr<Encoder> encoder;
  std::vector<int32_t> ids;

  void count(const TextChunk& chunk, int64_t number) {
    int64_t order = 0;
    for (const std::string_view text : chunk.texts) {
      ids.clear();
      encoder->append(text, ids);
      first.resize(static_cast<size_t>(counts.size()), {std::numeric_limits<int64_t>::max(), 0});
      for (const int32_t id : ids) {
        if (counts.times(id) == 0) first[static_cast<size_t>(id)] = {number, order++};
        counts.count(id);
      }
    }
  }
};

/// All tallies as one, in order of first sight.
TokenCounts together(std::vector<std::unique_ptr<Tally>>& tallies) {
  if (tallies.empty()) return {};
  Tally& sum = *tallies.front();
  for (size_t k = 1; k < tallies.size(); ++k) {
    for (int32_t id = 0; id < tallies[k]->counts.size(); ++id) {
      const int32_t own = sum.counts.number(tallies[k]->counts.token(id));
      sum.first.resize(static_cast<size_t>(sum.counts.size()), {std::numeric_limits<int64_t>::max(), 0});
      sum.counts.count(own, tallies[k]->counts.times(id));
      sum.first[static_cast<size_t>(own)] =
          std::min(sum.first[static_cast<size_t>(own)], tallies[k]->first[static_cast<size_t>(id)]);
    }
    tallies[k].reset();
  }
  std::vector<int32_t> order(static_cast<size_t>(sum.counts.size()));
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](int32_t id) { return sum.counts.times(id) == 0; });  // cut, and put together again otherwise
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return sum.first[static_cast<size_t>(a)] < sum.first[static_cast<size_t>(b)];
  });
  TokenCounts counts;
  for (const int32_t id : order) counts.count(counts.number(sum.counts.token(id)), sum.counts.times(id));
  return counts;
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

struct EncodingThread {
  std::unique_ptr<Encoder> encoder;
  std::vector<int32_t> ids;

  void encode(const TextChunk& chunk, size_t width, Encoded& to) {
    to.ends.assign(1, 0);
    to.ids.clear();
    to.documents = chunk.texts.size();
    for (const std::string_view text : chunk.texts) {
      ids.clear();
      encoder->append(text, ids);
      if (width == 2)
        append_ids<uint16_t>(ids, to.ids);
      else
        append_ids<int32_t>(ids, to.ids);
      to.ends.push_back(to.ends.back() + static_cast<uint32_t>(ids.size()));
    }
  }
};

std::string key_of(const Corpus& corpus, const Tokenizer& tokenizer, std::string_view what) {
  return ContentHash().add(corpus.fingerprint()).add(tokenizer.fingerprint()).add(what).hex();
}

void write_store(const std::filesystem::path& path, const Corpus& corpus, const Tokenizer& tokenizer,
                 const Vocab& vocab, int threads) {
  AtomicFile file(path);
  Footer footer;
  footer.width = vocab.size() <= (1 << 16) ? 2 : 4;
  std::vector<uint64_t> table;
  std::vector<Encoded> encoded(static_cast<size_t>(std::max(threads, 1)) * 4);
  Lender<EncodingThread> lender;
  const auto make = [&] {
    return std::make_unique<EncodingThread>(EncodingThread{.encoder = tokenizer.encoder(vocab), .ids = {}});
  };
  for_each_chunk(
      corpus, threads,
      [&](const TextChunk& chunk, int64_t, size_t slot) {
        lender.with_one(make, [&](EncodingThread& one) { one.encode(chunk, footer.width, encoded[slot]); });
      },
      [&](size_t count) {
        for (size_t slot = 0; slot < count; ++slot) {
          Encoded& block = encoded[slot];
          table.insert(table.end(), {footer.table, footer.documents});
          footer.documents += block.documents;
          footer.tokens += block.ends.back();
          block.ids.resize(block.ids.size() + (8 - (block.ends.size() * 4 + block.ids.size()) % 8) % 8);
          file.write(std::as_bytes(std::span(block.ends)));
          file.write(block.ids);
          footer.table += block.ends.size() * 4 + block.ids.size();
        }
      });
  for (const auto& one : lender.all()) footer.replaced += static_cast<uint64_t>(one->encoder->replaced());
  footer.blocks = table.size() / 2;
  footer.checksum = checksum_of(footer, std::as_bytes(std::span(table)));
  file.write(std::as_bytes(std::span(table)));
  file.write(std::as_bytes(std::span(&footer, 1)));
  file.commit();
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
  Lender<Tally> lender;
  const auto make = [&] {
    auto one = std::make_unique<Tally>();
    one->encoder = tokenizer.encoder([counts = &one->counts](std::string_view token) { return counts->number(token); });
    return one;
  };
  for_each_chunk(
      corpus, threads,
      [&](const TextChunk& chunk, int64_t number, size_t) {
        lender.with_one(make, [&](Tally& one) { one.count(chunk, number); });
      },
      [](size_t) {});
  return together(lender.all());
}

Vocab stored_vocab(const Corpus& corpus, const Tokenizer& tokenizer, const VocabOptions& vocab,
                   const StoreOptions& options) {
  ContentHash made_with;
  made_with.add("vocabulary 1").add_integer(vocab.min_freq).add_integer(vocab.max_vocab);
  made_with.add_integer(static_cast<int64_t>(vocab.filler));
  for (const std::string& special : vocab.specials) made_with.add(special);
  const auto path = options.folder / (key_of(corpus, tokenizer, made_with.hex()) + ".vocab.json");
  if (std::filesystem::exists(path)) return Vocab::load(path);
  const Vocab made = Vocab::of(count_tokens(corpus, tokenizer, options.threads), vocab);
  std::filesystem::create_directories(options.folder);
  made.save(path);
  return made;
}

TokenStore stored_tokens(const Corpus& corpus, const Tokenizer& tokenizer, const Vocab& vocab,
                         const StoreOptions& options) {
  const auto path = options.folder / (key_of(corpus, tokenizer, "tokens 1 " + vocab.fingerprint()) + ".tokens");
  if (!std::filesystem::exists(path)) {
    std::filesystem::create_directories(options.folder);
    write_store(path, corpus, tokenizer, vocab, options.threads);
  }
  return TokenStore(path);
}

}  // namespace tenfold::text
