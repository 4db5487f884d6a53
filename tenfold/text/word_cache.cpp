#include "tenfold/text/word_cache.h"

#include <cstring>

namespace tenfold::text {
namespace {

constexpr size_t most_words = size_t{1} << 16, places = most_words * 2;
constexpr size_t longest_word = 64, most_pieces = 64;  // longer ones are too rare to keep

uint64_t mixed(uint64_t hash, uint64_t bytes) {
  hash = (hash ^ bytes) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

uint64_t hash_of(std::string_view word) {
  uint64_t hash = word.size(), bytes = 0;
  for (; word.size() >= 8; word.remove_prefix(8)) {
    std::memcpy(&bytes, word.data(), 8);
    hash = mixed(hash, bytes);
  }
  bytes = 0;
  if (!word.empty()) std::memcpy(&bytes, word.data(), word.size());
  return mixed(hash, bytes);
}

}  // namespace

WordCache::WordCache() : places_(places) {}

size_t WordCache::place(uint64_t hash, std::string_view word) const {
  size_t at = hash & (places - 1);
  for (; places_[at] != 0; at = (at + 1) & (places - 1)) {
    const Word& one = words_[places_[at] - 1];
    if (one.hash == hash && one.length == word.size() &&
        std::memcmp(texts_.data() + one.text, word.data(), word.size()) == 0)
      break;
  }
  return at;
}

const WordCache::Pieces* WordCache::find(std::string_view word) {
  if (word.size() > longest_word) return nullptr;
  const uint32_t number = places_[place(hash_of(word), word)];
  if (number == 0) return nullptr;
  const Word& one = words_[number - 1];
  found_ = {{ids_.data() + one.ids, one.id_count}, {parts_.data() + one.parts, one.part_count}};
  return &found_;
}

void WordCache::add(std::string_view word, std::span<const int32_t> ids, std::span<const English::Part> parts) {
  if (word.size() > longest_word || ids.size() > most_pieces) return;
  if (words_.size() == most_words) clear();
  const uint64_t hash = hash_of(word);
  const size_t at = place(hash, word);
  words_.push_back({.hash = hash,
                    .text = static_cast<uint32_t>(texts_.size()),
                    .length = static_cast<uint32_t>(word.size()),
                    .ids = static_cast<uint32_t>(ids_.size()),
                    .parts = static_cast<uint32_t>(parts_.size()),
                    .id_count = static_cast<uint16_t>(ids.size()),
                    .part_count = static_cast<uint16_t>(parts.size())});
  places_[at] = static_cast<uint32_t>(words_.size());
  texts_.append(word);
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  parts_.insert(parts_.end(), parts.begin(), parts.end());
}

void WordCache::clear() {
  places_.assign(places, 0);
  words_.clear();
  texts_.clear();
  ids_.clear();
  parts_.clear();
}

}  // namespace tenfold::text
