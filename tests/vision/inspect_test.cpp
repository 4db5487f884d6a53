#include "tenfold/vision/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

std::string picture(int k) { return text_of(encode_png(flat(40, 36, static_cast<uint8_t>(k), 7, 90))); }

class Inspect : public testing::Test {
 protected:
  Inspect() {
    int k = 0;
    for (const char* split : {"train", "valid"})
      for (const char* name : {"ants", "bees"})
        for (int item = 0; item < 4; ++item) put(root / split / name / (std::to_string(item) + ".png"), picture(k++));
  }
  Inspection look() { return inspect({.path = root.string()}, 3); }

  const Scratch scratch;
  const fs::path root = scratch.path;
};

TEST_F(Inspect, CountsAndMeasures) {
  put(root / "test" / "x.png", text_of(encode_png(flat(100, 50, 1, 2, 3))));
  int64_t calls = 0, last = 0;
  const auto found = inspect({.path = root.string()}, 2, [&](int64_t done, int64_t all) {
    ++calls;
    last = done;
    EXPECT_EQ(all, 17);
  });
  EXPECT_EQ(calls, 17);
  EXPECT_EQ(last, 17);
  EXPECT_EQ(found.layout, "train/valid folders");
  EXPECT_EQ(found.task, "single_label");
  EXPECT_EQ(found.train, 8);
  EXPECT_EQ(found.valid, 8);
  EXPECT_EQ(found.test, 1);
  ASSERT_EQ(found.classes.size(), 2u);
  EXPECT_EQ(found.classes[1].name, "bees");
  EXPECT_EQ(found.classes[1].train, 4);
  EXPECT_EQ(found.max_width, 100);
  EXPECT_EQ(found.median_height, 36);
  EXPECT_TRUE(found.broken.empty());
  EXPECT_TRUE(found.warnings.empty());
  EXPECT_EQ(found.recommendation,
            "tenfold train --images " + root.string() + " --size 36 --augment small --backbone small_resnet");
  EXPECT_EQ(to_json(found)["size"]["median"][0], 40);
}

TEST_F(Inspect, ListsAllBrokenFilesAtOnce) {
  put(root / "train/ants/html.jpg", "<html>");
  put(root / "train/ants/empty.png", "");
  put(root / "valid/bees/cut.jpg", fixture("ramp.jpg").substr(0, 500));
  put(root / "valid/bees/bomb.png", png_of_size(60000, 60000));
  const auto found = look();
  ASSERT_EQ(found.broken.size(), 4u);
  EXPECT_EQ(found.broken[0].path, (root / "train/ants/empty.png").string());
  EXPECT_EQ(found.broken[0].problem, "is empty (0 bytes); copy or download it again");
  EXPECT_THAT(found.broken[1].problem, HasSubstr("is an HTML page"));
  EXPECT_THAT(found.broken[2].problem, HasSubstr("is 60000 x 60000 pixels"));
  EXPECT_THAT(found.broken[3].problem, HasSubstr("is truncated"));
  EXPECT_THAT(found.recommendation, HasSubstr(" --skip-broken 4 "));
}

TEST_F(Inspect, ListsWhatStopsTraining) {
  fs::create_directories(root / "train" / "wasps");
  put(root / "valid/moths/1.png", picture(200));
  const auto found = look();
  ASSERT_EQ(found.broken.size(), 2u);
  EXPECT_EQ(found.broken[0].path, (root / "train/wasps").string());
  EXPECT_EQ(found.broken[1].path, (root / "valid/moths").string());
  EXPECT_EQ(found.recommendation, "");
}

TEST_F(Inspect, FindsEqualFilesAcrossSplitsAndClasses) {
  put(root / "train/ants/again.png", picture(0));          // within one class and split: no harm
  put(root / "valid/ants/leak.png", picture(1));           // train/ants/1.png
  put(root / "train/bees/contradiction.png", picture(2));  // train/ants/2.png
  const auto found = look();
  ASSERT_EQ(found.duplicates.size(), 2u);
  EXPECT_THAT(found.duplicates, Contains(std::vector<std::string>{(root / "train/ants/1.png").string(),
                                                                  (root / "valid/ants/leak.png").string()}));
  EXPECT_THAT(found.warnings,
              Contains("2 image(s) occur more than once, and may train and validate; validation then looks better "
                       "than it is. Remove all but one of each"));
  EXPECT_THAT(found.warnings, Contains("1 of these are in two classes; one of the labels is wrong"));
}

