#include "tenfold/report/assets.h"

#include <cstddef>

extern "C" {
extern const char asset_uplot_css[], asset_uplot_css_end[];
extern const char asset_page_css[], asset_page_css_end[];
extern const char asset_uplot_js[], asset_uplot_js_end[];
extern const char asset_chart_js[], asset_chart_js_end[];
extern const char asset_scatter_js[], asset_scatter_js_end[];
extern const char asset_page_js[], asset_page_js_end[];
}

namespace tenfold::report {
namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<size_t>(end - begin)}; }

}  // namespace

std::string_view uplot_css() { return between(asset_uplot_css, asset_uplot_css_end); }
std::string_view page_css() { return between(asset_page_css, asset_page_css_end); }
std::string_view uplot_js() { return between(asset_uplot_js, asset_uplot_js_end); }
std::string_view chart_js() { return between(asset_chart_js, asset_chart_js_end); }
std::string_view scatter_js() { return between(asset_scatter_js, asset_scatter_js_end); }
std::string_view page_js() { return between(asset_page_js, asset_page_js_end); }

}  // namespace tenfold::report
