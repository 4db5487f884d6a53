# `cmake --install`: programs, headers, libraries, and the CMake package that find_package(tenfold) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY TENFOLD_ROOMS)
foreach(room ${rooms})
  target_include_directories(${room} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${room} PUBLIC cxx_std_20)
endforeach()

install(TARGETS ${rooms} tenfold_openmp EXPORT tenfoldTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY tenfold/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tenfold FILES_MATCHING PATTERN "*.h"
        PATTERN "cli" EXCLUDE PATTERN "kernels" EXCLUDE PATTERN "codecs" EXCLUDE)
install(EXPORT tenfoldTargets NAMESPACE tenfold:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tenfold)

list(TRANSFORM rooms PREPEND tenfold:: OUTPUT_VARIABLE tenfold_libraries)
configure_package_config_file(cmake/tenfoldConfig.cmake.in ${CMAKE_BINARY_DIR}/tenfoldConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tenfold)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/tenfoldConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/tenfoldConfig.cmake ${CMAKE_BINARY_DIR}/tenfoldConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tenfold)

# The programs find LibTorch where it was at build time, or in ../lib beside them.
install(TARGETS tenfold tenfold-core RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set_target_properties(tenfold-core PROPERTIES INSTALL_RPATH "$ORIGIN/../lib;${TENFOLD_TORCH_LIB}")
