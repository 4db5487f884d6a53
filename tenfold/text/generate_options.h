#pragma once
// Options of text that a language model writes, torch-free.

#include <cstdint>

#include "tenfold/core/options.h"

namespace tenfold::text {

struct GenerateOptions {
  int64_t tokens = 50;
  double temperature = 0.75;
  int64_t top_k = 0;
  double min_p = 0;
  uint64_t seed = 42;
};

template <class Visitor>
void fields(Visitor&& visit, GenerateOptions& o) {
  visit("tokens", o.tokens, "tokens to write");
  visit("temperature", o.temperature,
        "below 1 writes what is probable and repeats itself, above 1 is bolder and makes more mistakes");
  visit("top_k", o.top_k, "draw among this many most probable tokens only; 0 is all");
  visit(
      "min_p", o.min_p,
      "leave out tokens less probable than this, before the temperature; where none is as probable, none is left out");
  visit("seed", o.seed, "same seed, same model, same beginning: same text");
}

}  // namespace tenfold::text
