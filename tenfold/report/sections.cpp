#include "tenfold/report/sections.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

/// A value of a plan for people: "cosine", "sgdr (cycles 3, cycle_mult 2)", "1e-4, 1e-3".
std::string plain(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return rate(value.get<double>());
  if (value.is_array()) {
    std::string text;
    for (const auto& item : value) text += (text.empty() ? "" : ", ") + plain(item);
    return text;
  }
  if (!value.is_object()) return value.dump();
  std::string text;
  for (const auto& [key, item] : value.items()) {
    text += text.empty() ? "" : ", ";
    text += item.is_object() ? key + (item.empty() ? "" : " (" + plain(item) + ")") : key + " " + plain(item);
  }
  return text;
}

std::string plan_entry(const StageRow& row, const char* key) {
  return row.plan.is_object() && row.plan.contains(key) ? plain(row.plan.at(key)) : "–";
}

/// Rates of the trained groups; the frozen ones' are never used.
std::string trained_rates(const StageRow& row) {
  if (!row.plan.is_object() || !row.plan.contains("lr")) return "–";
  Json rates = row.plan.at("lr");
  if (rates.is_array() && rates.size() == row.groups.size() && row.trained_from > 0)
    rates.erase(rates.begin(), rates.begin() + std::min<long>(row.trained_from, static_cast<long>(rates.size())));
  return plain(rates);
}

std::string trained_groups(const StageRow& row) {
  std::string text;
  for (size_t g = static_cast<size_t>(std::max(0, row.trained_from)); g < row.groups.size(); ++g)
    text += (text.empty() ? "" : ", ") + row.groups[g];
  return text.empty() ? "all" : text;
}

std::string other_entries(const StageRow& row) {
  const std::set<std::string> shown{"lr", "shape", "epochs", "steps"};
  std::string text;
  if (!row.plan.is_object()) return text;
  for (const auto& [key, value] : row.plan.items())
    if (!shown.count(key)) text += (text.empty() ? "" : ", ") + key + " " + plain(value);
  return text;
}

std::string cell(std::string_view text) { return joined({"<td>", escape(text), "</td>"}); }

std::string number_cell(std::string_view text) { return joined({"<td class=\"n\">", escape(text), "</td>"}); }

std::string heading(std::string_view text, std::string_view kind = "") {
  return joined({"<th scope=\"col\"", kind.empty() ? "" : " class=\"n\"", ">", escape(text), "</th>"});
}

std::string table(std::string_view label, const std::string& head, const std::string& body) {
  return joined({"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", label, "\"><table><thead><tr>",
                 head, "</tr></thead><tbody>", body, "</tbody></table></div>\n"});
}

}  // namespace

std::string tiles(const Page& page) {
  if (page.summary.empty()) return {};
  const size_t count = page.summary.size(), rows = (count + 5) / 6,
               columns = std::max<size_t>(4, (count + rows - 1) / rows);  // even rows
  std::string out = joined({"<dl class=\"tiles\" style=\"--columns:", std::to_string(columns), "\">"});
  for (const auto& [name, value] : page.summary) {
    std::string shown;
    for (const char c : escape(value))
      shown += c == '_' ? std::string("_<wbr>") : std::string(1, c);  // efficientnet_|lite0
    out += joined(
        {"<div><dt>", escape(name), "</dt><dd", value.size() > 10 ? " class=\"long\"" : "", ">", shown, "</dd></div>"});
  }
  return out + "</dl>\n";
}

std::string notes(const std::vector<std::string>& notes) {
  if (notes.empty()) return {};
  std::string out = "<ul class=\"notes\">";
  for (const auto& note : notes) out += joined({"<li>", escape(note), "</li>"});
  return out + "</ul>\n";
}

std::string stage_table(const Record& record) {
  if (record.stages.empty()) return {};
  std::string body;
  bool others = false;
  for (const auto& row : record.stages) others = others || !other_entries(row).empty();
  for (const auto& row : record.stages) {
    body += joined({"<tr>", number_cell(std::to_string(row.stage + 1)), "<th scope=\"row\">", escape(row.name), "</th>",
                    cell(trained_groups(row)), number_cell(plan_entry(row, "epochs")),
                    number_cell(plan_entry(row, "steps")), cell(trained_rates(row)), cell(plan_entry(row, "shape"))});
    body += (others ? cell(other_entries(row)) : "") + "</tr>";
  }
  return table("Stages",
               heading("stage", "n") + heading("name") + heading("trains") + heading("epochs", "n") +
                   heading("steps", "n") + heading("rates") + heading("shape") + (others ? heading("also") : ""),
               body);
}

