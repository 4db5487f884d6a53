# tenfold_room(NAME [TORCH] DEPENDS … [PLAIN … PLAIN_DEPENDS …]) makes the static library tenfold_NAME of every .cpp in its
# folder. Files that are PLAIN know no LibTorch and make tenfold_NAME_plain, which the thin program links by itself.
# tenfold_test(NAME [TORCH] DEPENDS …) makes one GoogleTest program, NAME_test, of every .cpp in its folder.
add_library(tenfold_flags INTERFACE)
target_compile_options(tenfold_flags INTERFACE -fPIC -Wall -Wextra -Wshadow -Wno-unknown-warning-option)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # PCH with ccache needs the preprocessed source to name the header; g++ 12 also warns inside libstdc++ at -O2.
  target_compile_options(tenfold_flags INTERFACE -fpch-preprocess -Wno-maybe-uninitialized -Wno-dangling-pointer
                         -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
                         -Wno-missing-field-initializers)
else()
  target_compile_options(tenfold_flags INTERFACE -Wno-missing-designated-field-initializers -Wno-missing-field-initializers)
endif()
# Only with the compilers that the project is checked with: a new warning of another must not stop a user's build.
if(TENFOLD_WERROR AND "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}" MATCHES "^(GNU 12|Clang 19)\\.")
  target_compile_options(tenfold_flags INTERFACE -Werror)
endif()
if(TENFOLD_SANITIZE)
  target_compile_options(tenfold_flags INTERFACE -fsanitize=${TENFOLD_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(tenfold_flags INTERFACE -fsanitize=${TENFOLD_SANITIZE})
endif()
target_include_directories(tenfold_flags INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=mold TENFOLD_MOLD)  # g++ knows it from 12.1 on
if(TENFOLD_MOLD AND NOT TENFOLD_SANITIZE)
  target_link_options(tenfold_flags INTERFACE -fuse-ld=mold)
endif()

if(TENFOLD_PCH)
  file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "// carries the shared precompiled header\n")
  add_library(tenfold_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
  target_link_libraries(tenfold_pch PRIVATE tenfold_flags tenfold_torch)
  target_precompile_headers(tenfold_pch PRIVATE <torch/torch.h> <nlohmann/json.hpp> <algorithm> <filesystem> <map> <string> <vector>)
endif()

function(tenfold_settings target torch)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:tenfold_flags>)
  if(torch)
    target_link_libraries(${target} PUBLIC $<BUILD_INTERFACE:tenfold_torch>)
    if(TENFOLD_PCH)
      target_precompile_headers(${target} REUSE_FROM tenfold_pch)
    endif()
  endif()
endfunction()

function(tenfold_room name)
  cmake_parse_arguments(ROOM "TORCH" "" "DEPENDS;PLAIN;PLAIN_DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(ROOM_PLAIN)
    list(TRANSFORM ROOM_PLAIN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    list(REMOVE_ITEM sources ${ROOM_PLAIN})
    add_library(tenfold_${name}_plain STATIC ${ROOM_PLAIN})
    target_link_libraries(tenfold_${name}_plain PUBLIC ${ROOM_PLAIN_DEPENDS})
    tenfold_settings(tenfold_${name}_plain FALSE)
    set_property(GLOBAL APPEND PROPERTY TENFOLD_ROOMS tenfold_${name}_plain)
    list(APPEND ROOM_DEPENDS tenfold_${name}_plain)
  endif()
  add_library(tenfold_${name} STATIC ${sources})
  target_link_libraries(tenfold_${name} PUBLIC ${ROOM_DEPENDS})
  tenfold_settings(tenfold_${name} ${ROOM_TORCH})
  set_property(GLOBAL APPEND PROPERTY TENFOLD_ROOMS tenfold_${name})
endfunction()

function(tenfold_program name)
  cmake_parse_arguments(PROGRAM "TORCH" "OUTPUT" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_DEPENDS})
  tenfold_settings(${name} ${PROGRAM_TORCH})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

function(tenfold_test name)
  cmake_parse_arguments(TEST "TORCH" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${TEST_DEPENDS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE TENFOLD_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TENFOLD_BINARY_DIR="${CMAKE_BINARY_DIR}")
  tenfold_settings(${name}_test ${TEST_TORCH})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(${name}_test PRIVATE -Wno-dangling-else)  # GoogleTest's macros under an if without braces
  endif()
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 600
                       ENVIRONMENT GOMP_SPINCOUNT=1000)  # as the program sets it: a busy core must not stall the others
endfunction()
