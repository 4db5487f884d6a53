#pragma once
// Whether bytes are UTF-8, as RFC 3629 has it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenfold {

/// Bytes in the sequence that starts at `at` (< text.size()); 0 where it is malformed, overlong, a surrogate or cut
/// short.
size_t utf8_length(std::string_view text, size_t at);

/// Appends a code point, which is at most U+10FFFF and no surrogate.
void append_utf8(std::string& text, uint32_t code);

/// Where the first malformed sequence starts, or npos.
size_t find_malformed_utf8(std::string_view text);

}  // namespace tenfold
