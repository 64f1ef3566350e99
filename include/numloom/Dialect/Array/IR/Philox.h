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

} // namespace numloom::array

#endif // NUMLOOM_DIALECT_ARRAY_IR_PHILOX_H
