// A recorded program: what a flush hands to the compiler. Free of LLVM.
#ifndef NUMLOOM_TRACE_PROGRAM_H
#define NUMLOOM_TRACE_PROGRAM_H

#include "numloom/Dialect/Array/IR/OpTable.h"
#include "numloom/Support/DType.h"
#include "numloom/Support/Param.h"

#include <cstdint>
#include <string>
#include <vector>

namespace numloom {

/// Where in the user's source a node was recorded.
struct SourceLine {
  std::string file;
  int32_t line = 0;
};

/// An array that exists before the program runs.
struct ProgramInput {
  DType dtype;
  /// Extents: constants 0 or 1, everything else a parameter.
  std::vector<int64_t> shape;
  /// Strides in elements, constants -1, 0, 1 or parameters; empty when the
  /// array is C-contiguous. The buffer's pointer is that of element (0,...,0).
  std::vector<int64_t> strides;
  bool contiguous = true;
  /// A number that came from the Python program: rank 0, passed by value.
  bool isScalar = false;
  /// Element (0,...,0) lies at a multiple of 16 bytes (GPU programs; the CPU
  /// does not care).
  bool isAligned = true;
  /// Nothing else refers to its memory, which the program may overwrite: it
  /// becomes that of an output (Plan::donations).
  bool isDonated = false;
};

/// One recorded operation with one result.
struct ProgramNode {
  OpCode op;
  DType dtype;
  std::vector<int64_t> shape;
  /// Value numbers: inputs first, then nodes, in order.
  std::vector<int32_t> operands;
  /// The op's attributes in the order of OpInfo::attrs, flattened: an integer
  /// or boolean takes one entry, a list takes its length and its entries.
  std::vector<int64_t> attrs;
  /// Index into Program::lines, or -1.
  int32_t line = -1;
};

/// A program in value order: operands precede their users.
struct Program {
  std::vector<ProgramInput> inputs;
  std::vector<ProgramNode> nodes;
  /// Value numbers of the results, C-contiguous buffers that the caller gives.
  std::vector<int32_t> outputs;
  /// The parameters' values at the first execution: hints to the cost model,
  /// never facts. Equal extents share a parameter.
  std::vector<int64_t> paramHints;
  std::vector<SourceLine> lines;
  /// Some array has elements whose offset needs more than 31 bits (GPU
  /// programs; CPU kernels index with 64 bits always).
  bool needsWideIndices = false;
};

} // namespace numloom

#endif // NUMLOOM_TRACE_PROGRAM_H
