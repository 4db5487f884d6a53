#pragma once
// Ctrl-C and SIGTERM: the first asks the work to end in good order, the second ends the program at once.

namespace tenfold::cli {

/// While it lives, signals ask instead of kill.
class Interrupt {
 public:
  /// `said` goes to standard error at the first signal; it must live as long as this.
  explicit Interrupt(const char* said = "\nfinishing this step, then a checkpoint; once more ends at once\n");
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool asked() const;
};

}  // namespace tenfold::cli
