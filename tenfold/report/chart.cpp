#include "tenfold/report/chart.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

Json number(double value) {
  if (!std::isfinite(value)) return {};
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  return whole ? Json(static_cast<int64_t>(value)) : Json(rounded(value));
}

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number(value));
  return out;
}

Json pair_of(const std::pair<double, double>& range) { return {number(range.first), number(range.second)}; }

std::string in_words(const Series& series) {
  std::vector<double> finite;
  std::copy_if(series.y.begin(), series.y.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  if (finite.empty() || series.stroke == Stroke::faint) return {};
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  return joined({" ", series.name, ": starts at ", figure(finite.front()), ", ends at ", figure(finite.back()),
                 ", lowest ", figure(*low), ", highest ", figure(*high), "."});
}

}  // namespace

Json to_json(const Chart& chart) {
  Json json = {{"id", chart.id},           {"x_label", chart.x_label}, {"x", name_of(chart.x)}, {"y", name_of(chart.y)},
               {"by_step", chart.by_step}, {"curves", Json::array()},  {"marks", Json::array()}};
  for (const auto& curves : chart.curves) {
    Json series = Json::array();
    for (const auto& one : curves.series)
      series.push_back(
          {{"name", one.name}, {"stroke", name_of(one.stroke)}, {"tone", one.tone}, {"y", numbers(one.y)}});
    json["curves"].push_back({{"x", numbers(curves.x)}, {"series", std::move(series)}});
  }
  for (const auto& mark : chart.marks)
    json["marks"].push_back(
        {{"name", mark.name}, {"text", mark.name + " " + rate(mark.x)}, {"x", number(mark.x)}, {"y", number(mark.y)}});
  if (chart.y_range) json["y_range"] = pair_of(*chart.y_range);
  if (chart.band) json["band"] = pair_of(*chart.band);
  if (chart.band) json["band_name"] = chart.band_name;
  return json;
}

std::string figure_of(const Chart& chart) {
  std::string words = chart.title + " by " + chart.x_label + ".";
  for (const auto& curves : chart.curves)
    for (const auto& series : curves.series) words += in_words(series);
  for (const auto& mark : chart.marks) words += " " + mark.name + ": " + rate(mark.x) + ".";
  std::string choice;
  if (chart.scale_choice) {
    choice = joined({"<span class=\"choice\" role=\"group\" aria-label=\"Scale of ", escape(chart.title), "\">"});
    for (const Scale scale : {Scale::linear, Scale::log})
      choice += joined({"<button type=\"button\" data-scale=\"", name_of(scale), "\" aria-pressed=\"",
                        scale == chart.y ? "true" : "false", "\">", name_of(scale), "</button>"});
    choice += "</span>";
  }
  return joined(
      {"<figure class=\"chart\" data-chart=\"", escape(chart.id), "\"><figcaption><h3>", escape(chart.title), "</h3>",
       choice,
       "</figcaption><div class=\"plot\" tabindex=\"0\" role=\"group\" aria-roledescription=\"chart\" aria-label=\"",
       escape(words), "\"></div><div class=\"legend\"></div><p class=\"unseen\" aria-live=\"polite\"></p></figure>\n"});
}

}  // namespace tenfold::report
