// The attributes by which passes tell each other, and the compiler, what they
// have decided. Those of programs as recorded are in ArrayDialect.h.
#ifndef NUMLOOM_TRANSFORMS_ATTRIBUTES_H
#define NUMLOOM_TRANSFORMS_ATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace numloom::array {

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

/// Of a fused program: for each kernel why it is not one with those it reads.
inline constexpr llvm::StringLiteral kFusionReportAttr = "array.fusion_report";

/// Of a planned program: the slots of its arena, a #array.params each, of which
/// the product is the bytes.
inline constexpr llvm::StringLiteral kArenaAttr = "array.arena";

/// Of the ops of a planned program: for each result the slot, or -(k + 1) for
/// output k (array<i64>).
inline constexpr llvm::StringLiteral kSlotsAttr = "array.slots";

/// Of fusions and kernels: for each result the operand that it is written over,
/// or -1 (array<i64>).
inline constexpr llvm::StringLiteral kInPlaceAttr = "array.in_place";

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// How an outlined kernel is to be scheduled: the #array.kind of its fusion.
inline constexpr llvm::StringLiteral kKindAttr = "array.kind";

/// How many run-time parameters an outlined kernel has.
inline constexpr llvm::StringLiteral kNumParamsAttr = "array.num_params";

/// Of kernels whose results are stored past the caches (unit).
inline constexpr llvm::StringLiteral kStreamingAttr = "array.streaming";

/// The schedule of a GPU kernel: a dictionary of its name and its options.
inline constexpr llvm::StringLiteral kScheduleAttr = "array.schedule";

/// What a fusion or a schedule relies on: a list of #array.guard.
inline constexpr llvm::StringLiteral kGuardsAttr = "array.guards";

//===----------------------------------------------------------------------===//
// Scheduled functions
//===----------------------------------------------------------------------===//

/// What each buffer argument is: an operand, a result behind all operands, or a
/// temporary of the kernel behind all results (array<i64>).
inline constexpr llvm::StringLiteral kBuffersAttr = "array.buffers";

/// The element types of a kernel's temporaries.
inline constexpr llvm::StringLiteral kPartialsAttr = "array.partials";

/// The work items of a function for the CPU: the quotient of a product and a
/// divisor, rounded up, times another product; and what an item costs.
inline constexpr llvm::StringLiteral kWorkAttr = "array.work";
inline constexpr llvm::StringLiteral kWorkDivisorAttr = "array.work_divisor";
inline constexpr llvm::StringLiteral kWorkOuterAttr = "array.work_outer";
inline constexpr llvm::StringLiteral kItemCostAttr = "array.item_cost";

/// The grid of a function for a GPU (#array.size), and the threads of a block.
inline constexpr llvm::StringLiteral kBlocksAttr = "array.blocks";
inline constexpr llvm::StringLiteral kThreadsAttr = "array.threads";

/// An attribute of LLVM's functions: how many blocks, from the first on, read
/// what the second-level cache is to keep.
inline constexpr llvm::StringLiteral kKeptBlocksAttr = "numloom-kept-blocks";

/// For each temporary of a GPU kernel how many elements it has (#array.size),
/// whether they are zero before the launch, and whether they are counters that
/// kernels share.
inline constexpr llvm::StringLiteral kPartialEntriesAttr =
    "array.partial_entries";
inline constexpr llvm::StringLiteral kPartialZeroedAttr =
    "array.partial_zeroed";
inline constexpr llvm::StringLiteral kPartialCountersAttr =
    "array.partial_counters";

} // namespace numloom::array

#endif // NUMLOOM_TRANSFORMS_ATTRIBUTES_H
