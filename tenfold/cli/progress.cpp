#include "tenfold/cli/progress.h"

#include <algorithm>
#include <chrono>

namespace tenfold::cli {
namespace {

constexpr double kRedraw = 0.1;     // seconds between redraws; more often costs and flickers
constexpr double kPlainEvery = 10;  // seconds between lines in a log
constexpr int kBar = 24;            // cells

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Progress::Progress(std::ostream& out, Terminal terminal, std::function<double()> seconds)
    : out_(out), terminal_(terminal), seconds_(std::move(seconds)) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
  if (drawn_) out_ << "\r\033[K" << std::flush;
  drawn_ = false;
}

std::string Progress::bar(int64_t done, int64_t all, const std::string& more) const {
  std::string line = what_ + "  ";
  const double elapsed = seconds_() - began_;
  const double rate = elapsed > 0 ? static_cast<double>(done - first_) / elapsed : 0;
  if (all > 0) {
    if (terminal_.live) {
      const int cells = static_cast<int>(std::clamp<int64_t>(done * kBar / all, 0, kBar));
      line += "[" + std::string(static_cast<size_t>(cells), '=') + std::string(static_cast<size_t>(kBar - cells), ' ') +
              "] ";
    }
    line += std::to_string(done) + "/" + std::to_string(all);
  } else {
    line += std::to_string(done);
  }
  if (rate > 0) {
    line += "  " + number(rate, 3) + "/s";
    if (all > done) line += "  " + duration(static_cast<double>(all - done) / rate) + " left";
  }
  return more.empty() ? line : line + "  " + more;
}

void Progress::update(const std::string& what, int64_t done, int64_t all, const std::string& more) {
  const std::lock_guard lock(mutex_);
  const double now = seconds_();
  if (what != what_) {
    clear();
    what_ = what;
    began_ = shown_ = now;
    first_ = done;
  }
  const bool last = all > 0 && done >= all;
  if (terminal_.live) {
    if (drawn_ && !last && now - shown_ < kRedraw) return;
    std::string line = bar(done, all, more);
    if (columns(line) >= terminal_.width) line.resize(static_cast<size_t>(terminal_.width) - 1);
    out_ << "\r\033[K" << line << std::flush;
    drawn_ = true;
  } else {
    if (now - shown_ < kPlainEvery) return;
    out_ << bar(done, all, more) << std::endl;
  }
  shown_ = now;
}

void Progress::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  clear();
  out_ << line << std::endl;
}

}  // namespace tenfold::cli
