# Compiler and linker options of every target.
add_compile_options(-ffunction-sections -fdata-sections -Wall -Wextra
                    -Wno-unused-parameter)
add_link_options(-fuse-ld=lld -Wl,--gc-sections -Wl,--as-needed)
# Release has no debug information: it would double the objects. The presets
# `dev` and `asan` keep assertions and line numbers.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -gline-tables-only")
# For what records: an operation takes 100 ns, in a dozen of files. Inlining across
# them saves a tenth to a fifth of that.
set(NUMLOOM_LINK_TIME_OPTIMIZATION
    "$<$<AND:$<CXX_COMPILER_ID:Clang>,$<CONFIG:Release>>:-flto=thin>")
if(NUMLOOM_SANITIZE)
  # Compiled kernels carry no type metadata for -fsanitize=function to read.
  add_compile_options(-fsanitize=${NUMLOOM_SANITIZE} -fno-sanitize=function
                      -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${NUMLOOM_SANITIZE})
endif()

# A precompiled header that records no time and compares by content is one that
# ccache can store and find again.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "${CCACHE_PROGRAM}")
  add_compile_options(
    "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
