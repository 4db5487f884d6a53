#include "tenfold/vision/inspect.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <mutex>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/threads.h"
#include "tenfold/vision/image.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

constexpr double kImbalance = 5;  // largest class against the smallest, from where the report speaks of it
constexpr int kTiny = 32, kSmall = 64;

/// One file and what reading it showed.
struct Seen {
  std::string path;
  size_t split = 0;
  int64_t label = -1;
  std::string hash, problem, misleading;
  ImageSize size;
};

/// Where ending and content differ.
std::string misleading_ending(const std::string& path, Format format) {
  static const std::map<std::string, Format> kEndings = {{".jpg", Format::jpeg}, {".jpeg", Format::jpeg},
                                                         {".png", Format::png},  {".webp", Format::webp},
                                                         {".bmp", Format::bmp},  {".gif", Format::gif}};
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto expected = kEndings.find(ending);
  if (expected == kEndings.end() || expected->second == format) return {};
  return path + ": is a " + name_of(format) + " by its content, and is read as one; its ending misleads";
}

void look(Seen& seen) {
  try {
    const MappedFile file(seen.path);
    const Image image = decode(file.bytes(), seen.path);
    seen.size = {image.width, image.height};
    seen.hash = ContentHash().add(file.bytes()).hex();
    seen.misleading = misleading_ending(seen.path, format_of(file.bytes()));
  } catch (const std::exception& error) {
    const std::string words = error.what(), prefix = seen.path + ": ";
    seen.problem = words.starts_with(prefix) ? words.substr(prefix.size()) : words;
  }
}

std::vector<Seen> look_at_all(const Listing& listing, int workers,
                              const std::function<void(int64_t, int64_t)>& progress) {
  std::vector<Seen> all;
  size_t split = 0;
  for (const auto* part : {&listing.train, &listing.valid, &listing.test}) {
    for (size_t k = 0; k < part->paths.size(); ++k)
      all.push_back({.path = part->paths[k], .split = split, .label = part->label.empty() ? -1 : part->label[k]});
    ++split;
  }
  std::mutex mutex;
  int64_t done = 0;
  ThreadPool pool(std::max(workers, 1));
  pool.parallel_for(static_cast<int64_t>(all.size()), [&](int64_t k) {
    look(all[static_cast<size_t>(k)]);
    const std::lock_guard lock(mutex);
    ++done;
    if (progress) progress(done, static_cast<int64_t>(all.size()));
  });
  return all;
}

void report_files(Inspection& out, const std::vector<Seen>& all) {
  std::vector<int> widths, heights;
  for (const auto& one : all) {
    if (!one.problem.empty()) {
      out.broken.push_back({one.path, one.problem});
      continue;
    }
    if (!one.misleading.empty()) out.warnings.push_back(one.misleading);
    widths.push_back(one.size.width);
    heights.push_back(one.size.height);
  }
  if (widths.empty()) return;
  std::sort(widths.begin(), widths.end());
  std::sort(heights.begin(), heights.end());
  out.min_width = widths.front(), out.max_width = widths.back(), out.median_width = widths[widths.size() / 2];
  out.min_height = heights.front(), out.max_height = heights.back(), out.median_height = heights[heights.size() / 2];
  if (std::min(out.min_width, out.min_height) < kTiny && std::min(out.median_width, out.median_height) >= kTiny)
    out.warnings.push_back("some images are less than " + std::to_string(kTiny) + " pixels wide or high (from " +
                           std::to_string(out.min_width) + " x " + std::to_string(out.min_height) +
                           "); they are enlarged and show little");
}

/// Equal files in two splits leak; equal files in two classes contradict each other; a seeded split may take one each.
void report_duplicates(Inspection& out, const std::vector<Seen>& all, const Listing& listing) {
  std::map<std::string, std::vector<const Seen*>> groups;
  for (const auto& one : all)
    if (!one.hash.empty()) groups[one.hash].push_back(&one);
  int64_t contradicting = 0;
  for (const auto& [hash, group] : groups) {
    const auto any = [&](auto differs) { return std::any_of(group.begin(), group.end(), differs); };
    const bool classes =
        any([&](const Seen* one) { return one->label != group[0]->label && one->split < 2 && group[0]->split < 2; });
    const bool splits = any([&](const Seen* one) { return one->split != group[0]->split; });
    if (group.size() < 2 || !(classes || splits || listing.split_by_seed)) continue;
    contradicting += classes;
    auto& paths = out.duplicates.emplace_back();
    for (const auto* one : group) paths.push_back(one->path);
  }
  std::sort(out.duplicates.begin(), out.duplicates.end());
  if (!out.duplicates.empty())
    out.warnings.push_back(std::to_string(out.duplicates.size()) +
                           " image(s) occur more than once, and may train and validate; "
                           "validation then looks better than it is. Remove all but one of each");
  if (contradicting > 0)
    out.warnings.push_back(std::to_string(contradicting) + " of these are in two classes; one of the labels is wrong");
}

