// The shared library's only exported function.

#include "numloom/Compiler/Compiler.h"

namespace numloom {
/// The process's compiler (Compiler.cpp).
Compiler *getCompiler(const char *libraryDir);
} // namespace numloom

extern "C" __attribute__((visibility("default"))) numloom::Compiler *
numloomGetCompiler(const char *libraryDir) {
  return numloom::getCompiler(libraryDir);
}
