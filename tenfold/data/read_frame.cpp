#include "tenfold/data/read_frame.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/core/threads.h"
#include "tenfold/data/column_reader.h"
#include "tenfold/data/merge_pieces.h"

namespace tenfold {
namespace {

/// Where rows stand in the file, block by block; lines one by one only where they are not consecutive.
struct BlockLines {
  size_t rows = 0;
  long first = 0;
  std::vector<long> lines{};
};

BlockLines lines_of(const CsvBlock& block) {
  BlockLines out{.rows = block.rows(), .first = block.line(0)};
  if (block.line(block.rows() - 1) - out.first == static_cast<long>(block.rows()) - 1) return out;
  for (size_t row = 0; row < block.rows(); ++row) out.lines.push_back(block.line(row));
  return out;
}

/// The file once through, some of its columns. One thread at a time cuts blocks off it; all convert them.
class Pass {
 public:
  Pass(CsvReader& reader, const ValueRules& rules, const ReadOptions& options, std::vector<size_t> columns, bool words)
      : reader_(reader), options_(options), columns_(std::move(columns)) {
    workers_.emplace_back();
    for (const size_t column : columns_) {
      const std::string& name = reader.columns()[column];
      workers_[0].emplace_back(rules, name);
      if (const auto known = options.kinds.find(name); known != options.kinds.end())
        workers_[0].back().declare(known->second);
      if (words) workers_[0].back().take_words();
    }
  }

  void run(ThreadPool* pool, int threads) {
    if (CsvBlock block; take(block)) begin(block, threads);
    if (workers_.size() == 1)
      work(0);
    else
      pool->parallel_for(threads, [this](int64_t worker) { work(static_cast<int>(worker)); });
    if (error_) std::rethrow_exception(error_);
  }

  /// [block][column], a column as numbered in `columns`. Blocks without rows have no pieces.
  std::deque<std::vector<Piece>>& pieces() { return pieces_; }
  const std::vector<std::vector<ColumnReader>>& workers() const { return workers_; }
  const std::deque<BlockLines>& lines() const { return lines_; }

 private:
  /// Cuts and splits the next block that has rows.
  bool take(CsvBlock& block) {
    do {
      const std::lock_guard lock(mutex_);
      if (error_) return false;
      try {
        if (!reader_.cut(block)) return false;
      } catch (...) {
        fail(static_cast<size_t>(-1));  // after all that was cut before
        return false;
      }
      pieces_.resize(std::max(pieces_.size(), block.number() + 1));
      lines_.resize(pieces_.size());
    } while (!split(block) || block.rows() == 0);
    return true;
  }

  bool split(CsvBlock& block) {
    try {
      reader_.split(block);
      return true;
    } catch (...) {
      const std::lock_guard lock(mutex_);
      fail(block.number());
      return false;
    }
  }

  /// Keeps the error of the first block: that which one thread would meet.
  void fail(size_t block) {
    if (error_ && failed_at_ <= block) return;
    error_ = std::current_exception();
    failed_at_ = block;
  }

  void work(int worker) {
    for (CsvBlock block; take(block);) convert(block, worker);
  }

  void convert(const CsvBlock& block, int worker) {
    try {
      std::vector<Piece> pieces;
      for (size_t k = 0; k < columns_.size(); ++k) {
        pieces.push_back(workers_[static_cast<size_t>(worker)][k].read(block, columns_[k], reader_.name()));
        pieces.back().worker = worker;
      }
      auto lines = lines_of(block);
      const std::lock_guard lock(mutex_);
      pieces_[block.number()] = std::move(pieces);
      lines_[block.number()] = std::move(lines);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      fail(block.number());
    }
  }

  /// The first block, from which all workers learn.
  void begin(const CsvBlock& block, int threads) {
    convert(block, 0);
    choose_texts(block);
    for (int worker = 1; worker < threads; ++worker) {
      workers_.emplace_back();
      for (const ColumnReader& column : workers_[0]) workers_.back().push_back(column.another());
    }
  }

  /// From the first block alone, whichever thread reads the others.
  void choose_texts(const CsvBlock& block) {
    if (error_) return;
    for (size_t k = 0; k < columns_.size(); ++k) {
      workers_[0][k].choose_texts(block, columns_[k], options_.longest_level);
      if (workers_[0][k].texts()) pieces_[block.number()][k] = workers_[0][k].read(block, columns_[k], reader_.name());
    }
  }

