#include "tenfold/vision/images.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <set>

#include "files.h"
#include "tenfold/data/loader.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

std::string picture(int k) {
  return text_of(encode_png(flat(20 + k % 3, 16, static_cast<uint8_t>(k), static_cast<uint8_t>(255 - k), 90)));
}

/// `each` images in every CLASS folder below `folder`; `first` makes them unlike those of other calls.
void make_classes(const fs::path& folder, const std::vector<std::string>& classes, int each, int first = 0) {
  for (const auto& name : classes)
    for (int k = 0; k < each; ++k) put(folder / name / (std::to_string(k) + ".png"), picture(first++));
}

class Images : public testing::Test {
 protected:
  ImageData read(DataOptions options = {}) {
    if (options.path.empty()) options.path = root.string();
    return load(options, {}, 42);
  }
  /// labels.csv in the folder, and the pictures a.png … f.png.
  DataOptions table(const std::string& csv) {
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) put(root / (std::string(name) + ".png"), picture(name[0]));
    put(root / "labels.csv", csv);
    return {.path = root.string(), .csv = (root / "labels.csv").string()};
  }
  /// What load says, with the folder's path as ROOT.
  std::string refusal(const DataOptions& options) {
    std::string text = what([&] { read(options); });
    for (size_t at = text.find(root.string()); at != std::string::npos; at = text.find(root.string()))
      text.replace(at, root.string().size(), "ROOT");
    return text;
  }

  const Scratch scratch;
  const fs::path root = scratch.path;
};

std::vector<std::string> names_of(const Dataset& dataset) {
  std::vector<std::string> out;
  for (int64_t k = 0; k < dataset.size(); ++k) out.push_back(dataset.name(k));
  return out;
}

TEST_F(Images, ComeFromTrainValidAndTestFolders) {
  make_classes(root / "train", {"bees", "ants"}, 3);
  make_classes(root / "valid", {"bees", "ants"}, 2, 6);
  put(root / "test" / "a.png", picture(11));
  put(root / "train" / "ants" / "notes.txt", "no image");
  put(root / "train" / "ants" / "._0.png", "a resource fork");
  const ImageData images = read({.size = 16});
  EXPECT_EQ(images.data.classes, (std::vector<std::string>{"ants", "bees"}));
  EXPECT_EQ(images.task.kind, nn::TaskKind::single_label);
  EXPECT_EQ(images.task.classes, 2);
  EXPECT_EQ(images.data.train->size(), 6);
  EXPECT_EQ(images.data.valid->size(), 4);
  EXPECT_EQ(images.data.test->size(), 1);
  EXPECT_EQ(images.data.train->name(0), "train/ants/0.png");
  EXPECT_EQ(images.data.train->target(5).item<int64_t>(), 1);
  EXPECT_FALSE(images.data.test->target(0).defined());
  EXPECT_EQ(images.data.valid->get(0, std::nullopt).x[0].sizes(), at::IntArrayRef({16, 16, 3}));
  const Data larger = images.data.resized(24);
  EXPECT_EQ(larger.valid->get(0, std::nullopt).x[0].sizes(), at::IntArrayRef({24, 24, 3}));
  EXPECT_EQ(larger.resized(16).train->fingerprint(), images.data.train->fingerprint());
  EXPECT_EQ(images.data.valid->get(0, std::nullopt).x[0].sizes(), at::IntArrayRef({16, 16, 3}));  // a value: unchanged
}

TEST_F(Images, SplitClassFoldersByTheSeed) {
  make_classes(root, {"a", "b"}, 10);
  make_classes(root / "test", {"a", "b"}, 1, 30);
  const ImageData one = read(), again = read(), other = load({.path = root.string()}, {}, 7);
  EXPECT_EQ(one.data.train->size(), 16);
  EXPECT_EQ(one.data.valid->size(), 4);
  EXPECT_EQ(one.data.test->target(1).item<int64_t>(), 1);  // labelled, since its folders are the classes
  EXPECT_EQ(names_of(*one.data.valid), names_of(*again.data.valid));
  EXPECT_NE(names_of(*one.data.valid), names_of(*other.data.valid));
  EXPECT_EQ(names_of(*one.data.valid)[0].substr(0, 2), "a/");
}

