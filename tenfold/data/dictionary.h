#pragma once
// Strings to numbers in the order in which they are first seen. Torch-free.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tenfold {

/// An open-addressing hash table over bytes of its own: one probe and one comparison for most lookups.
class Dictionary {
 public:
  Dictionary() : slots_(64) {}

  /// The number of `text`, which is its next where it is new.
  int32_t add(std::string_view text);
  /// The number of `text`, or -1.
  int32_t find(std::string_view text) const;
  size_t size() const { return texts_.size(); }
  std::string_view operator[](size_t number) const { return texts_[number]; }
  std::vector<std::string> texts() const { return {texts_.begin(), texts_.end()}; }

 private:
  struct Slot {
    uint64_t hash = 0;
    int32_t number = -1;
  };
  size_t place(std::string_view text, uint64_t hash) const;
  std::string_view keep(std::string_view text);
  void grow();

  std::vector<Slot> slots_;  ///< a power of two of them, at most half taken
  std::vector<std::string_view> texts_{};
  std::vector<std::unique_ptr<char[]>> pages_{};
  size_t page_left_ = 0;
  char* page_at_ = nullptr;
};

}  // namespace tenfold
