#pragma once
// Ctrl-C and SIGTERM while training: the first asks for a checkpoint, the second ends the program at once.

namespace tenfold::cli {

/// While it lives, signals ask instead of kill.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool asked() const;
};

}  // namespace tenfold::cli
