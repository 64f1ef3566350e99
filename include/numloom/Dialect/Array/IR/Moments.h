// The states of squared_deviations: moments of parts of the elements.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_MOMENTS_H
#define NUMLOOM_DIALECT_ARRAY_IR_MOMENTS_H

#include "numloom/Dialect/Array/IR/ElementBuilder.h"

namespace numloom::array {

/// How many elements there are, one of them, how far their mean lies from it,
/// and the sum of their squared distances from the mean.
struct Moments {
  Elem count, pivot, offset, sum;

  Moments(Elem count, Elem pivot, Elem offset, Elem sum)
      : count(count), pivot(pivot), offset(offset), sum(sum) {}
  explicit Moments(llvm::ArrayRef<Elem> state)
      : Moments(state[0], state[1], state[2], state[3]) {}
  llvm::SmallVector<Elem> getState() const {
    return {count, pivot, offset, sum};
  }
};

/// The moments of no elements.
Moments getNoMoments(ElementBuilder &builder, DType dtype);

/// The moments of all parts (Chan, Golub and LeVeque, 1979).
Moments combineMoments(ElementBuilder &builder, llvm::ArrayRef<Moments> parts);

// Of elements that come one after the other, from no moments on: `offset` and
// `sum` add up distances from the pivot, the first element, and their squares,
// until `closeMoments` makes moments of them. All lanes have as many elements.

/// Adds `elements`, one or a vector for each, where `active` (i1) holds.
Moments addElements(ElementBuilder &builder, const Moments &sums,
                    llvm::ArrayRef<Elem> elements,
                    llvm::ArrayRef<mlir::Value> active);
Moments closeMoments(ElementBuilder &builder, const Moments &sums);

} // namespace numloom::array

#endif // NUMLOOM_DIALECT_ARRAY_IR_MOMENTS_H