  CsvReader& reader_;
  const ReadOptions& options_;
  std::vector<size_t> columns_;
  std::vector<std::vector<ColumnReader>> workers_{};
  std::mutex mutex_{};
  std::deque<std::vector<Piece>> pieces_{};
  std::deque<BlockLines> lines_{};
  std::exception_ptr error_{};
  size_t failed_at_ = 0;
};

Guess guess_of(std::deque<std::vector<Piece>>& pieces, size_t column) {
  Guess out;
  for (const auto& block : pieces)
    if (!block.empty()) out = join(out, block[column].guess);
  return out;
}

long line_of(const std::deque<BlockLines>& lines, size_t row) {
  for (const auto& block : lines) {
    if (row < block.rows) return block.lines.empty() ? block.first + static_cast<long>(row) : block.lines[row];
    row -= block.rows;
  }
  return 0;
}

const char* called(Guess guess) {
  constexpr const char* kNames[] = {"missing values", "booleans", "integers", "numbers", "dates", "words"};
  return kNames[guess.kind];
}

/// The first value that made words of a column that began as something else.
std::optional<ReadNote> mixed(const std::string& name, const Column& column, const ValueRules& rules,
                              const std::deque<BlockLines>& lines) {
  std::vector<std::optional<Guess>> known(column.kind() == ColumnKind::category ? column.levels().size() : 0);
  Guess so_far;
  for (size_t row = 0; row < column.rows(); ++row) {
    if (column.is_null(row)) continue;
    Guess guess;
    if (known.empty()) {
      guess = rules.guess(column.texts()[row]);
    } else {
      auto& level = known[static_cast<size_t>(column.codes()[row])];
      if (!level) level = rules.guess(column.show(row));
      guess = *level;
    }
    const Guess next = join(so_far, guess);
    if (next.kind == Guess::words) {
      if (so_far.kind == Guess::nothing) return {};
      const bool forms = so_far.kind == Guess::time && guess.kind == Guess::time;
      return ReadNote{.column = name,
                      .line = line_of(lines, row),
                      .text = "has '" + column.show(row).substr(0, 60) + "' below " + called(so_far) +
                              (forms ? " of another form" : "") + ", so the column is read as " +
                              name_of(column.kind()) + "; correct the row, or declare the column's kind"};
    }
    so_far = next;
  }
  return {};
}

Frame read_columns(const std::function<std::unique_ptr<CsvReader>()>& open, const ReadOptions& options,
                   std::vector<ReadNote>* notes) {
  const int threads = threads_for(options.threads);
  std::unique_ptr<ThreadPool> pool;
  if (threads > 1) pool = std::make_unique<ThreadPool>(threads - 1);
  const ValueRules rules(options);

  const auto reader = open();
  const auto& names = reader->columns();
  for (const auto& [name, kind] : options.kinds)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw DataError(
          reader->name(), 1,
          "has no column '" + name + "', whose kind is declared; nearest is '" + nearest(name, names) + "'");
  std::vector<size_t> all(names.size());
  std::iota(all.begin(), all.end(), 0);
  Pass pass(*reader, rules, options, all, false);
  pass.run(pool.get(), threads);
  if (pass.lines().empty() ||
      std::all_of(pass.lines().begin(), pass.lines().end(), [](auto& block) { return block.rows == 0; }))
    throw DataError(reader->name(), 0, "has a header and no row; needs one row an item");

  // Numbers, dates and truth values that turned out to be words are gone as they were written: these columns again.
  std::vector<Guess> guesses;
  std::vector<size_t> again;
  for (size_t column = 0; column < names.size(); ++column) {
    guesses.push_back(guess_of(pass.pieces(), column));
    const bool lost = guesses[column].kind == Guess::words &&
                      std::any_of(pass.pieces().begin(), pass.pieces().end(), [&](const auto& block) {
                        return !block.empty() && block[column].guess.kind != Guess::words &&
                               block[column].guess.kind != Guess::nothing;
                      });
    if (lost) again.push_back(column);
  }
  std::unique_ptr<CsvReader> second;
  std::unique_ptr<Pass> words;
  if (!again.empty()) {
    second = open();
    words = std::make_unique<Pass>(*second, rules, options, again, true);
    words->run(pool.get(), threads);
  }

  std::vector<std::pair<std::string, Column>> columns(names.size());
  const auto merge = [&](int64_t k) {
    const auto column = static_cast<size_t>(k);
    const auto found = std::find(again.begin(), again.end(), column);
    Pass& from = found == again.end() ? pass : *words;
    const size_t place = found == again.end() ? column : static_cast<size_t>(found - again.begin());
    std::vector<const ColumnReader*> readers;
    for (const auto& worker : from.workers()) readers.push_back(&worker[place]);
    std::vector<Piece*> pieces;
    for (auto& block : from.pieces())
      if (!block.empty()) pieces.push_back(&block[place]);
    const auto known = options.kinds.find(names[column]);
    const std::optional<ColumnKind> kind = known == options.kinds.end() ? std::nullopt : std::optional(known->second);
    columns[column] = {names[column], merge_pieces(pieces, guesses[column], readers, options, kind)};
  };
  if (pool == nullptr)
    for (size_t column = 0; column < names.size(); ++column) merge(static_cast<int64_t>(column));
  else
    pool->parallel_for(static_cast<int64_t>(names.size()), merge);

  for (size_t column = 0; notes != nullptr && column < names.size(); ++column) {
    const std::string& name = names[column];
    const Guess guess = guesses[column];
    if (options.kinds.contains(name)) continue;
    if (guess.kind == Guess::nothing)
      notes->push_back({name, 0, "is empty in every row: read as real, all missing; drop it"});
    if (guess.kind == Guess::time && !std::has_single_bit(guess.formats) && !options.dates)
      notes->push_back({name, 0,
                        "has dates that may begin with the month or with the day: read month first; say "
                        "day_first if that is wrong"});
    if (guess.kind == Guess::words)
      if (auto note = mixed(name, columns[column].second, rules, pass.lines())) notes->push_back(*note);
  }
  return Frame(std::move(columns), reader->name());
}

}  // namespace

Frame read_frame(const std::filesystem::path& path, const ReadOptions& options, std::vector<ReadNote>* notes) {
  return read_columns([&] { return std::make_unique<CsvReader>(path, options.csv); }, options, notes);
}

Frame parse_frame(std::string_view text, const std::string& name, const ReadOptions& options,
                  std::vector<ReadNote>* notes) {
  return read_columns([&] { return std::make_unique<CsvReader>(text, name, options.csv); }, options, notes);
}

}  // namespace tenfold
