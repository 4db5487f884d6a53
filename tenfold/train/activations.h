#pragma once
// One view of a set of items through the frozen part of a network, by way of the activation store: rows that are there
// are read, the others computed and added.

#include <string>
#include <vector>

#include "tenfold/core/file_hashes.h"
#include "tenfold/train/activation_store.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

/// Which view. A random one is keyed by (seed, number, the item's content), not by the item's place: the same in every
/// split and fold.
struct ActivationView {
  Views kind = Views::plain;
  uint64_t seed = 0;
  int number = 0;
};

/// Of every item; files are read by the learner's workers unless `hashes` remembers them. An item that cannot be read
/// has an id all the same: reading it says what is wrong.
std::vector<ItemId> item_ids(const Dataset& dataset, FileHashes& hashes, int threads);

/// Everything that the bits of the activations of groups [0, cut) depend on, but the item: versions, machine, threads,
/// the layers and their weights, the view, the precision of computing and of keeping.
std::string activation_column(Learner& learner, const Dataset& dataset, int cut, const ActivationView& view,
                              at::ScalarType kept_as);

/// [items, …] `kept_as`; rows of items left out under skip_broken are missing. What is not in the store is computed in
/// batches of one fixed size, the last one filled up, so that an item's row does not depend on the others that happen
/// to be missing. Kept every so often: a run that is killed goes on where it stood. `progress` is told of each item.
RowTable activations(Learner& learner, const std::shared_ptr<const Dataset>& dataset, const std::vector<ItemId>& ids,
                     int cut, const ActivationView& view, at::ScalarType kept_as, ActivationStore& store,
                     const std::function<void(int64_t done)>& progress);

}  // namespace tenfold
