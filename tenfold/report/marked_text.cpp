#include "tenfold/report/marked_text.h"

#include <algorithm>
#include <cmath>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

constexpr double kFaintest = 0.04;  // of the largest weight: below it a word is left plain

std::string percent(double share) { return std::to_string(std::lround(100 * share)); }

double largest_of(const std::vector<double>& weights) {
  double largest = 0;
  for (const double weight : weights)
    if (std::isfinite(weight)) largest = std::max(largest, std::abs(weight));
  return largest;
}

std::string shaded(const std::string& word, double share) {
  if (!(std::abs(share) >= kFaintest)) return escape(word);
  const std::string strength = percent(std::abs(share));
  return joined({"<mark class=\"", share > 0 ? "for" : "against", "\" style=\"--p:", strength, "%\" title=\"",
                 share > 0 ? "for it, " : "against it, ", strength, " % of the strongest\">", escape(word), "</mark>"});
}

}  // namespace

std::string marked_text(const MarkedText& text) {
  const double largest = largest_of(text.weight);
  std::string out = "<p class=\"marked\">";
  for (size_t k = 0; k < text.words.size(); ++k) {
    const double weight = k < text.weight.size() ? text.weight[k] : 0;
    out += (k > 0 ? " " : "") + shaded(text.words[k], largest > 0 && std::isfinite(weight) ? weight / largest : 0);
  }
  return out + joined({"</p><p class=\"said\">", escape(text.caption), "</p>"});
}

std::string marked_legend() {
  return "<p class=\"scale words\"><mark class=\"for\" style=\"--p:70%\">speaks for it</mark> <mark class=\"against\" "
         "style=\"--p:70%\">speaks against it</mark></p>\n";
}

std::string alignment_tables(const std::vector<Alignment>& pairs) {
  std::string out;
  for (const auto& pair : pairs) {
    out += "<figure class=\"alignment\"><div class=\"scroll\"><table><thead><tr><td></td>";
    for (const auto& word : pair.source) out += joined({"<th scope=\"col\"><span>", escape(word), "</span></th>"});
    out += "</tr></thead><tbody>";
    for (size_t row = 0; row < pair.target.size() && row < pair.weight.size(); ++row) {
      out += joined({"<tr><th scope=\"row\">", escape(pair.target[row]), "</th>"});
      for (const double weight : pair.weight[row]) {
        const std::string share = percent(std::isfinite(weight) ? std::clamp(weight, 0.0, 1.0) : 0);
        out += joined({"<td style=\"--p:", share, "%\" title=\"", share, " %\"></td>"});
      }
      out += "</tr>";
    }
    out += "</tbody></table></div>";
    if (!pair.reference.empty())
      out += joined({"<figcaption>a human wrote: ", escape(pair.reference), "</figcaption>"});
    out += "</figure>\n";
  }
  return out.empty() ? out : "<div class=\"alignments\">" + out + "</div>\n";
}

std::string translation_table(const std::vector<TranslationRow>& rows) {
  std::string out;
  for (const auto& row : rows)
    out += joined({"<tr><td>", escape(row.source), "</td><td>", escape(row.reference), "</td><td>",
                   escape(row.translation), "</td></tr>"});
  return out.empty() ? out
                     : "<div class=\"scroll\"><table class=\"translations\"><thead><tr><th>source</th><th>reference"
                       "</th><th>translation</th></tr></thead><tbody>" +
                           out + "</tbody></table></div>\n";
}

}  // namespace tenfold::report
