// What the GPU's schedules share: signatures, the grid, guards.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_GPUKERNELSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_GPUKERNELSCHEDULER_H

#include "../Schedule/KernelEmitter.h"

#include "numloom/Compiler/Compiler.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace numloom::array {

/// Turns `kernel`, an outlined function on tensors, into one or two functions
/// of a gpu.module. A schedule is a class derived from this one; it opens each
/// function, emits what one thread does, and closes it.
///
/// A function takes the buffers named by `array.buffers`, rank-0 memrefs or
/// numbers by value, then the run-time parameters, and carries what the plan
/// needs:
///   array.buffers         operand i, then result j, then partial array k
///   array.blocks          blocks of the one-dimensional grid (#array.size)
///   array.threads         threads of a block
/// The first function also says, for each array of partial states:
///   array.partials        element types
///   array.partial_entries entries (#array.size)
///   array.partial_zeroed  whether they must be zero before the launch
///   array.partial_counters whether they must be, and are again afterwards
class GpuKernelScheduler : protected KernelEmitter {
public:
  GpuKernelScheduler(mlir::func::FuncOp kernel, IterationSpace space,
                     const CudaTarget &target);
  virtual ~GpuKernelScheduler() = default;

  /// Emits the kernel's functions. The caller erases the kernel afterwards.
  virtual mlir::LogicalResult schedule() = 0;

protected:
  /// An array of partial states, of words that are zero before the launch, or
  /// of counters that are zero before and after it.
  struct Partial {
    mlir::Type type;
    SizeAttr entries;
    enum { States, Zeros, Counters } content = States;
  };

  // Functions. One is open at a time.
  /// Opens the function `name` + `suffix` of `threads` threads, binds operands
  /// and opens the emitter's outermost scope. Ids from getNumBuffers() on are
  /// those of `partials`.
  void openFunction(llvm::StringRef suffix, llvm::ArrayRef<int64_t> bufferIds,
                    int64_t threads, llvm::ArrayRef<Partial> partials = {});
  void closeFunction(SizeAttr blocks);
  /// Says on the open function, the kernel's first, which partial arrays the
  /// kernel needs.
  void setPartials(llvm::ArrayRef<Partial> partials);
  /// Static shared memory of `elements` elements: memref<elements x T>.
  mlir::Value addSharedArray(mlir::Type elementType, int64_t elements);

  mlir::gpu::GPUFuncOp getFunction() { return function; }
  /// The buffer (or number) with the id, which the open function must have.
  mlir::Value getBuffer(int64_t id) const;
  mlir::Value getResultBuffer(unsigned result);
  void storeElements(llvm::ArrayRef<unsigned> results,
                     llvm::ArrayRef<Elem> elements);
  void storeResults(llvm::ArrayRef<unsigned> results);
  /// Copies each border, element for element, shared by all threads: what
  /// every schedule of elementwise kernels ends with.
  void copyBorders(int64_t threads);

  // Values of the open function's threads, of type index; emitted once, at the
  // function's start.
  mlir::Value getThreadId() const { return threadId; }
  mlir::Value getBlockId() const { return blockId; }
  mlir::Value getConstant(int64_t value);
  void emitBarrier();

  // Sizes.
  /// ceil(factors / divisor) * scale * outer.
  SizeAttr getSize(const Monomial &factors, int64_t divisor = 1,
                   int64_t scale = 1, const Monomial &outer = Monomial(1));

  // The choice (array.schedule); a missing entry is `otherwise`. Of all
  // schedules, "blocks" limits registers so that so many blocks fit a
  // multiprocessor, and "kept_blocks" says how many blocks, from the first on,
  // read what the second-level cache is to keep; what others read may be
  // dropped first.
  int64_t getOption(llvm::StringRef option, int64_t otherwise) const;

  CudaTarget target;

private:
  mlir::gpu::GPUModuleOp getModule();
  void setKeptBlocks();
  void setArgumentAttributes();
  void setMemoryModel();
  void bindOperands();

  mlir::gpu::GPUFuncOp function;
  llvm::SmallVector<int64_t> bufferIds;
  llvm::SmallVector<mlir::Value> buffers;
  mlir::Value threadId, blockId;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_GPUKERNELSCHEDULER_H
