// Links object code into the process.
#ifndef NUMLOOM_LIB_COMPILER_CPU_JIT_H
#define NUMLOOM_LIB_COMPILER_CPU_JIT_H

#include "numloom/Runtime/Plan.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace numloom {

/// Links `object` and finds `entries` in it; the code is freed with the last
/// of the returned kernels. Empty and `error` set on failure. Functions that
/// the object calls come from SLEEF in `libraryDir` and the C library.
std::vector<std::shared_ptr<const KernelCode>>
linkObject(llvm::StringRef object, llvm::ArrayRef<std::string> entries,
           llvm::StringRef libraryDir, std::string &error);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_CPU_JIT_H
