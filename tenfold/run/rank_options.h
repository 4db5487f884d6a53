#pragma once
// Options of ranking backbones, torch-free.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold {

struct RankOptions {
  std::vector<std::string> backbones{};
  double minutes = 10;
  int folds = 5;
  int64_t size = 0;
  std::string cache;
  int64_t cache_mib = 4096;
};

template <class Visitor>
void fields(Visitor&& visit, RankOptions& o) {
  visit("backbones", o.backbones, "networks to rank; empty takes all whose published weights are in the model folder");
  visit("minutes", o.minutes,
        "time for everything; the cheapest networks come first, and those that would go beyond are named and left out");
  visit("folds", o.folds,
        "where the data has no valid folder: parts that each validate once; more measure better and cost little");
  visit("size", o.size, "pixels a side for all networks; 0 takes each network's own size");
  visit("cache", o.cache, "folder of the activation store; empty takes the user's cache folder");
  visit("cache_mib", o.cache_mib, "bound of that folder in MiB; what is longest unused goes first");
}

}  // namespace tenfold
