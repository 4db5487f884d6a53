#include "tenfold/core/random.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold {

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t{0xD2511F53} * counter[0];
    const uint64_t second = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
               static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key[0] += 0x9E3779B9;  // golden ratio
    key[1] += 0xBB67AE85;  // √3 − 1
  }
  return counter;
}

Draw::Draw(uint64_t seed, uint64_t epoch, uint64_t sample, Purpose purpose)
    : seed_(seed), epoch_(epoch), sample_(sample), purpose_(purpose) {
  if (epoch >> 32 != 0) throw Error("a random stream for epoch " + std::to_string(epoch) + "; needs one below 2^32");
  if (sample >> 48 != 0) throw Error("a random stream for sample " + std::to_string(sample) + "; needs one below 2^48");
}

uint32_t Draw::bits() {
  if (used_ == 4) {
    const auto high = static_cast<uint32_t>(sample_ >> 32) | static_cast<uint32_t>(purpose_) << 16;
    block_ = philox4x32({block_index_++, static_cast<uint32_t>(sample_), high, static_cast<uint32_t>(epoch_)},
                        {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
    used_ = 0;
  }
  return block_[static_cast<size_t>(used_++)];
}

uint64_t Draw::bits64() {
  const uint64_t low = bits();
  return low | uint64_t{bits()} << 32;
}

double Draw::uniform() { return static_cast<double>(bits64() >> 11) * 0x1p-53; }

double Draw::uniform(double low, double high) { return low + (high - low) * uniform(); }

bool Draw::chance(double probability) { return uniform() < probability; }

int64_t Draw::below(int64_t n) {
  if (n < 1) throw Error("a random number below " + std::to_string(n) + "; needs at least 1");
  const auto range = static_cast<uint64_t>(n);
  const uint64_t rest = (std::numeric_limits<uint64_t>::max() % range + 1) % range;  // 2^64 mod n
  uint64_t value = bits64();
  while (value > std::numeric_limits<uint64_t>::max() - rest)
    value = bits64();  // the incomplete last range would favour small results
  return static_cast<int64_t>(value % range);
}

double Draw::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double Draw::gamma(double shape) {
  if (shape < 1) {
    const double larger = gamma(shape + 1);
    return larger * std::pow(1 - uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal(), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(1 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double Draw::beta(double a, double b) {
  if (!(a > 0) || !(b > 0))
    throw Error("Beta(" + std::to_string(a) + ", " + std::to_string(b) + "); needs both above 0");
  const double x = gamma(a), y = gamma(b);
  if (x + y == 0) return chance(a / (a + b)) ? 1 : 0;  // both underflowed: the limit of tiny a and b
  return x / (x + y);
}

Draw Draw::other(Purpose purpose) const { return {seed_, epoch_, sample_, purpose}; }

std::vector<int64_t> permutation(int64_t n, Draw draw) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t last = n - 1; last > 0; --last)
    std::swap(order[static_cast<size_t>(last)], order[static_cast<size_t>(draw.below(last + 1))]);
  return order;
}

}  // namespace tenfold
