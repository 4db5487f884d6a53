// What keys the rows of the activation store: an item by its content, a view by what makes it.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "files.h"
#include "tenfold/core/hash.h"
#include "tenfold/vision/images.h"

namespace tenfold::vision {
namespace {

class ItemFingerprint : public testing::Test {
 protected:
  void SetUp() override {
    for (int k = 0; k < 8; ++k)
      put(scratch_.path / (k % 2 ? "a" : "b") / (std::to_string(k) + ".png"),
          text_of(encode_png(flat(12, 12, static_cast<uint8_t>(20 * k), 5, 9))));
  }
  Data read(DataOptions options = {.size = 16}, uint64_t seed = 1) const {
    options.path = scratch_.path.string();
    return load(options, {}, seed).data;
  }
  Scratch scratch_;
};

TEST_F(ItemFingerprint, IsOfTheContentWhateverThePlaceOrSplit) {
  const Data one = read(), other = read({.size = 24}, 7);  // another split
  std::map<std::string, std::string> seen;
  for (const Data* data : {&one, &other})
    for (const auto& part : {data->train, data->valid})
      for (int64_t k = 0; k < part->size(); ++k) {
        const auto content = part->item_fingerprint(k);
        EXPECT_EQ(content, content_hash(part->item_file(k)));
        EXPECT_EQ(seen.emplace(part->name(k), content).first->second, content);
      }
  EXPECT_EQ(seen.size(), 8u);
  std::set<std::string> different;
  for (const auto& [_, content] : seen) different.insert(content);
  EXPECT_EQ(different.size(), 8u);
}

TEST_F(ItemFingerprint, ViewsAreKnownByWhatMakesThem) {
  const auto plain = [](const Data& data) {
    return data.train->view_fingerprint(Views::plain) + data.transform->fingerprint();
  };
  const auto random = [](const Data& data) {
    return data.train->view_fingerprint(Views::random) + data.transform->random_fingerprint();
  };
  const Data side_on = read({.size = 16, .augment = Augment::side_on}),
             none = read({.size = 16, .augment = Augment::none});
  EXPECT_EQ(plain(side_on), plain(none));
  EXPECT_NE(random(side_on), random(none));
  EXPECT_NE(random(side_on), random(read({.size = 16, .augment = Augment::side_on, .max_zoom = 1.2})));
  EXPECT_EQ(random(side_on), random(read({.size = 16, .augment = Augment::side_on}, 5)));
  EXPECT_NE(plain(side_on), plain(read({.size = 24})));
}

}  // namespace
}  // namespace tenfold::vision
