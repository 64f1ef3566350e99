// The array dialect.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_ARRAYDIALECT_H
#define NUMLOOM_DIALECT_ARRAY_IR_ARRAYDIALECT_H

#include "numloom/Dialect/Array/IR/ElementBuilder.h"
#include "numloom/Dialect/Array/IR/LinearExpr.h"
#include "numloom/Dialect/Array/IR/OpTable.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h.inc"
#include "numloom/Dialect/Array/IR/ArrayEnums.h.inc"
#include "numloom/Dialect/Array/IR/ArrayInterfaces.h.inc"
#define GET_ATTRDEF_CLASSES
#include "numloom/Dialect/Array/IR/ArrayAttrs.h.inc"
#define GET_OP_CLASSES
#include "numloom/Dialect/Array/IR/ArrayOps.h.inc"

namespace numloom::array {

/// The attribute of a program's function that holds the parameters' values at
/// the first execution (array<i64>): hints to cost models, never facts.
inline constexpr llvm::StringLiteral kParamHintsAttr = "array.param_hints";

/// The attribute of rank-0 arguments that are passed by value.
inline constexpr llvm::StringLiteral kScalarAttr = "array.scalar";

/// The attribute of a program's function that is compiled for a GPU.
inline constexpr llvm::StringLiteral kGpuAttr = "array.gpu";

/// The attribute of arguments whose pointer may not be a multiple of 16 bytes.
inline constexpr llvm::StringLiteral kUnalignedAttr = "array.unaligned";

/// The attribute of arguments whose memory the program may overwrite: nobody
/// else will read it.
inline constexpr llvm::StringLiteral kDonatedAttr = "array.donated";

/// The attribute of a planned program's function that holds, for each result,
/// the donated argument in whose memory it lies, or -1.
inline constexpr llvm::StringLiteral kDonationsAttr = "array.donations";

/// The attribute of fusions and kernels of which results lie in larger buffers:
/// a #array.destination, or unit, for each result.
inline constexpr llvm::StringLiteral kIntoAttr = "array.into";

/// The attribute of kernels of which results have a border that is copied: a
/// #array.border, or unit, for each result.
inline constexpr llvm::StringLiteral kBordersAttr = "array.borders";

/// The attribute of GPU programs and kernels that holds the bits of an index:
/// 32 or 64. Without it, 32 for programs and 64 for kernels.
inline constexpr llvm::StringLiteral kIndexBitsAttr = "array.index_bits";

/// Whether every extent of a tensor type is static or named by its encoding.
bool hasNamedExtents(mlir::Type tensorType);

/// Whether a tensor type is `tensor<?xT>` without encoding: storage of unknown
/// length, which only `as_strided` reads.
bool isFlatStorage(mlir::Type tensorType);

/// The extents of a tensor type, each a constant or a parameter. The type must
/// have named extents.
llvm::SmallVector<int64_t> getExtents(mlir::Type tensorType);

/// The tensor type of `dtype` and `extents`: extents that are parameters are
/// dynamic and named by the encoding.
mlir::RankedTensorType getTensorType(mlir::MLIRContext *context, DType dtype,
                                     llvm::ArrayRef<int64_t> extents);

/// The offset of `point` in the buffer of a tensor: C-contiguous, or flat.
LinearExpr getBufferOffset(mlir::Type tensorType,
                           llvm::ArrayRef<LinearExpr> point);

/// The index into an array of extents `from` that its reshape to `to` reads at
/// `index`. Fails where the map is not linear.
mlir::LogicalResult
mapReshapedIndex(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to,
                 llvm::ArrayRef<LinearExpr> index,
                 llvm::SmallVectorImpl<LinearExpr> &operandIndex);

/// The generated facts of an op of the dialect.
const OpInfo &getInfo(mlir::Operation *op);

/// Whether every value of `from` is a value of `to`.
bool isLosslessCast(DType from, DType to);

/// The float constant `value` rounded to (the real part of) `dtype`, in the
/// format of that dtype.
llvm::APFloat getFloatValue(mlir::Attribute value, DType dtype);

/// Checks that an op's operands and result have one shape and that its dtypes
/// are one of the op's signatures.
mlir::LogicalResult verifyElementwise(mlir::Operation *op);

/// Checks axes and the shape that they leave.
mlir::LogicalResult verifyReduction(mlir::Operation *op);

} // namespace numloom::array

#endif // NUMLOOM_DIALECT_ARRAY_IR_ARRAYDIALECT_H