TEST_F(Images, FingerprintFollowsContentSizeAndResize) {
  make_classes(root, {"a", "b"}, 4);
  const std::string before = read({.size = 16}).data.train->fingerprint();
  EXPECT_EQ(read({.size = 16, .augment = Augment::modern}).data.train->fingerprint(),
            before);  // plain views are the same
  EXPECT_NE(read({.size = 17}).data.train->fingerprint(), before);
  EXPECT_NE(read({.size = 16, .resize = Resize::pad}).data.train->fingerprint(), before);
  for (int k = 0; k < 4; ++k) put(root / "a" / (std::to_string(k) + ".png"), picture(100 + k));
  EXPECT_NE(read({.size = 16}).data.train->fingerprint(), before);
}

TEST_F(Images, BatchesAreTheSameForOneAndFourWorkers) {
  make_classes(root, {"a", "b", "c"}, 12);
  const ImageData images = read({.size = 32, .augment = Augment::modern});
  const auto batches = [&](int workers) {
    Loader loader(images.data.train, {.batch = 8, .workers = workers, .shuffle = true, .augment = true, .seed = 5});
    std::vector<at::Tensor> out;
    for (const uint64_t epoch : {0, 1}) {
      loader.start(epoch);
      while (auto batch = loader.next())
        out.push_back(
            images.data.transform->apply(std::move(*batch), BatchTransform::Key{5, epoch}, at::kBFloat16).x[0]);
    }
    return out;
  };
  const auto one = batches(1), four = batches(4);
  ASSERT_EQ(one.size(), four.size());
  for (size_t k = 0; k < one.size(); ++k) EXPECT_TRUE(at::equal(one[k], four[k]));
  EXPECT_FALSE(at::equal(one[0], one[4]));
}

TEST_F(Images, ComeFromATableWithOneClassARow) {
  const auto images =
      read(table("file,label\na.png,10\nb,9\nc.png,10\nd.png,9\ne.png,10\nf.png,9\n"));  // b: without its ending
  EXPECT_EQ(images.data.classes, (std::vector<std::string>{"9", "10"}));                 // by size
  EXPECT_EQ(images.data.train->size() + images.data.valid->size(), 6);
  EXPECT_EQ(images.task.kind, nn::TaskKind::single_label);
  DataOptions ordinal = table("x,level,id\n1,low,a.png\n2,high,b.png\n3,low,c.png\n4,high,d.png\n");
  ordinal.file_column = "id", ordinal.label_columns = {"level"}, ordinal.task = "ordinal";
  EXPECT_EQ(read(ordinal).task.kind, nn::TaskKind::ordinal);
}

TEST_F(Images, ComeFromATableWithSeveralLabels) {
  const auto words = read(table("file,tags\na.png,clear water\nb.png,clear\nc.png,\nd.png,road water\n"));
  EXPECT_EQ(words.task.kind, nn::TaskKind::multi_label);
  EXPECT_EQ(words.data.classes, (std::vector<std::string>{"clear", "road", "water"}));
  for (int64_t k = 0; k < words.data.train->size(); ++k)
    if (words.data.train->name(k) == "a.png") {
      EXPECT_TRUE(at::equal(words.data.train->target(k), at::tensor({1.F, 0.F, 1.F})));
    }
  DataOptions columns = table("file,water,road\na.png,1,0\nb.png,0,0\nc.png,1,1\n");
  columns.label_columns = {"water", "road"};
  EXPECT_EQ(read(columns).task.kind, nn::TaskKind::multi_label);
  EXPECT_EQ(read(columns).data.classes, (std::vector<std::string>{"water", "road"}));
}

