#pragma once
// The version; CMake reads it from here.

#include <string_view>

namespace tenfold {

inline constexpr std::string_view version = "0.1.0";

}  // namespace tenfold
