// Finds LightGBM's shared library and its functions.

#include "tenfold/tabular/lightgbm.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

constexpr const char* kSystemName = "lib_lightgbm.so";

std::string chosen(const std::string& path) {
  if (!path.empty()) return path;
  const char* named = std::getenv("TENFOLD_LIGHTGBM");
  return named && *named ? named : kSystemName;
}

struct Close {
  void operator()(void* library) const { dlclose(library); }
};

/// What keeps the library loaded, beside the functions in it.
struct Loaded {
  std::unique_ptr<void, Close> library;
  TreesLibrary::Functions functions{};
};

template <class Function>
void find(void* library, const std::string& path, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function)
    throw ConfigError("trees.library", path + " has no function " + name + "; needs LightGBM 3.3 or newer");
}

}  // namespace

TreesLibrary::TreesLibrary(const std::string& path) {
  const std::string file = chosen(path);
  auto loaded = std::make_shared<Loaded>();
  loaded->library.reset(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!loaded->library) {
    const char* reason = dlerror();
    throw ConfigError("trees.library", "LightGBM's shared library was not found (" +
                                           std::string(reason ? reason : file) +
                                           "); install it (`pip install lightgbm` brings it, in lightgbm/lib), and "
                                           "name its lib_lightgbm.so here or in TENFOLD_LIGHTGBM, or train without "
                                           "trees");
  }
  void* library = loaded->library.get();
  auto& f = loaded->functions;
  find(library, file, "LGBM_GetLastError", f.last_error);
  find(library, file, "LGBM_DatasetCreateFromMat", f.dataset_from_matrix);
  find(library, file, "LGBM_DatasetSetField", f.dataset_set_field);
  find(library, file, "LGBM_DatasetFree", f.dataset_free);
  find(library, file, "LGBM_BoosterCreate", f.booster_create);
  find(library, file, "LGBM_BoosterAddValidData", f.booster_add_valid);
  find(library, file, "LGBM_BoosterUpdateOneIter", f.booster_update);
  find(library, file, "LGBM_BoosterGetEval", f.booster_eval);
  find(library, file, "LGBM_BoosterPredictForMat", f.booster_predict);
  find(library, file, "LGBM_BoosterFeatureImportance", f.booster_importance);
  find(library, file, "LGBM_BoosterSaveModelToString", f.booster_text);
  find(library, file, "LGBM_BoosterFree", f.booster_free);
  functions_ = std::shared_ptr<const Functions>(loaded, &loaded->functions);
}

bool has_trees_library(const std::string& path) {
  try {
    TreesLibrary found(path);
    return true;
  } catch (const ConfigError&) {
    return false;
  }
}

}  // namespace tenfold::tabular
