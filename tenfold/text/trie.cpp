#include "tenfold/text/trie.h"

#include <utility>

namespace tenfold::text {

Trie::Trie() : values_(1, -1), edges_(64) {}

size_t Trie::place(uint64_t key) const {
  const size_t mask = edges_.size() - 1;
  size_t at = static_cast<size_t>(key * 0x9E3779B97F4A7C15u >> 32) & mask;
  while (edges_[at].key != 0 && edges_[at].key != key) at = (at + 1) & mask;
  return at;
}

void Trie::grow() {
  const std::vector<Edge> before = std::exchange(edges_, std::vector<Edge>(edges_.size() * 2));
  for (const Edge& edge : before)
    if (edge.key != 0) edges_[place(edge.key)] = edge;
}

void Trie::add(std::string_view text, int32_t value) {
  int32_t node = 0;
  for (const char byte : text) {
    if (used_ * 2 >= edges_.size()) grow();
    const uint64_t key = (static_cast<uint64_t>(node) + 1) << 8 | static_cast<unsigned char>(byte);
    Edge& edge = edges_[place(key)];
    if (edge.key == 0) {
      edge = {key, static_cast<int32_t>(values_.size())};
      values_.push_back(-1);
      ++used_;
    }
    node = edge.node;
  }
  values_[static_cast<size_t>(node)] = value;
}

Trie::Match Trie::longest(std::string_view text) const {
  Match match;
  int32_t node = 0;
  for (size_t length = 0; length < text.size(); ++length) {
    const uint64_t key = (static_cast<uint64_t>(node) + 1) << 8 | static_cast<unsigned char>(text[length]);
    const Edge& edge = edges_[place(key)];
    if (edge.key == 0) break;
    node = edge.node;
    if (values_[static_cast<size_t>(node)] >= 0) match = {length + 1, values_[static_cast<size_t>(node)]};
  }
  return match;
}

}  // namespace tenfold::text
