// The square roots of a tile of results.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_ROOTSOFTILE_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_ROOTSOFTILE_H

#include "mlir/IR/Block.h"

namespace numloom {

/// Expands the roots of float32 vectors behind the place of `block` where
/// threads meet, if a thread has several: no other thread hides then that one
/// lane waits for the next.
void expandRootsOfTile(mlir::Block &block);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_ROOTSOFTILE_H
