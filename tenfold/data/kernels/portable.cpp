// The scan for any processor. Nothing else belongs in this file: its flags hold for all that is compiled in it.
#include "tenfold/data/kernels/body.h"

namespace tenfold::csv {
namespace {

struct Bytes {
  explicit Bytes(Marks marks) : marks_(marks) {}
  Word operator()(const char* text) const {
    Word word{};
    for (int i = 0; i < 64; ++i) {
      const char byte = text[i];
      word.quote |= uint64_t{byte == marks_.quote} << i;
      word.separator |= uint64_t{byte == marks_.separator} << i;
      word.newline |= uint64_t{byte == '\n'} << i;
      word.high |= uint64_t{static_cast<unsigned char>(byte) > 127} << i;
      word.nul |= uint64_t{byte == 0} << i;
    }
    return word;
  }
  static uint64_t prefix_xor(uint64_t bits) {
    for (int step = 1; step < 64; step *= 2) bits ^= bits << step;
    return bits;
  }

 private:
  Marks marks_;
};

}  // namespace

extern const ScanKernel portable_scan;
constinit const ScanKernel portable_scan = {"portable", scan<Bytes>};

}  // namespace tenfold::csv
