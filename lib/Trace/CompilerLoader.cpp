// Finds the compiler when the first program needs it.
#include "CompilerLoader.h"
#include "numloom/Trace/Error.h"

#include <dlfcn.h>

using namespace numloom;

Compiler &CompilerLoader::get() {
  if (replacement)
    return *replacement;
  if (!loaded)
    loaded = load();
  return *loaded;
}

Compiler *CompilerLoader::load() const {
  std::string path = directory + "/libnumloom_compiler.so";
  // Local: the LLVM inside must not meet another one of the process.
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw Error(ErrorKind::Runtime,
                std::string("cannot load the compiler: ") + dlerror());
  auto entry =
      reinterpret_cast<CompilerEntryFn>(dlsym(library, kCompilerEntry));
  Compiler *compiler = entry ? entry(directory.c_str()) : nullptr;
  if (!compiler)
    throw Error(ErrorKind::Runtime, path + " has no usable compiler");
  return compiler;
}
