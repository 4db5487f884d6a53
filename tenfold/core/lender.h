#pragma once
// Things that are dear to make and serve one thread at a time, lent and taken back: as many are made as threads ask at
// once, and what one has learnt lasts from loan to loan.

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tenfold {

template <class Lent>
class Lender {
 public:
  /// use(one) with one that nobody else has, made by make() (a std::unique_ptr) where all are lent. One whose use threw
  /// does not come back.
  template <class Make, class Use>
  void with_one(const Make& make, const Use& use) {
    std::unique_ptr<Lent> one;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        one = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (one == nullptr) one = make();
    use(*one);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(one));
  }
  std::vector<std::unique_ptr<Lent>>& all() { return free_; }  ///< when none is lent

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lent>> free_;
};

}  // namespace tenfold
