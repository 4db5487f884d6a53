#pragma once
// Style and scripts of the page, embedded at build time (cmake/Embed.cmake).

#include <string_view>

namespace tenfold::report {

std::string_view uplot_css();
std::string_view page_css();
std::string_view uplot_js();    ///< third_party/uplot
std::string_view chart_js();    ///< draws a Chart
std::string_view scatter_js();  ///< draws a Scatter
std::string_view page_js();     ///< theme, matrix, copy button; starts the charts

}  // namespace tenfold::report
