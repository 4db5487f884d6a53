#pragma once
// The scan, over a type that finds marks in 64 bytes. Everything has internal linkage: each instruction set's file has
// its own copy, compiled with its own flags.

#include <bit>

#include "tenfold/data/kernels/kernels.h"

namespace tenfold::csv {
namespace {

/// Bit i tells of byte i.
struct Word {
  uint64_t quote, separator, newline, high, nul;
};

/// The bits of a word that end a field, byte by byte; `state` moves on by `count` bytes.
inline uint64_t ends_one_by_one(const Word& word, int count, ScanState& state) {
  uint64_t ends = 0;
  for (int i = 0; i < count; ++i) {
    const uint64_t bit = uint64_t{1} << i;
    if (state.quoted) {
      if (word.quote & bit) state = {.quoted = false, .fresh = false, .closed = true};
    } else if ((word.quote & bit) && (state.fresh || state.closed)) {
      state = {.quoted = true, .fresh = false, .closed = false};
    } else if ((word.separator | word.newline) & bit) {
      ends |= bit;
      state = {.quoted = false, .fresh = true, .closed = false};
    } else {
      state = {.quoted = false, .fresh = false, .closed = false};
    }
  }
  return ends;
}

/// The same at once; where a quote opens amid a bare field, one by one.
template <class Finder>
inline uint64_t ends_of(const Word& word, ScanState& state) {
  const uint64_t inside = Finder::prefix_xor(word.quote) ^ (state.quoted ? ~uint64_t{0} : 0);
  const uint64_t opening = word.quote & inside, closing = word.quote & ~inside;
  const uint64_t ends = (word.separator | word.newline) & ~inside;
  const uint64_t may_open = ends << 1 | closing << 1 | uint64_t{state.fresh || state.closed};
  if (opening & ~may_open) [[unlikely]]
    return ends_one_by_one(word, 64, state);
  state = {.quoted = inside >> 63 != 0, .fresh = ends >> 63 != 0, .closed = closing >> 63 != 0};
  return ends;
}

/// Eight positions at a time, needed or not: a loop that ends after each word's own number mispredicts.
inline size_t write_positions(uint64_t bits, uint32_t base, uint32_t* out) {
  const auto count = static_cast<size_t>(std::popcount(bits));
  for (size_t written = 0; written < count; written += 8)
    for (size_t k = 0; k < 8; ++k) {
      out[written + k] = base + static_cast<uint32_t>(std::countr_zero(bits));
      bits &= bits - 1;
    }
  return count;
}

template <class Finder>
Scanned scan(const char* text, size_t size, Marks marks, uint32_t base, ScanState& state, uint32_t* ends) {
  const Finder finder(marks);
  Scanned out;
  uint64_t high = 0, nul = 0;
  for (size_t at = 0; at < size; at += 64) {
    Word word = finder(text + at);
    uint64_t found = 0;
    if (size - at >= 64) {
      found = ends_of<Finder>(word, state);
    } else {
      const uint64_t valid = (uint64_t{1} << (size - at)) - 1;
      word.newline &= valid;
      word.high &= valid;
      word.nul &= valid;
      found = ends_one_by_one(word, static_cast<int>(size - at), state);
    }
    out.ends += write_positions(found, base + static_cast<uint32_t>(at), ends + out.ends);
    out.rows += static_cast<size_t>(std::popcount(found & word.newline));
    out.newlines += static_cast<size_t>(std::popcount(word.newline));
    high |= word.high;
    nul |= word.nul;
  }
  out.ascii = high == 0;
  out.nul = nul != 0;
  return out;
}

}  // namespace
}  // namespace tenfold::csv
