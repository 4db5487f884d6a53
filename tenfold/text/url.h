#pragma once
// Whether a word is a web address, so that it stays one token.

#include <string_view>

namespace tenfold::text {

/// What spaCy 3.8 takes for one: an optional scheme and user, then a host with a small-letter top level, or an IPv4
/// address that is public; then an optional port and path. Valid UTF-8 without white space. Linear in its length.
bool is_url(std::string_view word);

}  // namespace tenfold::text
