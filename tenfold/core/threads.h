#pragma once
// A fixed pool of worker threads. Exceptions travel to whoever waits; the first one wins.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace tenfold {

/// Threads for work that was asked to take so many: one a core, at least one, where it is 0.
int threads_for(int asked);

class ThreadPool {
 public:
  /// `workers` >= 1. Threads start at once and end with the object, after the queue is empty.
  explicit ThreadPool(int workers);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Runs `work` on a worker; the future carries its result or its exception.
  template <class Work>
  auto submit(Work&& work) -> std::future<std::invoke_result_t<Work>>;

  /// body(i) for i in [0, n), in any order, and waits. After an exception no further i starts; the exception of the
  /// lowest i among those that threw is rethrown here. The caller works too, so a body may itself call parallel_for.
  void parallel_for(int64_t n, const std::function<void(int64_t)>& body);

  int workers() const { return static_cast<int>(threads_.size()); }

 private:
  void push(std::function<void()> work);
  std::vector<std::thread> threads_;
  std::deque<std::function<void()>> queue_;
  std::mutex mutex_;
  std::condition_variable ready_;
  bool closing_ = false;
};

template <class Work>
auto ThreadPool::submit(Work&& work) -> std::future<std::invoke_result_t<Work>> {
  using Result = std::invoke_result_t<Work>;
  auto task = std::make_shared<std::packaged_task<Result()>>(std::forward<Work>(work));
  auto future = task->get_future();
  push([task] { (*task)(); });
  return future;
}

}  // namespace tenfold
