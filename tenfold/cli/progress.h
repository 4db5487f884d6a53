#pragma once
// How far work has come: a bar with rate and time left that a terminal redraws, plain lines now and then elsewhere.

#include <cstdint>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>

#include "tenfold/cli/terminal.h"

namespace tenfold::cli {

/// Seconds from any fixed moment.
double steady_seconds();

class Progress {
 public:
  Progress(std::ostream& out, Terminal terminal, std::function<double()> seconds = steady_seconds);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `all` items of `what`; another `what` begins another bar. `more` comes last. Any thread may call.
  void update(const std::string& what, int64_t done, int64_t all, const std::string& more = "");
  /// A whole line that stays.
  void say(const std::string& line);

 private:
  std::string bar(int64_t done, int64_t all, const std::string& more) const;
  void clear();

  std::ostream& out_;
  Terminal terminal_;
  std::function<double()> seconds_;
  std::mutex mutex_;
  std::string what_;
  double began_ = 0, shown_ = 0;
  int64_t first_ = 0;
  bool drawn_ = false;
};

}  // namespace tenfold::cli
