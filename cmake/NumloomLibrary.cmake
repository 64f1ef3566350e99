# numloom_runtime_library(<name> <sources>...): a library free of LLVM.
function(numloom_runtime_library name)
  add_library(${name} STATIC ${ARGN})
  add_dependencies(${name} NumloomArrayTable)
endfunction()

# numloom_mlir_library(<name> <sources>... [LINK <libraries>...]): a library
# that uses MLIR, compiled with the one precompiled header.
function(numloom_mlir_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC numloom_llvm ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM numloom_pch)
  add_dependencies(${name} NumloomArrayIncGen NumloomTransformsIncGen)
endfunction()
