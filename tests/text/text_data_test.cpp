#include "tenfold/text/text_data.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/text/word_tokenizer.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;

/// [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, one 4, two 5, … ten 13.
std::shared_ptr<const WordPiece> ten_words() {
  return std::make_shared<const WordPiece>(Vocab({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "one", "two", "three", "four",
                                                  "five", "six", "seven", "eight", "nine", "ten"}),
                                           WordPieceOptions{}, "ten words");
}

const std::string kTen = "one two three four five six seven eight nine ten";

TEST(Numericaliser, KeepsTheStartOfALongText) {
  EXPECT_THAT(numericaliser(ten_words(), {.most = 6}).ids(kTen), ElementsAre(2, 4, 5, 6, 7, 3));
}

TEST(Numericaliser, KeepsAQuarterOfTheStartAndTheRestOfTheEnd) {
  const auto how = numericaliser(ten_words(), {.most = 8, .keep = Keep::both_ends});
  EXPECT_THAT(how.ids(kTen), ElementsAre(2, 4, 9, 10, 11, 12, 13, 3));
}

TEST(Numericaliser, LeavesATextThatFitsAsItIs) {
  const auto how = numericaliser(ten_words(), {.most = 12, .keep = Keep::both_ends});
  EXPECT_THAT(how.ids(kTen), ElementsAre(2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 3));
}

TEST(Numericaliser, RefusesABoundThatHoldsNoPiece) {
  EXPECT_THROW(numericaliser(ten_words(), {.most = 2}), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
