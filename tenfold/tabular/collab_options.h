#pragma once
// Options of collaborative filtering, torch-free.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenfold::tabular {

/// dot: the product of a user's and an item's vectors, plus a bias of either. neural: both vectors side by side through
/// hidden layers.
enum class CollabArch { dot, neural };
constexpr auto names(CollabArch) {
  return std::to_array<std::pair<CollabArch, std::string_view>>(
      {{CollabArch::dot, "dot"}, {CollabArch::neural, "neural"}});
}

struct CollabOptions {
  std::string user, item;
  CollabArch arch = CollabArch::dot;
  int64_t factors = 50;
  std::vector<int64_t> layers{};
  std::vector<double> dropout{};
  double embedding_dropout = 0;
  std::vector<double> range{};
  bool legacy = false;
  double liked = 0;
};

/// Whether they make a table one of ratings.
inline bool of_ratings(const CollabOptions& o) { return !o.user.empty() || !o.item.empty(); }

template <class Visitor>
void fields(Visitor&& visit, CollabOptions& o) {
  visit("user", o.user,
        "column of who rates; with item it makes the table one of ratings: other columns are left out, users and items "
        "that training has not seen are taken for the mean one, and `tenfold recommend` knows what to recommend");
  visit("item", o.item, "column of what is rated");
  visit("arch", o.arch,
        "dot multiplies a user's vector with an item's and adds a bias of either: hard to beat where there are ratings "
        "alone; neural puts both through hidden layers, slower");
  visit("factors", o.factors, "dot: width of a vector; neural: of the hidden layer. More needs more weight decay");
  visit("layers", o.layers, "neural: widths of the hidden layers; empty is one of `factors`");
  visit("dropout", o.dropout, "neural: share of each hidden layer's outputs left out in training");
  visit("embedding_dropout", o.embedding_dropout, "neural: share of the vectors' elements left out in training");
  visit("range", o.range,
        "lowest and highest rating that can be predicted; a little beyond the scale (0, 5.5 for 1 to 5 stars), since a "
        "sigmoid reaches its ends never. Empty: no limit");
  visit("legacy", o.legacy, "first vectors as fastai 0.7's (even in ±0.05) instead of 2.x's (deviation 0.01)");
  visit("liked", o.liked,
        "recall_at_10 counts ratings of at least this as liked; 0 takes the mean of the training ratings");
}

}  // namespace tenfold::tabular
