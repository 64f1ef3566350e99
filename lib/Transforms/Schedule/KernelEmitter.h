// What the schedulers of all machines share: a kernel's space, loops that carry
// states, and the states of reductions.
#ifndef NUMLOOM_LIB_TRANSFORMS_SCHEDULE_KERNELEMITTER_H
#define NUMLOOM_LIB_TRANSFORMS_SCHEDULE_KERNELEMITTER_H

#include "ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace numloom::array {

/// Emits the parts of `kernel`, a function on tensors whose body is in the
/// array dialect, from which schedules are made.
class KernelEmitter {
protected:
  KernelEmitter(mlir::func::FuncOp kernel, IterationSpace space);
  virtual ~KernelEmitter() = default;

  using States = llvm::SmallVector<Elem>;
  /// Emits one step of a loop: takes the states, gives the new ones.
  using StepFn = llvm::function_ref<States(const States &)>;

  // Signature (KernelEmitter.cpp).
  /// Operands and results: ids of buffers below this are theirs.
  int64_t getNumBuffers();
  llvm::SmallVector<int64_t> getAllBufferIds();
  int64_t getNumParams();
  /// Whether `value` has an element for every point of the space.
  bool isFullSpace(mlir::Value value) const;
  /// The types of buffers: operands', results', then `partialTypes`.
  llvm::SmallVector<mlir::Type>
  getBufferTypes(llvm::ArrayRef<int64_t> bufferIds,
                 llvm::ArrayRef<mlir::Type> partialTypes);

  // Loops (KernelLoops.cpp).
  /// Binds the loops of `dims` (outermost first) to the row-major `item`.
  void bindDelinearized(mlir::Value item, llvm::ArrayRef<LoopDim> dims);
  /// Sequential loops over `dims` around `body`, carrying states.
  States emitLoops(llvm::ArrayRef<LoopDim> dims, const States &states,
                   StepFn body);
  States
  emitCountedLoop(mlir::Value lower, mlir::Value upper, mlir::Value step,
                  const States &states,
                  llvm::function_ref<States(mlir::Value, const States &)> body);
  /// while (condition(iv)) body(iv, states), iv = next(iv), from `first` on;
  /// ++iv without `next`, which comes behind the body.
  States emitWhile(mlir::Value first, const States &states,
                   llvm::function_ref<mlir::Value(mlir::Value)> condition,
                   llvm::function_ref<States(mlir::Value, const States &)> body,
                   llvm::function_ref<mlir::Value(mlir::Value)> next = {});
  /// if (condition) body(states) else otherwise(states); no `otherwise` keeps
  /// the states.
  States emitIf(mlir::Value condition, const States &states, StepFn body,
                StepFn otherwise = {});

  // Reductions (KernelReductions.cpp).
  /// The reductions and the full-space results of each stage: a stage needs
  /// the reductions of the stages before.
  struct Stage {
    llvm::SmallVector<ReductionOpInterface> reductions;
    llvm::SmallVector<unsigned> results;
    /// A costly value that a later stage needs again: kept in the buffer of
    /// the result that the later stage writes, element for element.
    mlir::Value kept;
    unsigned keptIn = 0;
  };
  void keepCostlyValues(llvm::MutableArrayRef<Stage> stages);
  llvm::SmallVector<Stage> getStages();
  /// The results that are not in the full space.
  llvm::SmallVector<unsigned> getReducedResults();
  /// The element types in memory of the states of `reductions`.
  llvm::SmallVector<mlir::Type>
  getStateTypes(llvm::ArrayRef<ReductionOpInterface> reductions);
  States getInitialStates(llvm::ArrayRef<ReductionOpInterface> reductions,
                          int64_t lanes);
  /// The states of the single elements at the identity point.
  States liftElements(llvm::ArrayRef<ReductionOpInterface> reductions);
  /// The states of no elements where `mask`, one i1 or a vector of `lanes`, is
  /// false.
  States maskStates(llvm::ArrayRef<ReductionOpInterface> reductions,
                    mlir::Value mask, const States &states, int64_t lanes);
  /// Lifts the elements at the identity point and combines them into `states`.
  States combineElements(llvm::ArrayRef<ReductionOpInterface> reductions,
                         const States &states);
  States combineStates(llvm::ArrayRef<ReductionOpInterface> reductions,
                       const States &lhs, const States &rhs);
  /// The same for one reduction: machines may have instructions for it.
  virtual States combineState(ReductionOpInterface reduction,
                              llvm::ArrayRef<Elem> lhs,
                              llvm::ArrayRef<Elem> rhs) {
    return reduction.emitCombine(builder, lhs, rhs);
  }
  /// Combines the lanes of vector states, pairwise.
  States reduceLanes(llvm::ArrayRef<ReductionOpInterface> reductions,
                     States states, int64_t lanes);
  void bindReductions(llvm::ArrayRef<ReductionOpInterface> reductions,
                      const States &states);
  /// The elements of `results` at the present point.
  llvm::SmallVector<Elem> emitResults(llvm::ArrayRef<unsigned> results);
  /// Stores them there; `getBuffer` gives the buffer of each result. A result
  /// may lie in the buffer of an operand that another result reads at the same
  /// index: everything is loaded before anything is stored.
  void storeElements(llvm::ArrayRef<unsigned> results,
                     llvm::ArrayRef<Elem> elements,
                     llvm::function_ref<mlir::Value(unsigned)> getBuffer);

