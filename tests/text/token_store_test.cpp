#include "tenfold/text/token_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/random.h"
#include "tenfold/text/word_tokenizer.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::HasSubstr;

/// About `bytes` of texts from a small language with a long tail of words, some empty.
std::vector<std::string> made_up(size_t bytes) {
  Draw draw(6, 0, 0, Purpose::other);
  std::vector<std::string> texts;
  for (size_t size = 0; size < bytes; size += texts.back().size() + 1) {
    std::string text;
    for (int64_t k = draw.below(40); k > 0; --k) {
      const auto word = static_cast<int64_t>(1.0 / (draw.uniform() + 1e-4));
      text.append(draw.chance(0.2) ? "Word" : "word")
          .append(std::to_string(word))
          .append(draw.chance(0.1) ? ". " : " ");
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string csv_of(const std::vector<std::string>& texts) {
  std::string csv = "id,text\n";
  for (size_t k = 0; k < texts.size(); ++k) csv.append(std::to_string(k)).append(",\"").append(texts[k]).append("\"\n");
  return csv;
}

TEST(TokenStore, HoldsWhatOneThreadWouldSee) {
  const Folder folder;
  const auto texts = made_up(3 << 20);  // several chunks
  const auto corpus = csv_corpus(folder.file("texts.csv", csv_of(texts)), {"text"});
  const WordTokenizer tokenizer;

  TokenCounts counts;
  const auto encoder = tokenizer.encoder([&](std::string_view token) { return counts.number(token); });
  std::vector<int32_t> all;
  for (const std::string& text : texts) encoder->append(text, all);
  for (const int32_t id : all) counts.count(id);
  const Vocab expected = Vocab::of(counts, {.min_freq = 2});

  std::string bytes;
  for (const int threads : {1, 2, 5}) {
    const StoreOptions options{.folder = folder.path() + "/" + std::to_string(threads), .threads = threads};
    const Vocab vocab = stored_vocab(*corpus, tokenizer, {.min_freq = 2}, options);
    ASSERT_EQ(vocab.tokens(), expected.tokens()) << threads;
    const TokenStore store = stored_tokens(*corpus, tokenizer, vocab, options);
    ASSERT_EQ(store.documents(), static_cast<int64_t>(texts.size()));
    EXPECT_EQ(store.tokens(), static_cast<int64_t>(all.size()));
    const auto again = tokenizer.encoder(vocab);
    for (int64_t k = 0; k < store.documents(); k += 7) {
      std::vector<int32_t> ids;
      again->append(texts[static_cast<size_t>(k)], ids);
      ASSERT_EQ(store.ids(k).vector(), ids) << k;
    }
    if (threads == 1) bytes = read_file(store.path());
    EXPECT_EQ(read_file(store.path()), bytes) << "with " << threads << " threads";
  }
}

TEST(StoredCorpus, IsWhatItsPartsAre) {
  const Folder folder;
  const auto corpus = file_corpus({folder.file("texts.txt", csv_of(made_up(3 << 20)) + "caf\xE9\n")}, TextIs::line);
  const WordTokenizer tokenizer;
  const StoreOptions apart{.folder = folder.path() + "/apart"};
  const Vocab vocab = stored_vocab(*corpus, tokenizer, {.min_freq = 2}, apart);
  const TokenStore tokens = stored_tokens(*corpus, tokenizer, vocab, apart);
  for (const int threads : {1, 2, 5}) {
    const StoreOptions options{.folder = folder.path() + "/" + std::to_string(threads), .threads = threads};
    for (const char* time : {"made", "loaded"}) {
      const StoredCorpus both = stored_corpus(*corpus, tokenizer, {.min_freq = 2}, options);
      EXPECT_EQ(both.vocab.tokens(), vocab.tokens()) << threads << time;
      EXPECT_EQ(both.tokens.replaced(), tokens.replaced()) << threads << time;
      EXPECT_EQ(read_file(both.tokens.path()), read_file(tokens.path())) << threads << time;
    }
    size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(options.folder)) ++files;
    EXPECT_EQ(files, 2u) << "the vocabulary and the tokens, nothing else";
  }
}

TEST(TokenStore, IsMadeOnceForItsContent) {
  const Folder folder;
  const std::string path = folder.file("a.csv", "text\none two\n");
  const WordTokenizer tokenizer;
  const StoreOptions options{.folder = folder.path() + "/store"};
  const Vocab vocab({"xxunk", "one", "two"});
  const auto corpus = csv_corpus(path, {"text"});
  const auto first = stored_tokens(*corpus, tokenizer, vocab, options).path();
  const auto made = std::filesystem::last_write_time(first);
  EXPECT_EQ(stored_tokens(*corpus, tokenizer, vocab, options).path(), first);
  EXPECT_EQ(std::filesystem::last_write_time(first), made);
  folder.file("a.csv", "text\none two three\n");
  EXPECT_NE(stored_tokens(*corpus, tokenizer, vocab, options).path(), first);
  EXPECT_NE(stored_tokens(*corpus, tokenizer, Vocab({"xxunk", "two", "one"}), options).path(), first);
}

TEST(TokenStore, ReadsPartsAndEmptyDocuments) {
  const Folder folder;
  const std::string one = folder.file("1.txt", "one two one\n\r\n\n two\r\nlast"), two = folder.file("2.txt", "");
  const WordTokenizer tokenizer;
  const Vocab vocab({"xxunk", "xxbos", "one", "two"});
  const auto store =
      stored_tokens(*file_corpus({one, two, one}, TextIs::line), tokenizer, vocab, {.folder = folder.path()});
  ASSERT_EQ(store.documents(), 6);
  EXPECT_EQ(store.ids(0).vector(), (std::vector<int32_t>{1, 2, 3, 2}));
  EXPECT_EQ(store.ids(5).vector(), (std::vector<int32_t>{1, 0}));
  int64_t part[3] = {-1, -1, -1};
  store.ids(0).copy_to(part, 2, 5);
  EXPECT_EQ(part[0], 3);
  EXPECT_EQ(part[1], 2);
  EXPECT_EQ(part[2], -1);
  const auto files = stored_tokens(*file_corpus({one, two}, TextIs::file), tokenizer, vocab, {.folder = folder.path()});
  ASSERT_EQ(files.documents(), 2);
  EXPECT_EQ(files.ids(1).vector(), (std::vector<int32_t>{1}));
  const auto none = stored_tokens(*file_corpus({}, TextIs::file), tokenizer, vocab, {.folder = folder.path()});
  EXPECT_EQ(none.documents(), 0);
}

TEST(TokenStore, TakesFourBytesWhereTwoAreTooFew) {
  const Folder folder;
  std::vector<std::string> tokens = {"xxunk", "xxbos"};
  for (int k = 0; k < 70000; ++k) tokens.push_back("w" + std::to_string(k));
  const auto corpus = file_corpus({folder.file("a.txt", "w0 w68321\nw1")}, TextIs::line);
  const auto store = stored_tokens(*corpus, WordTokenizer(), Vocab(tokens), {.folder = folder.path()});
  EXPECT_EQ(store.ids(0).vector(), (std::vector<int32_t>{1, 2, 68323}));
  EXPECT_EQ(store.ids(1)[1], 3);
}

TEST(TokenStore, TellsOfWrongTextAndWrongFiles) {
  const Folder folder;
  const auto corpus = file_corpus({folder.file("a.txt", "caf\xE9\n\xFF\xFE ok\n")}, TextIs::line);
  const auto store = stored_tokens(*corpus, WordTokenizer(), Vocab({"xxunk"}), {.folder = folder.path()});
  EXPECT_EQ(store.replaced(), 3);
  const std::string bytes = read_file(store.path());
  EXPECT_THROW(TokenStore(folder.file("cut.tokens", std::string_view(bytes).substr(0, bytes.size() - 1))), DataError);
  EXPECT_THROW(TokenStore(folder.file("half.tokens", std::string_view(bytes).substr(bytes.size() / 2))), DataError);
  EXPECT_THROW(TokenStore(folder.file("small.tokens", "x")), DataError);
  EXPECT_THROW(TokenStore(folder.path() + "/none"), FileError);
}

TEST(Corpus, JoinsColumnsAndNamesThoseItHas) {
  const Folder folder;
  const std::string path = folder.file("a.csv", "title,body\nA,b c\n");
  TextChunk chunk;
  ASSERT_TRUE(csv_corpus(path, {"title", "body"})->open()->next(chunk));
  EXPECT_EQ(chunk.texts, (std::vector<std::string_view>{"xxfld 1 A xxfld 2 b c"}));
  try {
    csv_corpus(path, {"text"});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("title, body"));
  }
}

TEST(Corpus, ReadsLinesLongerThanAChunk) {
  const Folder folder;
  const std::string line(3 << 20, 'x');
  const auto chunks = file_corpus({folder.file("a.txt", "a\n" + line + "\nb\n" + line)}, TextIs::line)->open();
  std::vector<size_t> sizes;
  for (TextChunk chunk; chunks->next(chunk);)
    for (const auto text : chunk.texts) sizes.push_back(text.size());
  EXPECT_EQ(sizes, (std::vector<size_t>{1, line.size(), 1, line.size()}));
}

}  // namespace
}  // namespace tenfold::text
