#pragma once
// Encoded pictures in a page.

#include <string>
#include <string_view>

namespace tenfold::report {

/// An encoded picture with its caption.
struct Picture {
  std::string media_type = "image/jpeg";
  std::string bytes;
  std::string caption;
};

/// The element that shows it; `alternative` is for those who do not see it.
std::string image(const Picture& picture, std::string_view alternative);

}  // namespace tenfold::report
