#pragma once
// Eight bytes of a text looked at together: which of them are of a kind is the highest bit of each byte of a mask.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tenfold::text::eight {

inline constexpr uint64_t ones = 0x0101010101010101u, high_bits = 0x8080808080808080u;

/// Bytes at[0] to at[7], the first one lowest.
inline uint64_t load(const char* at) {
  uint64_t bytes;
  std::memcpy(&bytes, at, 8);
  if constexpr (std::endian::native == std::endian::big) {
    uint64_t turned = 0;
    for (int k = 0; k < 8; ++k) turned |= (bytes >> (8 * k) & 0xFF) << (56 - 8 * k);
    return turned;
  }
  return bytes;
}

inline uint64_t not_ascii(uint64_t bytes) { return bytes & high_bits; }
inline uint64_t zero(uint64_t bytes) { return ~(((bytes & ~high_bits) + ~high_bits) | bytes) & high_bits; }
inline uint64_t equal(uint64_t bytes, char byte) { return zero(bytes ^ ones * static_cast<unsigned char>(byte)); }
/// Bytes below `limit` <= 0x80.
inline uint64_t below(uint64_t bytes, unsigned char limit) {
  return ~(((bytes & ~high_bits) + ones * (0x80u - limit)) | bytes) & high_bits;
}
/// Place of the first byte in a mask that is not 0.
inline size_t first(uint64_t mask) { return static_cast<size_t>(std::countr_zero(mask)) / 8; }

}  // namespace tenfold::text::eight