TEST_F(Inspect, SpeaksOfImbalanceOfNamesThatMisleadAndOfClassesWithoutValidation) {
  for (int k = 0; k < 30; ++k) put(root / "train/ants" / ("more" + std::to_string(k) + ".png"), picture(100 + k));
  put(root / "train/ants/really_a_gif.jpg", fixture("blocks.gif"));
  put(root / "train/moths/1.png", picture(220));
  const auto found = look();
  EXPECT_TRUE(found.broken.empty());
  EXPECT_THAT(found.warnings, Contains("class 'ants' has 35 training images, 'moths' 1; --loss.class_weights balanced "
                                       "gives rare classes their weight"));
  EXPECT_THAT(found.warnings, Contains((root / "train/ants/really_a_gif.jpg").string() +
                                       ": is a GIF by its content, and is read as one; its ending misleads"));
  EXPECT_THAT(found.warnings, Contains("class 'moths' has no validation image, so nothing is measured on it"));
}

TEST_F(Inspect, OfATableNamesRowsAndLikelySlips) {
  std::string csv = "file,label\n";
  for (int k = 0; k < 12; ++k) {
    put(root / (std::to_string(k) + ".png"), picture(k));
    csv += std::to_string(k) + ".png," + (k == 11 ? "cloudy primry" : k % 2 ? "cloudy primary" : "clear") + "\n";
  }
  put(root / "labels.csv", csv + "13.png,clear\n");
  const DataOptions options{.path = root.string(), .csv = (root / "labels.csv").string(), .label_delimiter = "|"};
  const auto found = inspect(options, 2);
  EXPECT_EQ(found.layout, "csv");
  ASSERT_EQ(found.broken.size(), 1u);
  EXPECT_EQ(found.broken[0].path, (root / "labels.csv").string() + ":14");
  EXPECT_THAT(found.warnings, Contains("label 'cloudy primry' occurs 1 time(s); did you mean 'cloudy primary'?"));

  put(root / "labels.csv", "file,label\n\"open");
  const auto broken = inspect(options, 2);
  ASSERT_EQ(broken.broken.size(), 1u);
  EXPECT_EQ(broken.broken[0].path, (root / "labels.csv").string() + ":2");
  EXPECT_THAT(broken.broken[0].problem, HasSubstr("a quote is opened here"));
}

TEST_F(Inspect, ATableListsImagesWhereItsFirstColumnNamesFilesThatAreThere) {
  const auto lists = [&](const std::string& csv, const std::string& column = "") {
    put(root / "t.csv", csv);
    return lists_images({.path = root.string(), .csv = (root / "t.csv").string(), .file_column = column});
  };
  EXPECT_TRUE(lists("file,label\ntrain/ants/0.png,ants\n"));
  EXPECT_TRUE(lists("file,label\nlost.png,ants\ntrain/ants/1,ants\n")) << "endings may be left out";
  EXPECT_FALSE(lists("Store,Sales\n1,5263\n2,6064\n"));
  EXPECT_FALSE(lists("Sales,file\n1,train/ants/0.png\n"));
  EXPECT_TRUE(lists("Sales,file\n1,train/ants/0.png\n", "file"));
  EXPECT_FALSE(lists("a,b\n1\n")) << "a broken table is one all the same";
}

TEST_F(Inspect, ThrowsOnlyWhereThereIsNothing) {
  EXPECT_EQ(what([] { inspect({.path = "no/such/folder"}, 1); }),
            "no/such/folder: is no folder; name a folder of images, or a table with --csv");
}

TEST(InspectRealData, FindsAntsAndBeesWhole) {
  const char* data = std::getenv("TENFOLD_DATA");
  if (!data) GTEST_SKIP() << "TENFOLD_DATA is not set";
  const auto found = inspect({.path = (fs::path(data) / "ants-bees").string()}, 2);
  EXPECT_EQ(found.train, 244);
  EXPECT_EQ(found.valid, 153);
  EXPECT_TRUE(found.broken.empty());
}

}  // namespace
}  // namespace tenfold::vision
