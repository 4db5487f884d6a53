// Texts to ids, from a CSV file to what training reads: the vocabulary counted, the tokens stored, with the peak
// memory, and WordPiece beside it. Prints one JSON line. With --tokens it writes each text's tokens instead, as
// tools/reference_tokens.py reads them.
//   text_bench CSV COLUMN [THREADS] [VOCAB.TXT]
//   text_bench --tokens CSV COLUMN

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tenfold/text/token_store.h"
#include "tenfold/text/word_tokenizer.h"
#include "tenfold/text/wordpiece.h"

namespace {

using namespace tenfold::text;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

size_t bytes_of(const Corpus& corpus) {
  size_t bytes = 0;
  const auto chunks = corpus.open();
  for (TextChunk chunk; chunks->next(chunk);)
    for (const std::string_view text : chunk.texts) bytes += text.size();
  return bytes;
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void write_tokens(const Corpus& corpus) {
  const WordTokenizer tokenizer;
  TokenCounts seen;
  const auto encoder = tokenizer.encoder([&](std::string_view token) { return seen.number(token); });
  const auto chunks = corpus.open();
  for (TextChunk chunk; chunks->next(chunk);)
    for (const std::string_view text : chunk.texts) {
      std::vector<int32_t> ids;
      encoder->append(text, ids);
      std::string tokens;
      for (const int32_t id : ids) tokens.append(tokens.empty() ? "" : " ").append(seen.token(id));
      std::cout << nlohmann::json::array({text, tokens}).dump() << "\n";
    }
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: text_bench [--tokens] CSV COLUMN [THREADS] [VOCAB.TXT]\n");
    return 2;
  }
  const auto folder = std::filesystem::temp_directory_path() / ("tenfold-text-bench-" + std::to_string(getpid()));
  try {
    if (std::string_view(words[1]) == "--tokens") {
      write_tokens(*csv_corpus(words[2], {words[3]}));
      return 0;
    }
    const auto corpus = csv_corpus(words[1], {words[2]});
    const StoreOptions options{.folder = folder, .threads = count > 3 ? std::stoi(words[3]) : 2};
    const double megabytes = static_cast<double>(bytes_of(*corpus)) / 1e6;
    nlohmann::json line = {{"text_mb", megabytes}, {"threads", options.threads}};
    const auto measure = [&](const std::string& name, const auto& made) {
      const auto began = Clock::now();
      const StoredCorpus stored = made();
      line[name] = {{"mb_per_s", megabytes / seconds(began)},
                    {"tokens", stored.tokens.tokens()},
                    {"vocabulary", stored.vocab.size()},
                    {"documents", stored.tokens.documents()}};
    };
    measure("words", [&] { return stored_corpus(*corpus, WordTokenizer(), {}, options); });
    line["peak_mib"] = peak_mib();
    if (count > 4) {
      const WordPiece pieces(words[4]);
      measure("wordpiece", [&] {
        return StoredCorpus{pieces.vocabulary(), stored_tokens(*corpus, pieces, pieces.vocabulary(), options)};
      });
    }
    std::cout << line.dump() << std::endl;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "text_bench: %s\n", error.what());
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}
