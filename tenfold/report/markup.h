#pragma once
// Text made safe for the place it goes to in a page, and numbers as people read them.

#include <initializer_list>
#include <string>
#include <string_view>

#include "tenfold/core/options.h"

namespace tenfold::report {

/// For HTML content and quoted attributes: & < > " ' become references; malformed UTF-8 and control characters U+FFFD.
std::string escape(std::string_view text);

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

/// JSON that may stand in a script element: no '<' is left, so nothing in it can end the element. Malformed UTF-8
/// becomes U+FFFD.
std::string script_json(const Json& value);

/// What a Content-Security-Policy calls this script: 'sha256-…', quotes included.
std::string script_hash(std::string_view script);

/// The parts one after the other.
std::string joined(std::initializer_list<std::string_view> parts);

/// A loss or a metric for a table: "0.4213", "12.40", "1.20e-4", "–" where it is no number.
std::string figure(double value);

/// A learning rate to three digits: "1e-3", "2.51e-4", "0.05".
std::string rate(double value);

/// "0.84 s", "12.3 s", "2 min 05 s", "1 h 02 min".
std::string duration(double seconds);

/// Six significant digits are more than a chart shows; keeps pages small.
double rounded(double value);

}  // namespace tenfold::report
