// Finds the compiler when the first program needs it.
#ifndef NUMLOOM_LIB_TRACE_COMPILERLOADER_H
#define NUMLOOM_LIB_TRACE_COMPILERLOADER_H

#include "numloom/Compiler/Compiler.h"

#include <string>

namespace numloom {

/// Loads the compiler's shared library on demand. Not thread-safe: the
/// evaluator's lock guards it.
class CompilerLoader {
public:
  void setDirectory(std::string path) { directory = std::move(path); }
  /// Replaces the compiler; nullptr goes back to the library's.
  void replace(Compiler *compiler) { replacement = compiler; }

  /// The compiler; throws Error (Runtime) if its library cannot be loaded.
  Compiler &get();
  /// The compiler if it is there already, else null.
  Compiler *getIfLoaded() const { return replacement ? replacement : loaded; }

private:
  Compiler *load() const;

  std::string directory;
  Compiler *replacement = nullptr;
  Compiler *loaded = nullptr;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_COMPILERLOADER_H