std::string epoch_table(const Record& record) {
  if (record.epochs.empty()) return {};
  std::set<std::string> metrics;
  const EpochRow* best = nullptr;
  for (const auto& row : record.epochs) {
    for (const auto& metric : row.metrics) metrics.insert(metric.first);
    if (row.valid_loss && std::isfinite(*row.valid_loss) && (!best || *row.valid_loss < *best->valid_loss)) best = &row;
  }
  std::string head =
      heading("stage", "n") + heading("epoch", "n") + heading("training loss", "n") + heading("validation loss", "n");
  for (const auto& name : metrics) head += heading(name, "n");
  head += heading("training time", "n") + heading("validation time", "n") + heading("items a second", "n");
  std::string body;
  for (const auto& row : record.epochs) {
    body += &row == best ? "<tr class=\"best\">" : "<tr>";
    body += number_cell(std::to_string(row.stage + 1)) + number_cell(std::to_string(row.epoch + 1)) +
            number_cell(figure(row.train_loss));
    body += joined({"<td class=\"n\">", &row == best ? "<span class=\"badge\">lowest</span> " : "",
                    row.valid_loss ? figure(*row.valid_loss) : "–", "</td>"});
    for (const auto& name : metrics) {
      const auto found = row.metrics.find(name);
      body += number_cell(found == row.metrics.end() ? "–" : figure(found->second));
    }
    body += number_cell(duration(row.seconds)) + number_cell(row.valid_seconds > 0 ? duration(row.valid_seconds) : "–");
    const double speed = row.images_per_second;
    body += number_cell(speed >= 1000 ? std::to_string(std::llround(speed)) : speed > 0 ? rate(speed) : "–") + "</tr>";
  }
  return table("Epochs", head, body);
}

std::string picture_grid(const std::vector<Picture>& pictures, const std::string& what) {
  if (pictures.empty()) return {};
  std::string out = "<div class=\"pictures\">";
  for (size_t k = 0; k < pictures.size(); ++k) {
    const auto& picture = pictures[k];
    const std::string alternative =
        what + " " + std::to_string(k + 1) + (picture.caption.empty() ? "" : ": " + picture.caption);
    out += joined({"<figure>", image(picture, alternative)});
    if (!picture.caption.empty()) out += joined({"<figcaption>", escape(picture.caption), "</figcaption>"});
    out += "</figure>";
  }
  return out + "</div>\n";
}

std::string top_losses(const std::vector<TopLossRow>& rows) {
  if (rows.empty()) return {};
  const bool heated =
      std::any_of(rows.begin(), rows.end(), [](const auto& row) { return !row.heat.empty() || !row.texts.empty(); });
  std::string out = joined({"<div class=\"pictures losses", heated ? " heated" : "", "\">"});
  for (const auto& row : rows) {
    const bool right = row.actual == row.predicted;
    const std::string what = row.name + ", actual " + row.actual + ", predicted " + row.predicted;
    out += "<figure><div class=\"views\">";
    if (!row.picture.bytes.empty()) out += joined({"<div>", image(row.picture, what), "</div>"});
    for (const auto& heat : row.heat)
      out += joined({"<div>", image(heat, "heat: " + heat.caption), "<p>", escape(heat.caption), "</p></div>"});
    for (const auto& text : row.texts) out += joined({"<div class=\"text\">", marked_text(text), "</div>"});
    out += joined({"</div><figcaption><dl><dt>actual</dt><dd>", escape(row.actual), "</dd><dt>predicted</dt><dd"});
    if (row.probability) out += right ? " class=\"right\"" : " class=\"wrong\"";
    out += joined({">",
                   !row.probability ? ""
                   : right          ? "✓ "
                                    : "✗ ",
                   escape(row.predicted), "</dd><dt>loss</dt><dd>", figure(row.loss), "</dd>"});
    if (row.probability) out += joined({"<dt>probability</dt><dd>", figure(*row.probability), "</dd>"});
    out += joined(
        {"</dl><p class=\"file\" title=\"", escape(row.name), "\">", escape(row.name), "</p></figcaption></figure>"});
  }
  return out + "</div>\n";
}

std::string heat_legend(const std::vector<std::string>& scale) {
  if (scale.empty()) return {};
  std::string colours;
  for (const auto& colour : scale) colours += (colours.empty() ? "" : ",") + colour;
  return joined({"<p class=\"scale\"><span>speaks little for it</span><i style=\"background:linear-gradient(90deg,",
                 escape(colours), ")\"></i><span>most</span></p>\n"});
}

std::string recipe(const std::string& toml) {
  if (toml.empty()) return {};
  std::string code;
  for (size_t begin = 0; begin < toml.size();) {
    const size_t end = std::min(toml.find('\n', begin), toml.size());
    const std::string line = toml.substr(begin, end - begin);
    const size_t first = line.find_first_not_of(' '), equals = line.find('=');
    const char lead = first == std::string::npos ? ' ' : line[first];
    if (lead == '#')
      code += joined({"<i>", escape(line), "</i>"});
    else if (lead == '[')
      code += joined({"<b>", escape(line), "</b>"});
    else if (equals != std::string::npos)
      code += joined({"<em>", escape(line.substr(0, equals)), "</em>", escape(line.substr(equals))});
    else
      code += escape(line);
    code += "\n";
    begin = end + 1;
  }
  return joined(
      {"<div class=\"recipe\"><button type=\"button\" data-copy=\"recipe-text\">Copy</button>"
       "<pre tabindex=\"0\" aria-label=\"Recipe\"><code id=\"recipe-text\">",
       code, "</code></pre></div>\n"});
}

}  // namespace tenfold::report
