#pragma once
// Sentences and their translations as files have them. Torch-free.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/translation_options.h"

namespace tenfold::text {

/// A sentence a line, blank ones too; the last needs no newline. Throws FileError.
std::vector<std::string> read_lines(const std::string& path);
/// Nothing but white space.
bool is_blank(std::string_view line);

/// Sentences of two languages; source[k] and target[k] mean the same.
struct SentencePairs {
  std::vector<std::string> source, target;
  std::vector<std::string> names{};     ///< "train.de:17", "pairs.csv:18"
  std::vector<std::string> left_out{};  ///< pairs with an empty side, "train.de:17: is empty, and train.en:17 is not"
  int64_t size() const { return static_cast<int64_t>(source.size()); }
};

/// Two files, a sentence a line, of as many lines. A pair with an empty side is left out and told; one with two is left
/// out. Throws FileError; DataError naming both files where their numbers of lines differ, or where no pair is left.
SentencePairs read_aligned(const std::string& source, const std::string& target);
/// Two columns of a CSV. Throws what read_csv() does, and DataError where no pair is left.
SentencePairs read_pairs(const std::string& csv, const std::string& source, const std::string& target);

/// A folder's or a table's pairs.
struct PairSplits {
  SentencePairs train, valid, test;  ///< the last two may be empty
};
/// By the options' path, valid, test, source and target. Throws ConfigError where files of those names are not there,
/// and what reading throws.
PairSplits read_pair_splits(const PairOptions& options);

/// All pairs of data beside those that were trained on: of a CSV; of two files, named without their endings
/// ("data/test2017" for test2017.de and test2017.en); of a folder's test files, or of the only two that it has. Throws
/// ConfigError where there are none, and what reading throws.
SentencePairs read_other_pairs(const std::string& path, const PairOptions& options);

/// All letters small, on both sides.
SentencePairs in_small_letters(SentencePairs pairs);
std::string in_small_letters(std::string_view sentence);

}  // namespace tenfold::text
