// Reductions as nodes, for what is made of them.
#ifndef NUMLOOM_PYTHON_REDUCTIONS_H
#define NUMLOOM_PYTHON_REDUCTIONS_H

#include "numloom/Trace/Recorder.h"

#include <cstdint>

namespace numloom::python {

/// A node on the way to a result, evaluated where the flush policy says so, as
/// it would be if it were a result.
NodeRef settle(NodeRef node);

/// `x` in another dtype, settled.
NodeRef convertTo(const NodeRef &x, DType dtype);

/// Elementwise ops of one and of two operands, settled.
NodeRef applyOp(OpCode op, const NodeRef &x);
NodeRef combine(OpCode op, const NodeRef &x, const Operand &y);

/// `x` reduced by `op` over the axes whose bits are set, which are dropped or
/// kept as ones. The result has the dtype of `x`, positions are int64.
NodeRef reduceAxes(OpCode op, const NodeRef &x, uint64_t axes, bool keepDims);

/// NumPy's sums start from 0.0, the dialect's from -0.0, which is neutral.
NodeRef addZero(const NodeRef &sum);

inline bool isInexact(DType dtype) {
  return isFloat(dtype) || isComplex(dtype);
}

inline bool isHalf(DType dtype) {
  return dtype == DType::Float16 || dtype == DType::BFloat16;
}

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_REDUCTIONS_H
