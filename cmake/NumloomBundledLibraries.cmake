# The shared libraries that the package carries: SLEEF (vector mathematics),
# OpenBLAS (from the scipy-openblas32 wheel) and Highway (sorting). They lie
# beside the extension, in the build tree as in the wheel, and are found there by
# the runtime, or by the loader for Highway's.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

find_library(NUMLOOM_SLEEF NAMES libsleef.so.3 sleef REQUIRED)
find_file(NUMLOOM_SLEEF_LICENSE copyright PATHS /usr/share/doc/libsleef3
          NO_DEFAULT_PATH REQUIRED)

if(NOT NUMLOOM_OPENBLAS)
  execute_process(
    COMMAND "${Python3_EXECUTABLE}" -c
            "import scipy_openblas32 as b; print(b.get_lib_dir())"
    OUTPUT_VARIABLE openblas_dir
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  find_file(NUMLOOM_OPENBLAS libscipy_openblas.so PATHS "${openblas_dir}"
            NO_DEFAULT_PATH REQUIRED)
  file(GLOB license
       "${openblas_dir}/../../scipy_openblas32-*.dist-info/licenses/LICENSE.txt")
  set(NUMLOOM_OPENBLAS_LICENSE "${license}" CACHE FILEPATH "OpenBLAS's licence")
endif()

set(NUMLOOM_PACKAGE_DIR "${CMAKE_BINARY_DIR}/python/numloom")
file(REAL_PATH "${NUMLOOM_SLEEF}" sleef)
configure_file("${sleef}" "${NUMLOOM_PACKAGE_DIR}/libsleef.so.3" COPYONLY)
configure_file("${NUMLOOM_OPENBLAS}"
               "${NUMLOOM_PACKAGE_DIR}/libscipy_openblas.so" COPYONLY)

find_path(NUMLOOM_HIGHWAY_INCLUDE hwy/contrib/sort/vqsort.h REQUIRED)
find_file(NUMLOOM_HIGHWAY_LICENSE copyright PATHS /usr/share/doc/libhwy-dev
          NO_DEFAULT_PATH REQUIRED)
foreach(name hwy_contrib hwy)
  string(TOUPPER "NUMLOOM_${name}" variable)
  find_library(${variable} NAMES lib${name}.so.1 REQUIRED)
  file(REAL_PATH "${${variable}}" library)
  configure_file("${library}" "${NUMLOOM_PACKAGE_DIR}/lib${name}.so.1" COPYONLY)
  install(PROGRAMS "${NUMLOOM_PACKAGE_DIR}/lib${name}.so.1" DESTINATION numloom)
endforeach()
add_library(numloom_highway INTERFACE)
target_include_directories(numloom_highway SYSTEM
                           INTERFACE "${NUMLOOM_HIGHWAY_INCLUDE}")
target_link_libraries(numloom_highway INTERFACE "${NUMLOOM_HWY_CONTRIB}"
                                                "${NUMLOOM_HWY}")

install(PROGRAMS "${NUMLOOM_PACKAGE_DIR}/libsleef.so.3"
                 "${NUMLOOM_PACKAGE_DIR}/libscipy_openblas.so"
        DESTINATION numloom)
install(FILES "${NUMLOOM_SLEEF_LICENSE}" RENAME LICENSE.sleef
        DESTINATION numloom/licenses)
install(FILES "${NUMLOOM_OPENBLAS_LICENSE}" RENAME LICENSE.openblas
        DESTINATION numloom/licenses)
install(FILES "${NUMLOOM_HIGHWAY_LICENSE}" RENAME LICENSE.highway
        DESTINATION numloom/licenses)
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" RENAME LICENSE.numloom-and-llvm
        DESTINATION numloom/licenses)
