#include "tenfold/vision/inspect.h"

#include <algorithm>
#include <array>
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
constexpr int kTiny = 32;

struct Seen {
  std::string path, hash;
  size_t split = 0;
  int64_t label = -1;
  ImageSize size;
  std::string problem, suffix;
};

/// "is a PNG, whatever its name says", where ending and content differ.
std::string wrong_suffix(const std::string& path, Format format) {
  std::string ending = path.substr(path.rfind('.') + 1);
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::map<std::string, Format> kFormats = {{"jpg", Format::jpeg}, {"jpeg", Format::jpeg}, {"png", Format::png},
                                                         {"webp", Format::webp}, {"bmp", Format::bmp}, {"gif", Format::gif}};
  const auto expected = kFormats.find(ending);
  if (expected == kFormats.end() || expected->second == format) return {};
  for (const auto& [value, name] : names(Format{}))
    if (value == format) return path + " is a " + std::string(name) + " by content; it is read as one, but its name misleads";
  return {};
}

Seen look(const std::string& path) {
  Seen seen{.path = path};
  try {
    const MappedFile file(path);
    const Image image = decode(file.bytes(), path);
    seen.size = {image.width, image.height};
    seen.hash = ContentHash().add(file.bytes()).hex();
    seen.suffix = wrong_suffix(path, format_of(file.bytes()));
  } catch (const DataError& error) {
    seen.problem = std::string(error.what()).substr(error.path.size() + 2);
  } catch (const std::exception& error) {
    seen.problem = error.what();
  }
  return seen;
}

std::string task_name(nn::TaskKind kind) {
  for (const auto& [value, name] : nn::names(kind))
    if (value == kind) return std::string(name);
  return {};
}

void sizes(Inspection& out, const std::vector<Seen>& all) {
  std::vector<int> widths, heights;
  for (const auto& one : all)
    if (one.problem.empty()) widths.push_back(one.size.width), heights.push_back(one.size.height);
  if (widths.empty()) return;
  std::sort(widths.begin(), widths.end());
  std::sort(heights.begin(), heights.end());
  out.min_width = widths.front(), out.max_width = widths.back(), out.median_width = widths[widths.size() / 2];
  out.min_height = heights.front(), out.max_height = heights.back(), out.median_height = heights[heights.size() / 2];
}

/// Equal files in two splits leak; equal files in two classes contradict each other.
void duplicates(Inspection& out, const std::vector<Seen>& all) {
  std::map<std::string, std::vector<const Seen*>> groups;
  for (const auto& one : all)
    if (one.problem.empty() && !one.hash.empty()) groups[one.hash].push_back(&one);
  for (const auto& [hash, group] : groups) {
    const auto differs = [&](const Seen* one) { return one->split != group[0]->split || one->label != group[0]->label; };
    if (group.size() < 2 || std::none_of(group.begin(), group.end(), differs)) continue;
    std::vector<std::string> paths;
    for (const auto* one : group) paths.push_back(one->path);
    out.duplicates.push_back(std::move(paths));
  }
  if (!out.duplicates.empty())
    out.warnings.push_back(std::to_string(out.duplicates.size()) + " image(s) stand in two splits or two classes; validation looks better than it is until one of each is removed");
}

void count_classes(Inspection& out, const Listing& listing) {
  for (const auto& name : listing.classes) out.classes.push_back({.name = name});
  const auto count = [&](const ImagePart& part, int64_t ClassCount::* member) {
    for (const int64_t k : part.label) ++(out.classes[static_cast<size_t>(k)].*member);
    for (const auto& values : part.values)
      for (size_t k = 0; listing.outputs.empty() && k < values.size(); ++k)
        if (values[k] > 0.5F) ++(out.classes[k].*member);
  };
  count(listing.train, &ClassCount::train);
  count(listing.valid, &ClassCount::valid);
  count(listing.test, &ClassCount::test);
  if (out.classes.empty()) return;
  const auto [least, most] = std::minmax_element(out.classes.begin(), out.classes.end(), [](const auto& a, const auto& b) { return a.train < b.train; });
  if (static_cast<double>(most->train) > kImbalance * static_cast<double>(std::max<int64_t>(least->train, 1)))
    out.warnings.push_back("class '" + most->name + "' has " + std::to_string(most->train) + " training images, '" + least->name + "' has " +
                           std::to_string(least->train) + "; consider --loss.class_weights balanced");
}

