#pragma once
// The few functions of LightGBM's C interface that boosted_trees.cpp calls, declared anew. Internal to this room.

#include <cstdint>

#include "tenfold/tabular/boosted_trees.h"

namespace tenfold::tabular {

/// Each returns 0, or -1 with the reason in last_error().
struct TreesLibrary::Functions {
  using Handle = void*;
  using Text = const char*;
  Text (*last_error)();
  int (*dataset_from_matrix)(const void* data, int type, int32_t rows, int32_t columns, int row_major, Text parameters,
                             Handle reference, Handle* out);
  int (*dataset_set_field)(Handle dataset, Text name, const void* data, int count, int type);
  int (*dataset_free)(Handle dataset);
  int (*booster_create)(Handle train, Text parameters, Handle* out);
  int (*booster_add_valid)(Handle booster, Handle valid);
  int (*booster_update)(Handle booster, int* finished);
  int (*booster_eval)(Handle booster, int data, int* count, double* results);
  int (*booster_predict)(Handle booster, const void* data, int type, int32_t rows, int32_t columns, int row_major,
                         int kind, int from_round, int rounds, Text parameters, int64_t* length, double* result);
  int (*booster_importance)(Handle booster, int rounds, int kind, double* results);
  int (*booster_text)(Handle booster, int from_round, int rounds, int importance, int64_t size, int64_t* length,
                      char* text);
  int (*booster_free)(Handle booster);
};

constexpr int kFloat32 = 0;  ///< type of a matrix or field
constexpr int kRowMajor = 1;
constexpr int kNormalPrediction = 0;
constexpr int kSplitImportance = 0;

}  // namespace tenfold::tabular
