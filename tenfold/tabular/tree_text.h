#pragma once
// LightGBM's text form of a model: "key=value" lines, a header and then a block a tree. Internal to this room.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tenfold::tabular {

/// Begins at the header; next_tree() goes on to the next block. Keeps views of the text, which must outlive it.
class TreeText {
 public:
  /// Throws WeightsError, calling the text `name`, where it is no model of LightGBM's.
  TreeText(std::string_view text, std::string name);
  /// False after the last tree. Throws WeightsError where the text ends before "end of trees".
  bool next_tree();

  bool has(std::string_view key) const { return values_.contains(key); }
  /// Each throws WeightsError where the key is not there or its value does not read.
  std::string value(std::string_view key) const;
  int64_t whole(std::string_view key) const;
  std::vector<int64_t> wholes(std::string_view key, int64_t count) const;
  std::vector<double> numbers(std::string_view key, int64_t count) const;
  static double number(std::string_view text, const std::string& name);
  [[noreturn]] void refuse(std::string_view key, const std::string& why) const;

 private:
  void read_block();
  std::string_view line();

  std::string_view text_;
  std::string name_;
  size_t at_ = 0;
  int tree_ = 0;  ///< of the block, from 1; 0 in the header
  std::unordered_map<std::string_view, std::string_view> values_;
};

}  // namespace tenfold::tabular
