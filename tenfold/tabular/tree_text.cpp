#include "tenfold/tabular/tree_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

constexpr std::string_view kTree = "Tree=", kEnd = "end of trees";

template <class T>
bool read(std::string_view text, T& value) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size();
}

/// `count` values apart by single spaces; fewer or more, or one that does not read: false.
template <class T>
bool read_list(std::string_view text, int64_t count, std::vector<T>& values) {
  if (count < 0 || static_cast<uint64_t>(count) > text.size() + 1) return false;
  values.reserve(static_cast<size_t>(count));
  while (!text.empty() && static_cast<int64_t>(values.size()) < count) {
    const size_t end = std::min(text.find(' '), text.size());
    if (!read(text.substr(0, end), values.emplace_back())) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return text.empty() && static_cast<int64_t>(values.size()) == count;
}

}  // namespace

TreeText::TreeText(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
  if (line() != "tree")
    throw WeightsError(name_, "", "has no trees as LightGBM writes them (the first line is not 'tree')");
  read_block();
}

std::string_view TreeText::line() {
  const size_t end = std::min(text_.find('\n', at_), text_.size());
  auto found = text_.substr(at_, end - at_);
  at_ = std::min(end + 1, text_.size());
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  return found;
}

/// Up to the next tree, or the end of trees.
void TreeText::read_block() {
  values_.clear();
  while (at_ < text_.size()) {
    const auto rest = text_.substr(at_);
    if (rest.substr(0, kTree.size()) == kTree || rest.substr(0, kEnd.size()) == kEnd) return;
    const auto one = line();
    const size_t equals = one.find('=');
    if (equals == std::string_view::npos)
      values_.emplace(one, std::string_view());
    else
      values_.emplace(one.substr(0, equals), one.substr(equals + 1));
  }
}

bool TreeText::next_tree() {
  if (at_ >= text_.size())
    throw WeightsError(name_, "", "has trees that break off after " + std::to_string(tree_) + "; save it anew");
  if (line() == kEnd) return false;
  ++tree_;
  read_block();
  return true;
}

void TreeText::refuse(std::string_view key, const std::string& why) const {
  throw WeightsError(name_, "",
                     (tree_ > 0 ? "tree " + std::to_string(tree_) : "the trees' header") + ": " + std::string(key) +
                         " " + why + "; save it anew");
}

std::string TreeText::value(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) refuse(key, "is missing");
  return std::string(found->second);
}

int64_t TreeText::whole(std::string_view key) const { return wholes(key, 1).front(); }

std::vector<int64_t> TreeText::wholes(std::string_view key, int64_t count) const {
  std::vector<int64_t> values;
  if (!read_list(value(key), count, values)) refuse(key, "is not " + std::to_string(count) + " whole numbers");
  return values;
}

std::vector<double> TreeText::numbers(std::string_view key, int64_t count) const {
  std::vector<double> values;
  if (!read_list(value(key), count, values)) refuse(key, "is not " + std::to_string(count) + " numbers");
  return values;
}

double TreeText::number(std::string_view text, const std::string& name) {
  double value = 0;
  if (!read(text, value)) throw WeightsError(name, "", "has '" + std::string(text) + "' for a number; save it anew");
  return value;
}

}  // namespace tenfold::tabular
