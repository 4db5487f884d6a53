# What tenfold links, found once; README lists each with its licence. LibTorch comes from Torch_DIR or CMAKE_PREFIX_PATH, given
# to CMake or in the environment, else from the project's own environment that quickstart.sh and test.sh make, else from the
# system: CMake looks at HINTS in just that order.
file(GLOB own_torch LIST_DIRECTORIES true ${CMAKE_CURRENT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
find_package(Torch REQUIRED HINTS ${own_torch})
# Torch's package sets global flags; targets get what they need from torch_library instead.
set(CMAKE_CXX_FLAGS "")
# at::parallel_for runs in parallel only in files compiled with OpenMP, and LibTorch's own runtime is GNU's: g++ shares it,
# clang would bring a second one, so clang builds run our kernels on one thread (same bits, slower).
add_library(tenfold_openmp INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  find_package(OpenMP REQUIRED)
  target_link_libraries(tenfold_openmp INTERFACE OpenMP::OpenMP_CXX)
endif()
find_package(Threads REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(GIF REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(SENTENCEPIECE IMPORTED_TARGET sentencepiece)  # optional: subwords learnt from raw text
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)

# LibTorch as system headers and libraries only, without its package's odd global flags.
add_library(tenfold_torch INTERFACE)
target_include_directories(tenfold_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
# OpenMP in every file with LibTorch or in none: the shared precompiled header must be compiled with the same flags.
target_link_libraries(tenfold_torch INTERFACE torch torch_cpu c10 tenfold_openmp)
get_target_property(torch_location torch_cpu IMPORTED_LOCATION)
if(NOT torch_location)
  get_target_property(torch_location torch_cpu IMPORTED_LOCATION_RELEASE)
endif()
get_filename_component(TENFOLD_TORCH_LIB ${torch_location} DIRECTORY)
