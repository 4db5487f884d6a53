#include "tenfold/data/idx.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"

namespace tenfold {
namespace {

class IdxFile : public testing::Test {
 protected:
  IdxFile() {
    std::string name = (std::filesystem::temp_directory_path() / "tenfold-idx-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    folder_ = name;
    path_ = folder_ / "values";
  }
  ~IdxFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string refusal(const std::string& content) {
    write_file(path_, content);
    try {
      read_idx(path_);
    } catch (const DataError& error) {
      return std::string(error.what()).substr(path_.string().size());
    }
    return "";
  }
  std::string compressed(const std::string& content) {
    const auto path = folder_ / "values.gz";
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
    gzclose(file);
    return read_file(path);
  }

  std::filesystem::path folder_, path_;
  const std::string whole_ = std::string("\0\0\x08\x02\0\0\0\x02\0\0\0\x03", 12) + "abcdef";
};

TEST_F(IdxFile, IsReadPlainOrCompressed) {
  for (const auto& content : {whole_, compressed(whole_)}) {
    write_file(path_, content);
    const Idx idx = read_idx(path_);
    EXPECT_EQ(idx.shape, (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(std::string(idx.values.begin(), idx.values.end()), "abcdef");
  }
}

TEST_F(IdxFile, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("PNG?"), ": is no idx file, which begins with 00 00 08 and the number of dimensions");
  EXPECT_EQ(refusal(""), ": is no idx file, which begins with 00 00 08 and the number of dimensions");
  EXPECT_EQ(refusal(std::string("\0\0\x0D\x01\0\0\0\x01", 8)),
            ": holds values of idx type 13; only bytes, type 8, are read");
  EXPECT_EQ(refusal(whole_.substr(0, 9)), ": is truncated within its header; copy or download it again");
  EXPECT_EQ(refusal(whole_.substr(0, 15)),
            ": is truncated: its header says 2 x 3 bytes, it holds 3; copy or download it again");
  EXPECT_EQ(refusal(whole_ + "g"), ": holds more than the 2 x 3 bytes that its header says");
  const std::string gz = compressed(whole_);
  EXPECT_EQ(refusal(gz.substr(0, gz.size() - 10)),
            ": is truncated: its gzip data end early; copy or download it again");
  const std::string huge = std::string("\0\0\x08\x03", 4) + std::string(12, '\xFF');
  EXPECT_EQ(refusal(huge), ": says that it holds 4294967295 x 4294967295 x 4294967295 values, more than there can be");
  const std::string lying = std::string("\0\0\x08\x01\xFF\xFF\xFF\xFF", 8) + "abc";
  EXPECT_EQ(refusal(lying), ": is truncated: its header says 4294967295 bytes, it holds 3; copy or download it again");
}

TEST_F(IdxFile, OfFashionMnistHasItsPublishedSizes) {
  const char* data = std::getenv("TENFOLD_DATA");
  if (!data) GTEST_SKIP() << "TENFOLD_DATA is not set";
  const auto folder = std::filesystem::path(data) / "fashion-mnist";
  const Idx images = read_idx(folder / "t10k-images-idx3-ubyte.gz"),
            labels = read_idx(folder / "t10k-labels-idx1-ubyte.gz");
  EXPECT_EQ(images.shape, (std::vector<int64_t>{10000, 28, 28}));
  EXPECT_EQ(labels.shape, (std::vector<int64_t>{10000}));
  std::vector<int> counts(10);
  for (const uint8_t label : labels.values) ++counts.at(label);
  EXPECT_EQ(counts, std::vector<int>(10, 1000));  // balanced, as its authors say
}

}  // namespace
}  // namespace tenfold