std::string recommend(const DataOptions& options, const Inspection& out, const Listing& listing) {
  std::string line = "tenfold train --images " + options.path;
  if (!options.csv.empty()) line += " --csv " + options.csv;
  const int side = listing.train.pixels ? static_cast<int>(listing.train.height) : std::min(out.median_width, out.median_height);
  if (side > 0 && side <= 64) line += " --size " + std::to_string(side) + " --augment small --backbone small_resnet";
  else line += " --weights pretrained";
  return line;
}

}  // namespace

Inspection inspect(const DataOptions& options, int workers, const std::function<void(int64_t, int64_t)>& progress) {
  Listing listing = list_images(options, 0);
  Inspection out{.layout = listing.layout, .task = task_name(listing.kind), .train = listing.train.size(), .valid = listing.valid.size(), .test = listing.test.size()};
  for (const auto& problem : listing.problems)
    out.broken.push_back({problem.path + (problem.line > 0 ? ":" + std::to_string(problem.line) : ""), problem.text});
  out.warnings = listing.remarks;

  std::vector<Seen> all;
  const std::array<const ImagePart*, 3> parts = {&listing.train, &listing.valid, &listing.test};
  for (size_t split = 0; split < parts.size(); ++split)
    for (size_t k = 0; k < parts[split]->paths.size(); ++k)
      all.push_back({.path = parts[split]->paths[k], .split = split, .label = parts[split]->label.empty() ? -1 : parts[split]->label[k]});
  std::mutex mutex;
  int64_t done = 0;
  ThreadPool pool(std::max(workers, 1));
  pool.parallel_for(static_cast<int64_t>(all.size()), [&](int64_t k) {
    auto& slot = all[static_cast<size_t>(k)];
    Seen seen = look(slot.path);
    seen.split = slot.split, seen.label = slot.label;
    slot = std::move(seen);
    const std::lock_guard lock(mutex);
    if (progress) progress(++done, static_cast<int64_t>(all.size()));
  });
  for (const auto& one : all) {
    if (!one.problem.empty()) out.broken.push_back({one.path, one.problem});
    if (!one.suffix.empty()) out.warnings.push_back(one.suffix);
  }
  count_classes(out, listing);
  sizes(out, all);
  duplicates(out, all);
  if (listing.train.pixels) {
    out.min_width = out.max_width = out.median_width = static_cast<int>(listing.train.width);
    out.min_height = out.max_height = out.median_height = static_cast<int>(listing.train.height);
  } else if (out.min_width > 0 && std::min(out.min_width, out.min_height) < kTiny) {
    out.warnings.push_back("the smallest image is " + std::to_string(out.min_width) + " x " + std::to_string(out.min_height) + " pixels or has such a side; it will be enlarged");
  }
  out.recommendation = recommend(options, out, listing);
  return out;
}

Json to_json(const Inspection& inspection) {
  Json classes = Json::array(), broken = Json::array();
  for (const auto& one : inspection.classes) classes.push_back({{"name", one.name}, {"train", one.train}, {"valid", one.valid}, {"test", one.test}});
  for (const auto& one : inspection.broken) broken.push_back({{"path", one.path}, {"problem", one.problem}});
  return {{"layout", inspection.layout},
          {"task", inspection.task},
          {"items", {{"train", inspection.train}, {"valid", inspection.valid}, {"test", inspection.test}}},
          {"classes", classes},
          {"broken", broken},
          {"duplicates", inspection.duplicates},
          {"warnings", inspection.warnings},
          {"size", {{"min", {inspection.min_width, inspection.min_height}}, {"median", {inspection.median_width, inspection.median_height}}, {"max", {inspection.max_width, inspection.max_height}}}},
          {"recommendation", inspection.recommendation}};
}

}  // namespace tenfold::vision