  // Scatters (KernelScatter.cpp).
  ScatterOp getScatter() { return array::getScatter(kernel); }
  mlir::LogicalResult verifyScatter();
  /// What the scatter does at one point, or at one for each lane.
  struct ScatterEntry {
    Elem value;
    ElementEmitter::Target target;
  };
  ScatterEntry emitScatterEntry();
  /// Combines the entry into `buffer`, if it lies inside; lanes one after the
  /// other, unless they lie side by side.
  void storeEntry(const ScatterEntry &entry, mlir::Value buffer);
  void storeLanes(const ScatterEntry &entry, mlir::Value buffer);
  void storeCombined(Elem value, mlir::Value buffer, const LinearExpr &offset);
  /// What the scatter makes of the old element and an entry's.
  Elem combineEntry(Elem old, Elem value);
  /// Whether other threads may combine entries with the same element.
  virtual bool combinesAtomically() { return false; }

  // Conditions (KernelConditions.cpp).
  /// An i1 without which the kernel stores nothing; null if there is none.
  mlir::Value emitCondition();

  // Borders (KernelBorders.cpp).
  /// A result of which a box is computed, and the operand that has the rest.
  struct Border {
    unsigned result;
    BorderAttr attr;
  };
  llvm::SmallVector<Border> getBorders();
  /// How many elements lie outside of the box.
  mlir::Value emitBorderSize(const Border &border);
  /// Neighbours of a border: where they lie in the array, and how many.
  struct BorderRun {
    mlir::Value offset, length;
  };
  /// The elements of the border from its `number`-th on that lie side by side.
  BorderRun emitBorderRun(const Border &border, mlir::Value number);

  mlir::func::FuncOp kernel;
  IterationSpace space;
  ElementBuilder builder;
  /// Alive while a function is open.
  std::optional<ElementEmitter> emitter;
  std::string name;
};

/// Whether it is enough that one of a scatter's entries for a place is combined
/// with the element that was there.
bool combinesOnce(ScatterOp op);

/// The atomic operation that combines entries of `op` in any order with one
/// result, if there is one.
std::optional<mlir::arith::AtomicRMWKind> getAtomicKind(ScatterOp op);

/// The 0-d values without all of which `kernel` stores nothing.
llvm::SmallVector<mlir::Value> getConditions(mlir::func::FuncOp kernel);

/// The type in memory of (the parts of) `tensorType`'s elements: bytes for
/// bool, floats for complex.
mlir::Type getMemoryType(mlir::Type tensorType);

/// The product of the loops' extents.
Monomial getProduct(llvm::ArrayRef<LoopDim> loops);

/// States as plain values and back: complex elements are two values.
llvm::SmallVector<mlir::Value> flatten(llvm::ArrayRef<Elem> elems);
llvm::SmallVector<Elem> unflatten(llvm::ArrayRef<Elem> like,
                                  mlir::ValueRange values);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_SCHEDULE_KERNELEMITTER_H
