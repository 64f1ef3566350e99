// The content of a kernel's file in the disk cache.
#ifndef NUMLOOM_LIB_COMPILER_CPU_KERNELFILE_H
#define NUMLOOM_LIB_COMPILER_CPU_KERNELFILE_H

#include "KernelCompiler.h"

namespace numloom {

/// Facts and object code as bytes.
std::string writeKernelFile(const CompiledKernel &kernel,
                            llvm::ArrayRef<char> object);

/// The inverse: null if `content` is not such a file. `object` points into
/// `content`.
std::shared_ptr<CompiledKernel> readKernelFile(llvm::StringRef content,
                                               llvm::ArrayRef<char> &object);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_CPU_KERNELFILE_H
