// The content of a kernel's file in the disk cache.
#ifndef NUMLOOM_LIB_COMPILER_KERNELFILE_H
#define NUMLOOM_LIB_COMPILER_KERNELFILE_H

#include "CompiledKernel.h"

#include "llvm/ADT/StringRef.h"

#include <memory>

namespace numloom {

/// Facts and machine code as bytes.
std::string writeKernelFile(const CompiledKernel &kernel, llvm::StringRef code);

/// The inverse: null if `content` is not such a file. `code` points into
/// `content`.
std::shared_ptr<CompiledKernel> readKernelFile(llvm::StringRef content,
                                               llvm::StringRef &code);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_KERNELFILE_H
