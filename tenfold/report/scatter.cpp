#include "tenfold/report/scatter.h"

#include <cmath>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(std::isfinite(value) ? Json(rounded(value)) : Json());
  return out;
}

}  // namespace

Json to_json(const Scatter& scatter) {
  return {{"id", scatter.id},
          {"x_label", scatter.x_label},
          {"y_label", scatter.y_label},
          {"x", numbers(scatter.x)},
          {"y", numbers(scatter.y)},
          {"group", scatter.group},
          {"groups", scatter.groups},
          {"ordered", scatter.ordered},
          {"diagonal", scatter.diagonal},
          {"name", scatter.name},
          {"note", scatter.note},
          {"ringed", scatter.ringed},
          {"ring_name", scatter.ring_name},
          {"tile", scatter.tile},
          {"tile_of", scatter.tile_of}};
}

std::string figure_of(const Scatter& scatter) {
  if (scatter.x.empty()) return {};
  std::string words = scatter.title + ": " + std::to_string(scatter.x.size()) + " points";
  if (!scatter.x_label.empty()) words += ", " + scatter.y_label + " by " + scatter.x_label;
  if (!scatter.ringed.empty())
    words += "; " + std::to_string(scatter.ringed.size()) + " " + scatter.ring_name + ", read by the arrow keys";
  return joined({"<figure class=\"scatter\" data-scatter=\"", escape(scatter.id), "\"><figcaption><h3>",
                 escape(scatter.title),
                 "</h3></figcaption><div class=\"plane\" tabindex=\"0\" role=\"group\" aria-roledescription=\"chart\" "
                 "aria-label=\"",
                 escape(words), ".\"></div><div class=\"legend\"></div><p class=\"unseen\" aria-live=\"polite\"></p>",
                 scatter.sheet.bytes.empty() ? "" : "<div class=\"sheet\">" + image(scatter.sheet, "") + "</div>",
                 "</figure>\n"});
}

}  // namespace tenfold::report
