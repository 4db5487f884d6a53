#pragma once
// A light check of HTML as this project writes it: every element closed in order, attributes quoted and given once, no
// stray
// '<' or '&', ids unique, links and labels to ids that exist.

#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tenfold::report {

/// "" where `html` is well-formed, else what is wrong and where.
inline std::string trouble_in(std::string_view html) {
  const std::set<std::string, std::less<>> empty_elements{"meta", "img", "br", "link", "wbr"},
      raw_elements{"script", "style"};
  std::vector<std::string> open;
  std::set<std::string> ids, wanted;
  size_t at = 0;
  const auto wrong = [&](const std::string& what) { return what + " near: " + std::string(html.substr(at, 120)); };
  const auto check_text = [&](std::string_view text) {
    for (size_t k = text.find('&'); k != std::string_view::npos; k = text.find('&', k + 1)) {
      const size_t end = text.find(';', k);
      if (end == std::string_view::npos || end - k > 7) return false;
    }
    return text.find('>') == std::string_view::npos;
  };
  while (at < html.size()) {
    const size_t start = html.find('<', at);
    if (!check_text(html.substr(at, start == std::string_view::npos ? start : start - at)))
      return wrong("stray & or >");
    if (start == std::string_view::npos) break;
    at = start;
    if (html.substr(at).starts_with("<!DOCTYPE html>")) {
      at += 15;
      continue;
    }
    const bool closing = html.substr(at).starts_with("</");
    size_t k = at + (closing ? 2 : 1);
    std::string name;
    while (k < html.size() && (std::isalnum(static_cast<unsigned char>(html[k])))) name += html[k++];
    if (name.empty()) return wrong("'<' without a name");
    std::set<std::string> attributes;
    while (k < html.size() && html[k] != '>') {
      if (html[k] != ' ') return wrong("unexpected character in tag " + name);
      ++k;
      std::string attribute, value;
      while (k < html.size() && (std::isalnum(static_cast<unsigned char>(html[k])) || html[k] == '-'))
        attribute += html[k++];
      if (attribute.empty() || !attributes.insert(attribute).second)
        return wrong("bad or repeated attribute in " + name);
      if (k < html.size() && html[k] == '=') {
        if (html[k + 1] != '"') return wrong("unquoted attribute " + attribute);
        const size_t end = html.find('"', k + 2);
        if (end == std::string_view::npos) return wrong("attribute that does not end");
        value = html.substr(k + 2, end - k - 2);
        if (value.find('<') != std::string::npos || !check_text(value))
          return wrong("raw markup in attribute " + attribute);
        k = end + 1;
      }
      if (attribute == "id" && !ids.insert(value).second) return wrong("id twice: " + value);
      if (attribute == "aria-labelledby" || attribute == "data-copy") wanted.insert(value);
      if (attribute == "href") wanted.insert(value.substr(1));
    }
    if (name == "img" && !attributes.count("alt")) return wrong("picture without alt");
    at = k + 1;
    if (closing) {
      if (open.empty() || open.back() != name)
        return wrong("</" + name + "> closes " + (open.empty() ? "nothing" : open.back()));
      open.pop_back();
    } else if (raw_elements.count(name)) {
      const size_t end = html.find("</" + name + ">", at);
      if (end == std::string_view::npos) return wrong("no end of " + name);
      at = end + name.size() + 3;
    } else if (!empty_elements.count(name)) {
      open.push_back(name);
    }
  }
  if (!open.empty()) return "not closed: " + open.back();
  for (const auto& id : wanted)
    if (!ids.count(id)) return "no such id: " + id;
  return {};
}

}  // namespace tenfold::report
