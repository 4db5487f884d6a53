#include "tenfold/data/dictionary.h"

#include <algorithm>
#include <cstring>

namespace tenfold {
namespace {

constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;

uint64_t load(const char* from, size_t size) {
  uint64_t value = 0;
  std::memcpy(&value, from, size);
  return value;
}

uint64_t mix(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a ^ kMultiplier) * (b ^ 0xD6E8FEB86659FD93);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// Wide products of 16 bytes at a time; not against an adversary, whose table would only be slow.
uint64_t hash_of(std::string_view text) {
  const char* at = text.data();
  size_t left = text.size();
  uint64_t hash = left * kMultiplier;
  for (; left > 16; at += 16, left -= 16) hash = mix(hash ^ load(at, 8), load(at + 8, 8));
  if (left >= 8) return mix(hash ^ load(at, 8), load(at + left - 8, 8));
  if (left >= 4) return mix(hash ^ load(at, 4), load(at + left - 4, 4));
  if (left == 0) return mix(hash, 0);
  const auto byte = [&](size_t k) { return uint64_t{static_cast<unsigned char>(at[k])}; };
  return mix(hash ^ (byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16), left);
}

}  // namespace

size_t Dictionary::place(std::string_view text, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].number >= 0 && (slots_[at].hash != hash || texts_[static_cast<size_t>(slots_[at].number)] != text))
    at = (at + 1) & mask;
  return at;
}

int32_t Dictionary::add(std::string_view text) {
  const uint64_t hash = hash_of(text);
  const size_t at = place(text, hash);
  if (slots_[at].number >= 0) return slots_[at].number;
  const auto number = static_cast<int32_t>(texts_.size());
  slots_[at] = {hash, number};
  texts_.push_back(keep(text));
  if (2 * texts_.size() > slots_.size()) grow();
  return number;
}

int32_t Dictionary::find(std::string_view text) const { return slots_[place(text, hash_of(text))].number; }

std::string_view Dictionary::keep(std::string_view text) {
  if (text.size() > page_left_) {
    page_left_ = std::max<size_t>(text.size(), 16 << 10);
    pages_.emplace_back(new char[page_left_]);
    page_at_ = pages_.back().get();
  }
  char* const kept = page_at_;
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  page_at_ += text.size();
  page_left_ -= text.size();
  return {kept, text.size()};
}

void Dictionary::grow() {
  std::vector<Slot> larger(2 * slots_.size());
  const size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.number < 0) continue;
    size_t at = slot.hash & mask;
    while (larger[at].number >= 0) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

}  // namespace tenfold
