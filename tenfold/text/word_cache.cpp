#include "tenfold/text/word_cache.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tenfold::text {
namespace {

constexpr size_t fewest_pairs = size_t{1} << 8, most_pairs = size_t{1} << 15;
constexpr size_t most_words = size_t{1} << 15, places = most_words * 2;
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

WordCache::WordCache() : shorts_(fewest_pairs) {}

void WordCache::add_short(const Short& word) {
  Pair& pair = shorts_[word.key.hash() & (shorts_.size() - 1)];
  auto* place = std::find_if(pair.begin(), pair.end(), [](const Short& one) { return one.count == 0; });
  if (place != pair.end()) {
    ++short_count_;
  } else {
    // One that was not asked for since the last newcomer goes, so that rare words do not drive out common ones.
    place = std::find_if(pair.begin(), pair.end(), [](const Short& one) { return one.used == 0; });
    if (place == pair.end()) {
      for (Short& one : pair) one.used = 0;
      place = pair.begin() + 1;
    }
  }
  *place = word;
}

void WordCache::grow_shorts() {
  auto before = std::exchange(shorts_, std::vector<Pair>(shorts_.size() * 2));
  short_count_ = 0;
  for (const Pair& pair : before)
    for (const Short& word : pair)
      if (word.count > 0) add_short(word);
}

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
  if (words_.empty() || word.size() > longest_word) return nullptr;
  const uint32_t number = places_[place(hash_of(word), word)];
  if (number == 0) return nullptr;
  const Word& one = words_[number - 1];
  found_ = {{ids_.data() + one.ids, one.id_count}, {parts_.data() + one.parts, one.part_count}};
  return &found_;
}

void WordCache::add(std::string_view word, std::span<const int32_t> ids, std::span<const English::Part> parts) {
  const auto fits = [](English::Part part) { return part <= std::numeric_limits<uint8_t>::max(); };
  if (word.size() <= WordKey::longest && !ids.empty() && ids.size() <= Short::most_pieces &&
      std::all_of(parts.begin(), parts.end(), fits)) {
    if (short_count_ >= shorts_.size() && shorts_.size() < most_pairs) grow_shorts();
    Short one;
    one.key = WordKey::of(word, word.size());
    std::copy(ids.begin(), ids.end(), one.ids.begin());
    for (size_t k = 0; k < parts.size(); ++k) one.parts[k] = static_cast<uint8_t>(parts[k]);
    one.count = static_cast<uint8_t>(ids.size()) & 3;
    one.has_parts = !parts.empty();
    add_short(one);
    return;
  }
  if (word.size() > longest_word || ids.size() > most_pieces) return;
  if (words_.size() == most_words) clear();
  if (places_.empty()) places_.resize(places);
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
