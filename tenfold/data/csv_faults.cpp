#include "tenfold/data/csv_faults.h"

#include <string_view>

#include "tenfold/core/file.h"

namespace tenfold {

std::vector<DataError> csv_faults(const std::filesystem::path& path, CsvOptions options, size_t most) {
  std::vector<DataError> out;
  const MappedFile file(path);  // rows are read a few bytes at a time
  const auto bytes = file.bytes();
  options.block_bytes = 1;  // a block ends with its first row
  try {
    CsvReader reader(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), path.string(),
                     options);
    CsvBlock block;
    while (out.size() < most && reader.cut(block)) {
      try {
        reader.split(block);
      } catch (const DataError& error) {
        out.push_back(error);
      }
    }
  } catch (const DataError& error) {
    out.push_back(error);
  }
  return out;
}

}  // namespace tenfold