void report_classes(Inspection& out, const Listing& listing) {
  for (const auto& name : listing.classes) out.classes.push_back({.name = name});
  if (out.classes.empty()) return;
  const auto count = [&](const ImagePart& part, int64_t ClassCount::* member) {
    for (const int64_t k : part.label) ++(out.classes[static_cast<size_t>(k)].*member);
    for (const auto& values : part.values)
      for (size_t k = 0; k < values.size(); ++k) out.classes[k].*member += values[k] > 0;
  };
  count(listing.train, &ClassCount::train);
  count(listing.valid, &ClassCount::valid);
  count(listing.test, &ClassCount::test);
  const auto [least, most] = std::minmax_element(out.classes.begin(), out.classes.end(),
                                                 [](const auto& a, const auto& b) { return a.train < b.train; });
  if (static_cast<double>(most->train) > kImbalance * static_cast<double>(std::max<int64_t>(least->train, 1)))
    out.warnings.push_back("class '" + most->name + "' has " + std::to_string(most->train) + " training images, '" +
                           least->name + "' " + std::to_string(least->train) +
                           "; --loss.class_weights balanced gives rare classes their weight");
}

std::string recommend(const DataOptions& options, const Inspection& out) {
  std::string line = "tenfold train";
  if (!options.path.empty()) line += " --images " + shell_word(options.path);
  if (!options.csv.empty()) line += " --csv " + shell_word(options.csv);
  if (!options.file_column.empty()) line += " --data.file_column " + shell_word(options.file_column);
  std::string columns;
  for (const auto& column : options.label_columns) columns += (columns.empty() ? "" : ",") + column;
  if (!columns.empty()) line += " --data.label_columns " + shell_word(columns);
  if (!out.broken.empty()) line += " --skip-broken " + std::to_string(out.broken.size());
  const int side = std::min(out.median_width, out.median_height);
  if (side > 0 && side <= kSmall)
    return line + " --size " + std::to_string(side) + " --augment small --backbone small_resnet";
  return line + " --weights pretrained";
}

}  // namespace

Inspection inspect(const DataOptions& options, int workers, const std::function<void(int64_t, int64_t)>& progress) {
  Listing listing;
  try {
    listing = list_images(options, 0);
  } catch (const DataError& error) {
    if (error.path == options.path) throw;  // nothing there to look at; a broken table or idx file is content
    return {.layout = options.csv.empty() ? "folder" : "csv", .task = options.task, .broken = {broken_by(error)}};
  }
  Inspection out{.layout = listing.layout,
                 .task = name_of(listing.kind),
                 .train = listing.train.size(),
                 .valid = listing.valid.size(),
                 .test = listing.test.size()};
  for (const auto& [path, line, text] : listing.problems)
    out.broken.push_back({path + (line > 0 ? ":" + std::to_string(line) : ""), text});
  out.warnings = listing.remarks;
  const auto all = look_at_all(listing, workers, progress);
  report_files(out, all);
  report_classes(out, listing);
  report_duplicates(out, all, listing);
  if (listing.train.pixels) {
    out.min_width = out.max_width = out.median_width = static_cast<int>(listing.train.width);
    out.min_height = out.max_height = out.median_height = static_cast<int>(listing.train.height);
  }
  if (listing.problems.empty()) out.recommendation = recommend(options, out);
  return out;
}

Json to_json(const Inspection& inspection) {
  Json classes = Json::array();
  for (const auto& one : inspection.classes)
    classes.push_back({{"name", one.name}, {"train", one.train}, {"valid", one.valid}, {"test", one.test}});
  return {{"layout", inspection.layout},
          {"task", inspection.task},
          {"items", {{"train", inspection.train}, {"valid", inspection.valid}, {"test", inspection.test}}},
          {"classes", classes},
          {"broken", to_json(inspection.broken)},
          {"duplicates", inspection.duplicates},
          {"warnings", inspection.warnings},
          {"size",
           {{"min", {inspection.min_width, inspection.min_height}},
            {"median", {inspection.median_width, inspection.median_height}},
            {"max", {inspection.max_width, inspection.max_height}}}},
          {"recommendation", inspection.recommendation}};
}

}  // namespace tenfold::vision
