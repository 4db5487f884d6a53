#include "tenfold/run/run.h"

#include <optional>
#include <system_error>

#include "tenfold/core/file.h"
#include "tenfold/run/session.h"
#include "tenfold/train/callback.h"
#include "tenfold/train/checkpoint.h"

namespace tenfold {
namespace {

void make_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem)
    throw FileError(folder.string(), "cannot be made: " + problem.message() + "; choose another folder with --out");
}

}  // namespace

std::function<void(int64_t, int64_t)> Watch::pass(const std::string& what) const {
  return [this, what](int64_t done, int64_t all) {
    if (items) items(what, done, all);
    if (interrupted && interrupted()) throw Interrupted();
  };
}

RunResult run(const Recipe& recipe, const RunOptions& options, const Watch& watch) {
  const Recipe whole = complete(recipe);
  if (std::filesystem::exists(options.folder / "recipe.toml"))
    throw ConfigError("--out", "'" + options.folder.string() + "' holds a run already; go on with it by --resume " +
                                   options.folder.string() + ", or choose another folder");
  Session session(whole, options, watch);  // before the folder: what cannot start leaves nothing behind
  make_folder(options.folder);
  write_file(options.folder / "recipe.toml", to_toml(whole));
  return session.execute(std::nullopt);
}

RunResult resume(const RunOptions& options, const Watch& watch) {
  const auto recipe_path = options.folder / "recipe.toml";
  if (!std::filesystem::exists(recipe_path))
    throw ConfigError("--resume", "'" + options.folder.string() + "' holds no run (no recipe.toml); name a run folder");
  if (std::filesystem::exists(options.folder / "summary.json"))
    return {Outcome::done, Json::parse(read_file(options.folder / "summary.json"))};
  const Recipe recipe = complete(read_recipe(read_file(recipe_path), recipe_path.string()));
  std::optional<Checkpoint> checkpoint;
  const auto checkpoint_path = options.folder / "checkpoint.safetensors";
  if (std::filesystem::exists(checkpoint_path)) {
    checkpoint = load_checkpoint(checkpoint_path);
    if (checkpoint->extra.at("recipe_hash") != recipe_hash(recipe))
      throw ConfigError(
          "--resume",
          "recipe.toml has changed since the checkpoint was written; put it back, or start a new run from it");
  }
  Session session(recipe, options, watch);
  return session.execute(checkpoint);
}

}  // namespace tenfold
