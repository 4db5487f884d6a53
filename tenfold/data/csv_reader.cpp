#include "tenfold/data/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "tenfold/core/error.h"
#include "tenfold/core/utf8.h"

namespace tenfold {
namespace {

constexpr size_t kPadding = 128;  // readable behind the text: a step of the scan and the virtual newline at the end
constexpr size_t kScanStep = 1 << 18;     // `ends` grows with what is scanned, not with the row at once
constexpr size_t kHeaderBytes = 1 << 16;  // in which the separator is looked for
constexpr size_t kLongestRow = 1 << 30;   // places in a block have 32 bits

long newlines(const char* text, size_t size) { return static_cast<long>(std::count(text, text + size, '\n')); }

/// Whether an empty line begins at `text`; its newline is readable.
bool empty_line(const char* text) { return text[0] == '\n' || (text[0] == '\r' && text[1] == '\n'); }

}  // namespace

char separator_of(std::string_view text, char quote) {
  constexpr std::string_view kCandidates = ",\t;|";
  while (!text.empty() && (text[0] == '\n' || text[0] == '\r')) text.remove_prefix(1);
  std::string outside;
  bool inside = false;
  for (const char byte : text) {
    if (byte == quote) inside = !inside;
    if (byte == '\n' && !inside) break;
    if (!inside) outside += byte;
  }
  for (const char candidate : kCandidates)
    if (outside.find(candidate) != std::string::npos) return candidate;
  return ',';
}

void CsvBlock::reserve(size_t bytes) {
  if (bytes_.use_count() == 1 && capacity_ >= bytes + kPadding) return;
  const size_t wanted = std::max(bytes + kPadding, bytes_.use_count() == 1 ? 2 * capacity_ : 0);
  std::shared_ptr<char[]> larger(new char[wanted]);
  if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
  bytes_ = std::move(larger);
  capacity_ = wanted;
}

CsvReader::CsvReader(const std::filesystem::path& path, const CsvOptions& options)
    : options_(options), source_(path, options.encoding) {
  read_header();
}

CsvReader::CsvReader(std::string_view text, const std::string& name, const CsvOptions& options)
    : options_(options), source_(text, name, options.encoding) {
  read_header();
}

void CsvReader::read_header() {
  const std::string_view beginning = source_.peek(kHeaderBytes);
  marks_ = {.separator = options_.separator != 0 ? options_.separator : separator_of(beginning, options_.quote),
            .quote = options_.quote};
  do {
    if (!cut(first_)) throw DataError(name(), 0, "is empty; needs a header line and one row an item");
    while (first_.first_end_ < first_.end_count_ && empty_line(first_.bytes_.get() + first_.begin_)) {
      first_.begin_ = first_.ends_[first_.first_end_++] + 1;
      ++first_.first_line_;
      --first_.newlines_;
      --first_.row_count_;
    }
  } while (first_.first_end_ == first_.end_count_);
  CsvBlock header = first_;  // its fields are unescaped in bytes of its own
  header.bytes_ = std::shared_ptr<char[]>(new char[header.capacity_]);
  std::memcpy(header.bytes_.get(), first_.bytes_.get(), first_.size_ + kPadding);
  size_t end = first_.first_end_;
  while (first_.bytes_[first_.ends_[end]] != '\n') ++end;
  header.end_count_ = ++end;
  header.row_count_ = 1;  // its newlines_ are those of the block: lines inside it are counted
  header.size_ = first_.ends_[end - 1] + 1;
  columns_.resize(end - first_.first_end_);
  split(header);
  for (size_t column = 0; column < columns_.size(); ++column) {
    if (options_.header) columns_[column] = header.at(0, column);
    if (columns_[column].empty()) columns_[column] = "column_" + std::to_string(column + 1);
  }
  std::unordered_set<std::string_view> seen;
  for (const auto& column : columns_)
    if (!seen.insert(column).second)
      throw DataError(name(), header.first_line_, "names column '" + column + "' twice; rename one");
  if (options_.header) {
    const long lines = newlines(first_.bytes_.get() + first_.begin_, header.size_ - first_.begin_);
    first_.first_line_ += lines;
    first_.newlines_ -= static_cast<size_t>(lines);
    first_.begin_ = header.size_;
    first_.first_end_ = end;
    --first_.row_count_;
  }
  first_waits_ = true;
}

void CsvReader::scan(CsvBlock& block, size_t from, size_t to) {
  while (from < to) {
    const size_t step = std::min(kScanStep, to - from);
    const size_t room = block.end_count_ + step + 64;
    if (block.ends_.size() < room) block.ends_.resize(std::max(room, block.ends_.size() + block.ends_.size() / 2));
    const csv::Scanned found = scan_(block.bytes_.get() + from, step, marks_, static_cast<uint32_t>(from), state_,
                                     block.ends_.data() + block.end_count_);
    block.end_count_ += found.ends;
    block.row_count_ += found.rows;
    block.newlines_ += found.newlines;
    block.ascii_ &= found.ascii;
    block.nul_ |= found.nul;
    from += step;
  }
}

bool CsvReader::cut(CsvBlock& block) {
  if (first_waits_) {
    block = std::move(first_);
    first_waits_ = false;
    return true;
  }
  block.begin_ = block.first_end_ = block.end_count_ = block.row_count_ = block.newlines_ = block.size_ = 0;
  block.ascii_ = true;
  block.nul_ = false;
  block.first_line_ = line_;
  block.reserve(std::max(options_.block_bytes, carried_.size()));
  std::memcpy(block.bytes_.get(), carried_.data(), carried_.size());
  block.size_ = carried_.size();
  carried_.clear();
  state_ = {};
  size_t scanned = 0;
  while (true) {
    // Until the block is full, then in pieces of its size until a row ends.
    const size_t wanted = std::max(options_.block_bytes, block.size_ + (scanned > 0 ? block.size_ : 0));
    block.reserve(wanted);
    if (!ended_ && block.size_ < wanted) {
      const size_t got = source_.read(block.bytes_.get() + block.size_, wanted - block.size_);
      ended_ = got < wanted - block.size_;
      block.size_ += got;
    }
    std::memset(block.bytes_.get() + block.size_, 0, kPadding);
    scan(block, scanned, block.size_);
    scanned = block.size_;
    if (ended_ && block.size_ > 0 && !state_.quoted && !state_.fresh) {  // the last row's newline may be missing
      block.bytes_[block.size_++] = '\n';
      scan(block, scanned, block.size_);
    } else if (ended_ && block.size_ > 0 && block.bytes_[block.size_ - 1] == marks_.separator && !state_.quoted) {
      block.bytes_[block.size_++] = '\n';
      scan(block, scanned, block.size_);
    }
    if (block.row_count_ > 0) break;
    if (ended_) {
      if (block.size_ == 0) return false;
      refuse_open_quote(block, 0, block.size_);
    }
    if (block.size_ > std::min(options_.row_bytes, kLongestRow))
      throw DataError(name(), line_,
                      "a row of more than " + std::to_string(options_.row_bytes >> 20) +
                          " MB begins here; is a quote never closed, or is this no CSV file?");
  }
  while (block.bytes_[block.ends_[block.end_count_ - 1]] != '\n') --block.end_count_;
  const size_t whole = block.ends_[block.end_count_ - 1] + 1;
  carried_.assign(block.bytes_.get() + whole, block.size_ - whole);
  block.size_ = whole;
  block.newlines_ -= static_cast<size_t>(newlines(carried_.data(), carried_.size()));
  line_ += static_cast<long>(block.newlines_);
  block.number_ = blocks_++;
  return true;
}

void CsvReader::refuse_open_quote(const CsvBlock& block, size_t from, size_t to) const {
  csv::ScanState state;
  long line = block.first_line_, opened = line;
  for (size_t at = from; at < to; ++at) {
    const char byte = block.bytes_[at];
    if (state.quoted) {
      if (byte == marks_.quote) state = {.quoted = false, .fresh = false, .closed = true};
    } else if (byte == marks_.quote && (state.fresh || state.closed)) {
      if (state.fresh) opened = line;
      state = {.quoted = true, .fresh = false, .closed = false};
    } else {
      state = {.quoted = false, .fresh = byte == marks_.separator, .closed = false};
    }
    if (byte == '\n') ++line;
  }
  throw DataError(name(), opened, "a quote is opened here and never closed; close it, or double quotes inside fields");
}

std::optional<DataError> CsvReader::wrong_characters(const CsvBlock& block) const {
  const std::string_view text = std::string_view(block.bytes_.get(), block.size_).substr(block.begin_);
  const size_t nul = block.nul_ ? text.find('\0') : std::string_view::npos;
  const size_t malformed = block.ascii_ ? std::string_view::npos : find_malformed_utf8(text);
  const size_t at = std::min(nul, malformed);
  if (at == std::string_view::npos) return {};
  const long line = block.first_line_ + newlines(text.data(), at);
  if (at == nul)
    return DataError(name(), line,
                     "has a NUL byte, which no text has; if the file is UTF-16, say encoding utf16, otherwise it is "
                     "binary or damaged");
  return DataError(name(), line,
                   "is not UTF-8 from byte " + std::to_string(static_cast<unsigned char>(text[at])) +
                       " on; say encoding latin1 or utf16, or convert the file (iconv -t UTF-8)");
}

/// A field from its opening quote to its end, unescaped in place; `line` moves on by the newlines inside.
CsvBlock::Place CsvReader::unquoted(CsvBlock& block, size_t begin, size_t end, long& line) const {
  char* const text = block.bytes_.get();
  size_t from = begin + 1, out = from;
  while (true) {
    const auto* quote = static_cast<const char*>(std::memchr(text + from, marks_.quote, end - from));
    const size_t at = static_cast<size_t>(quote - text);  // there is one: the field ended outside quotes
    if (out != from) std::memmove(text + out, text + from, at - from);
    out += at - from;
    if (at + 1 < end && text[at + 1] == marks_.quote) {
      text[out++] = marks_.quote;
      from = at + 2;
      continue;
    }
    if (block.newlines_ != block.row_count_) line += newlines(text + begin + 1, out - begin - 1);
    if (at + 1 != end)
      throw DataError(name(), line, "text follows a closing quote; double the quotes that belong to the field");
    return {static_cast<uint32_t>(begin + 1), static_cast<uint32_t>(out - begin - 1)};
  }
}

void CsvReader::split(CsvBlock& block) const {
  const auto wrong = wrong_characters(block);
  try {
    split_rows(block);
  } catch (const DataError& error) {
    if (!wrong || error.line < wrong->line) throw;  // what comes first in the file is told
  }
  if (wrong) throw DataError(*wrong);
}

void CsvReader::split_rows(CsvBlock& block) const {
  const size_t columns = columns_.size();
  block.columns_ = columns;
  block.stride_ = block.row_count_;
  if (block.places_.size() < columns * block.stride_) block.places_.resize(columns * block.stride_);
  block.lines_.clear();
  const char* const text = block.bytes_.get();
  size_t begin = block.begin_;
  long line = block.first_line_;
  for (size_t end = block.first_end_; end < block.end_count_; ++line) {
    if (empty_line(text + begin)) {
      begin = block.ends_[end++] + 1;
      continue;
    }
    const long starts = line;
    CsvBlock::Place* place = block.places_.data() + block.lines_.size();
    size_t column = 0;
    for (bool last = false; !last; ++column, place += block.stride_) {
      const size_t stop = block.ends_[end++];
      last = text[stop] == '\n';
      const size_t to = last && stop > begin && text[stop - 1] == '\r' ? stop - 1 : stop;
      CsvBlock::Place found{static_cast<uint32_t>(begin), static_cast<uint32_t>(to - begin)};
      if (to > begin && text[begin] == marks_.quote) [[unlikely]]
        found = unquoted(block, begin, to, line);
      if (column < columns) *place = found;
      begin = stop + 1;
    }
    if (column != columns)
      throw DataError(name(), starts,
                      "has " + std::to_string(column) + " fields, the header " + std::to_string(columns) +
                          "; quote fields that contain the separator");
    block.lines_.push_back(starts);
  }
}

}  // namespace tenfold
