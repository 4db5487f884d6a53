#pragma once
// The pieces of a column as one column. Torch-free.

#include <optional>
#include <vector>

#include "tenfold/data/column_reader.h"

namespace tenfold {

/// `pieces` in the file's order; each is emptied once it is copied. `guess` holds them all; `readers` are the workers',
/// whose dictionaries the codes are of; `declared` is what the user says the column is. Levels come in the order of the
/// rows, whichever worker met them first.
Column merge_pieces(const std::vector<Piece*>& pieces, Guess guess, const std::vector<const ColumnReader*>& readers,
                    const ReadOptions& options, std::optional<ColumnKind> declared);

}  // namespace tenfold