TEST_F(Images, ComeFromATableWithNumbers) {
  DataOptions options = table("file,x,y\na.png,1,-2.5\nb.png,0,3\nc.png,7,1e2\n");
  options.label_columns = {"x", "y"};
  const auto images = read(options);
  EXPECT_EQ(images.task.kind, nn::TaskKind::regression);
  EXPECT_EQ(images.task.classes, 2);
  EXPECT_EQ(images.data.outputs, (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(images.data.classes.empty());
  EXPECT_EQ(images.data.train->target(0).scalar_type(), at::kFloat);
}

std::string idx(const std::vector<uint32_t>& shape, const std::string& values) {
  std::string out = {0, 0, 8, static_cast<char>(shape.size())};
  for (const uint32_t size : shape) out += big_endian(size, 4);
  return out + values;
}

TEST_F(Images, ComeFromIdxFilesAsGreyPictures) {
  std::string pixels, labels;
  for (int k = 0; k < 20; ++k) pixels += std::string(64, static_cast<char>(k)), labels += static_cast<char>(k % 2);
  put(root / "train-images-idx3-ubyte", idx({20, 8, 8}, pixels));
  put(root / "train-labels-idx1-ubyte", idx({20}, labels));
  put(root / "t10k-images-idx3-ubyte", idx({2, 8, 8}, pixels.substr(0, 128)));
  put(root / "t10k-labels-idx1-ubyte", idx({2}, labels.substr(0, 2)));
  const auto images = read({.size = 8, .augment = Augment::none});
  EXPECT_EQ(images.data.classes, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(images.data.train->size(), 16);
  EXPECT_EQ(images.data.test->size(), 2);
  const int64_t number = std::stol(images.data.train->name(3).substr(6));  // "train/NUMBER"
  EXPECT_TRUE(at::equal(images.data.train->get(3, std::nullopt).x[0], at::full({8, 8, 3}, number, at::kByte)));
  EXPECT_EQ(images.data.train->target(3).item<int64_t>(), number % 2);
  put(root / "classes.txt", "even\nodd\n");
  EXPECT_EQ(read({.size = 8}).data.classes, (std::vector<std::string>{"even", "odd"}));
  put(root / "train-labels-idx1-ubyte", idx({19}, labels.substr(0, 19)));
  EXPECT_EQ(refusal({.size = 8}),
            "ROOT/train-labels-idx1-ubyte: has 19 labels for 20 pictures; the files are of different sets");
}

TEST_F(Images, ToPredictAreFilesAndFolders) {
  make_classes(root, {"a", "b"}, 2);
  const Data data = to_predict({(root / "b").string(), (root / "a" / "1.png").string()}, {.size = 16}, {});
  ASSERT_EQ(data.test->size(), 3);
  EXPECT_EQ(data.test->name(2), (root / "a" / "1.png").string());
  EXPECT_FALSE(data.train);
  EXPECT_EQ(what([&] { to_predict({"no/such.jpg"}, {}, {}); }), "no/such.jpg: is not there; check the name");
}

using HostileImages = Images;

TEST_F(HostileImages, AFolderWithoutImagesOrClasses) {
  EXPECT_EQ(refusal({.path = "no/such/folder"}),
            "no/such/folder: is no folder; name a folder of images, or a table with --csv");
  EXPECT_EQ(
      refusal({}),
      "ROOT: holds no images (.jpg, .png, .webp, .bmp, .gif); expected train/CLASS and valid/CLASS, or CLASS folders");
  put(root / "a.png", picture(1));
  EXPECT_EQ(refusal({}),
            "ROOT: has images but no class folders; put each class into a folder of its own, or name a table of labels "
            "with --csv");
}

TEST_F(HostileImages, AClassFolderWithNoImage) {
  make_classes(root / "train", {"ants", "bees"}, 2);
  make_classes(root / "valid", {"ants", "bees"}, 1, 4);
  fs::create_directories(root / "train" / "wasps");
  EXPECT_EQ(refusal({}),
            "ROOT/train/wasps: is a class folder without an image (.jpg, .png, .webp, .bmp, .gif); put images into it, "
            "or remove it");
}

TEST_F(HostileImages, AClassInValidThatTrainLacks) {
  make_classes(root / "train", {"ants", "bees"}, 2);
  make_classes(root / "valid", {"ants", "bess", "bees", "zebras"}, 1, 4);
  EXPECT_EQ(refusal({}),
            "ROOT/valid/bess: is a class that train lacks; nearest is 'bees'. Rename it, add training images of it, or "
            "remove it "
            "(and 1 more; `tenfold inspect` lists them all)");
}

TEST_F(HostileImages, OneClassOnly) {
  make_classes(root, {"ants"}, 4);
  EXPECT_EQ(refusal({}), "ROOT: has one class only ('ants'); a classifier needs two or more");
  EXPECT_EQ(refusal(table("file,label\na.png,cat\nb.png,cat\n")),
            "ROOT/labels.csv: has one class only ('cat'); a classifier needs two or more");
}

TEST_F(HostileImages, ATableThatNamesAMissingFile) {
  EXPECT_EQ(refusal(table("file,label\na.png,x\nb.png,y\nno.png,x\nd.png,y\n")),
            "ROOT/labels.csv:4: names the file 'no.png', which is not in ROOT; correct the row, or add the file");
}

TEST_F(HostileImages, ATableWithDuplicateRows) {
  EXPECT_EQ(refusal(table("file,label\na.png,x\nb.png,y\na.png,x\nd.png,y\n")),
            "ROOT/labels.csv:4: names 'a.png' again, after line 2; remove one of the rows");
}

TEST_F(HostileImages, ATableWithLabelsThatDoNotFit) {
  EXPECT_EQ(refusal(table("file,label\na.png,x\nb.png,\nc.png,y\n")),
            "ROOT/labels.csv:3: has no label; fill it in, or remove the row");
  DataOptions options = table("file,age\na.png,1.5\nb.png,old\nc.png,3\n");
  options.task = "regression";
  EXPECT_EQ(refusal(options), "ROOT/labels.csv:3: has 'old' in column 'age'; needs a number");
  options = table("file,wet,dry\na.png,1,0\nb.png,2,0\nc.png,0,1\n");
  options.task = "multi_label", options.label_columns = {"wet", "dry"};
  EXPECT_EQ(refusal(options), "ROOT/labels.csv:3: has '2' in column 'wet'; needs 0 or 1");
  options.task = "single_label";
  EXPECT_EQ(refusal(options),
            "data.label_columns: names 2 columns, but this task has one label an image; name one column, or set "
            "data.task to multi_label or regression");
  options.label_columns = {"wett"};
  EXPECT_EQ(refusal(options), "ROOT/labels.csv:1: has no column 'wett'; nearest is 'wet'");
  options = table("file\na.png\n");
  EXPECT_EQ(refusal(options), "ROOT/labels.csv:1: has one column; needs one of file names and one or more of labels");
}

TEST_F(HostileImages, OptionsThatDoNotFit) {
  make_classes(root, {"a", "b"}, 2);
  EXPECT_EQ(refusal({.task = "regression"}),
            "data.task: is \"regression\", but class folders give one class an image: auto, single_label or "
            "ordinal; multi_label and regression need a table (--csv)");
  DataOptions options = table("file,label\na.png,x\nb.png,y\n");
  options.task = "multi_lable";
  EXPECT_EQ(refusal(options),
            "data.task: is \"multi_lable\"; needs auto (by the labels), single_label, multi_label, regression, "
            "ordinal; nearest is "
            "multi_label");
  EXPECT_EQ(refusal({.size = 4}), "data.size: is 4 pixels; needs 8 to 4096");
  EXPECT_EQ(refusal({.max_zoom = 0.5}), "data.max_zoom: is 0.500000; needs at least 1 (no zoom)");
  EXPECT_EQ(refusal({.valid_share = 1.5}), "data.valid_share: is 1.500000; needs more than 0 and less than 1");
}

TEST_F(HostileImages, ABrokenFileIsNamedWhenItIsRead) {
  make_classes(root, {"a", "b"}, 5);
  for (int k = 0; k < 5; ++k) put(root / "a" / (std::to_string(k) + ".png"), "<html>404</html>");
  const auto images = read({.size = 16});
  Loader loader(images.data.train, {.batch = 8, .workers = 2});
  loader.start(0);
  std::string text = what([&] { loader.next(); });
  EXPECT_EQ(text.substr(root.string().size()).substr(0, 3), "/a/");
  EXPECT_EQ(text.substr(text.find(": ")),
            ": is an HTML page, not an image; it was probably saved in place of a download: fetch the image again");
}

TEST_F(Images, PresizedTrainingViewsComeOutAtTheSize) {
  make_classes(root, {"a", "b"}, 6);
  const ImageData images = read({.size = 32, .augment = Augment::modern, .presize = 1.5, .erase = 1});
  const auto batch_of = [&](bool augment) {
    Loader loader(images.data.train, {.batch = 4, .augment = augment, .seed = 5});
    loader.start(0);
    return *loader.next();
  };
  const auto random = batch_of(true), plain = batch_of(false);
  EXPECT_EQ(random.x[0].size(2), 48);
  EXPECT_EQ(plain.x[0].size(2), 32);
  const auto& transform = *images.data.transform;
  EXPECT_EQ(transform.apply(random, BatchTransform::Key{5, 0}, at::kFloat).x[0].sizes(),
            at::IntArrayRef({4, 3, 32, 32}));
  EXPECT_EQ(transform.apply(plain, std::nullopt, at::kFloat).x[0].sizes(), at::IntArrayRef({4, 3, 32, 32}));
  EXPECT_TRUE(images.data.train->augments() && transform.augments());
  EXPECT_EQ(images.data.resized(40).train->get(0, Draw(1, 0, 0, Purpose::item_transform)).x[0].size(0), 60);
  EXPECT_NE(what([&] { read({.presize = 4}); }).find("data.presize: is 4.0; needs 1.0 to 2.5"), std::string::npos);
}

TEST_F(Images, SayWhetherRandomViewsCanDiffer) {
  make_classes(root, {"a", "b"}, 6);  // 16 high and 20 or more wide
  const auto augments = [&](const DataOptions& options) {
    const auto data = read(options).data;
    return data.train->augments() || data.transform->augments();
  };
  EXPECT_TRUE(augments({.augment = Augment::none}));  // a crop anywhere
  EXPECT_FALSE(augments({.augment = Augment::none, .resize = Resize::squish}));
  EXPECT_FALSE(augments({.augment = Augment::none, .resize = Resize::center}));
  EXPECT_TRUE(augments({.augment = Augment::none, .resize = Resize::squish, .policy = Policy::trivial_augment}));
  EXPECT_TRUE(augments({.augment = Augment::none, .resize = Resize::squish, .cutout = 0.5}));
  fs::remove_all(root / "a");
  fs::remove_all(root / "b");
  for (const char* name : {"a", "b"})
    for (int k = 0; k < 3; ++k)
      put(root / name / (std::to_string(k) + ".png"), text_of(encode_png(flat(12, 12, static_cast<uint8_t>(k), 9, 9))));
  EXPECT_FALSE(augments({.augment = Augment::none})) << "squares have one place only";
}

TEST_F(Images, SeveralLabelsTakenForOneClassAreRemarkedUpon) {
  DataOptions options = table("file,label\na,sky sea\nb,sea\nc,sky\nd,sky road\ne,road\nf,sea road\n");
  options.task = "single_label";
  const auto remarks = list_images(options, 42).remarks;
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_NE(remarks[0].find("softmax makes them share one probability"), std::string::npos);
  options.task = "auto";
  EXPECT_TRUE(list_images(options, 42).remarks.empty());
  put(root / "labels.csv",
      "file,label\na,golden retriever\nb,red panda\nc,cat\nd,cat\ne,golden retriever\nf,red panda\n");
  options.task = "single_label";
  EXPECT_TRUE(list_images(options, 42).remarks.empty());
}

}  // namespace
}  // namespace tenfold::vision
