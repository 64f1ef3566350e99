# Finds LLVM/MLIR 22 and prepares its archives for a static link.
find_package(MLIR 22.1 REQUIRED CONFIG PATHS /usr/lib/llvm-22/lib/cmake/mlir)
find_program(NUMLOOM_MLIR_TBLGEN mlir-tblgen
             PATHS "${LLVM_TOOLS_BINARY_DIR}" NO_DEFAULT_PATH REQUIRED)
find_program(NUMLOOM_LLVM_TBLGEN llvm-tblgen
             PATHS "${LLVM_TOOLS_BINARY_DIR}" NO_DEFAULT_PATH REQUIRED)

# The distribution's exported targets name the shared libLLVM (and some the
# shared libMLIR). Two copies of LLVM in one process duplicate TypeIDs, so both
# leave every link interface and LLVM's static components are named once.
foreach(lib IN LISTS MLIR_EXPORTED_TARGETS)
  if(TARGET ${lib})
    get_target_property(deps ${lib} INTERFACE_LINK_LIBRARIES)
    if(deps)
      list(REMOVE_ITEM deps LLVM MLIR)
      set_target_properties(${lib} PROPERTIES INTERFACE_LINK_LIBRARIES
                                              "${deps}")
    endif()
  endif()
endforeach()
# What ships depends on no library that a user's machine may lack.
set_target_properties(
  LLVMSupport PROPERTIES INTERFACE_LINK_LIBRARIES
                         "rt;dl;m;libz.a;libzstd.a;LLVMDemangle")
llvm_map_components_to_libnames(
  NUMLOOM_LLVM_LIBS x86codegen x86info x86desc x86asmparser nvptxcodegen
  nvptxinfo nvptxdesc orcjit passes ipo linker bitreader bitwriter support
  targetparser)

# What every file that uses LLVM compiles with: LLVM has no exceptions.
add_library(numloom_llvm INTERFACE)
target_include_directories(numloom_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS}
                                                         ${MLIR_INCLUDE_DIRS})
target_compile_options(numloom_llvm INTERFACE -fno-exceptions)
