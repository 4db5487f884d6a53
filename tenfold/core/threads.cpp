#include "tenfold/core/threads.h"

#include <algorithm>
#include <exception>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold {

int threads_for(int asked) {
  return asked > 0 ? asked : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}
namespace {

/// One parallel_for. Helpers hold it by shared_ptr: one that is late finds nothing left and touches nothing else.
class Loop {
 public:
  Loop(int64_t n, const std::function<void(int64_t)>& body) : n_(n), body_(body) {}

  void work() {
    std::unique_lock lock(mutex_);
    while (next_ < n_) {
      const int64_t i = next_++;
      ++running_;
      lock.unlock();
      std::exception_ptr error;
      try {
        body_(i);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      --running_;
      if (error) {
        next_ = n_;
        if (!error_ || i < error_at_) {
          error_ = error;
          error_at_ = i;
        }
      }
    }
    if (running_ == 0) done_.notify_all();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return next_ >= n_ && running_ == 0; });
    if (error_) std::rethrow_exception(error_);
  }

 private:
  const int64_t n_;
  const std::function<void(int64_t)>& body_;  ///< alive while next_ < n_ or running_ > 0: the caller waits
  std::mutex mutex_;
  std::condition_variable done_;
  int64_t next_ = 0;
  int64_t running_ = 0;
  int64_t error_at_ = 0;
  std::exception_ptr error_;
};

}  // namespace

ThreadPool::ThreadPool(int workers) {
  if (workers < 1) throw ConfigError("workers", "is " + std::to_string(workers) + "; needs at least 1");
  for (int worker = 0; worker < workers; ++worker)
    threads_.emplace_back([this] {
      while (true) {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return closing_ || !queue_.empty(); });
        if (queue_.empty()) return;
        auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
      }
    });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  ready_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::push(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
  }
  ready_.notify_one();
}

void ThreadPool::parallel_for(int64_t n, const std::function<void(int64_t)>& body) {
  if (n <= 0) return;
  const auto loop = std::make_shared<Loop>(n, body);
  for (int64_t helper = 1; helper < std::min<int64_t>(n, workers() + 1); ++helper) push([loop] { loop->work(); });
  loop->work();
  loop->wait();
}

}  // namespace tenfold
