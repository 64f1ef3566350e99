// Random bits: Philox4x32-10.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_PHILOX_H
#define NUMLOOM_DIALECT_ARRAY_IR_PHILOX_H

#include "numloom/Dialect/Array/IR/ElementBuilder.h"

namespace numloom::array {

/// The words of a block, two to a uint64: word 0 above word 1, word 3 above
/// word 2.
struct PhiloxBlock {
  Elem outer, inner;
};

/// The block of the number `counter` + `upper` * 2**64 under `key`; all are
/// uint64. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", SC'11.
PhiloxBlock getPhiloxBlock(ElementBuilder &builder, Elem counter, Elem upper,
                           Elem key);

/// Of the block `place` / 2 + `upper` * 2**64 word 0 above word 1, or word 2
/// above word 3 where the uint64 `place` is odd.
Elem getPhiloxHalf(ElementBuilder &builder, Elem place, Elem upper, Elem key);

/// Word `place` % 4 of the block `place` / 4 + `upper` * 2**64, in the upper
/// half; below it lies anything.
Elem getPhiloxWord(ElementBuilder &builder, Elem place, Elem upper, Elem key);

} // namespace numloom::array

#endif // NUMLOOM_DIALECT_ARRAY_IR_PHILOX_H
