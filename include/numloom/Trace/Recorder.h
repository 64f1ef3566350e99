// Recording: every call makes one node, with its shape, dtype and errors.
#ifndef NUMLOOM_TRACE_RECORDER_H
#define NUMLOOM_TRACE_RECORDER_H

#include "numloom/Trace/DTypeResolution.h"
#include "numloom/Trace/DefaultDevice.h"
#include "numloom/Trace/Error.h"
#include "numloom/Trace/Node.h"
#include "numloom/Trace/Program.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace numloom {

/// A number of the Python program, before the dtype that it takes is known.
struct PyScalar {
  enum class Kind : uint8_t {
    Bool,    ///< `integer` is 0 or 1; strong, as in NumPy
    Int,     ///< fits int64: `integer`
    UInt,    ///< does not fit int64 but uint64: `integer` holds its bits
    HugeInt, ///< fits neither: `real` is the nearest double, `digits` its text
    Float,   ///< `real`
    Complex  ///< `real` and `imag`
  };
  Kind kind = Kind::Int;
  int64_t integer = 0;
  double real = 0;
  double imag = 0;
  std::string_view digits{};

  WeakKind getWeakKind() const {
    constexpr WeakKind kinds[] = {WeakKind::None,  WeakKind::Int,
                                  WeakKind::Int,   WeakKind::Int,
                                  WeakKind::Float, WeakKind::Complex};
    return kinds[static_cast<size_t>(kind)];
  }
};

/// An operand of a ufunc: a node, or a Python number. Does not own the node.
class Operand {
public:
  Operand() = default;
  Operand(const NodeRef &node) : node(node.get()) {}
  Operand(Node *node) : node(node) {}
  Operand(const PyScalar &scalar) : scalar(scalar) {}
  /// Python's float and int, made in place: copying what was just written costs
  /// more than all else here.
  explicit Operand(double value)
      : scalar{.kind = PyScalar::Kind::Float, .real = value} {}
  explicit Operand(int64_t value) : scalar{.integer = value} {}

  Node *getNode() const { return node; }
  const PyScalar &getScalar() const { return scalar; }
  OperandType getType() const {
    if (node)
      return {node->getDType(), WeakKind::None};
    return {DType::Bool, scalar.getWeakKind()};
  }

private:
  Node *node = nullptr;
  PyScalar scalar;
};

//===----------------------------------------------------------------------===//
// Leaves
//===----------------------------------------------------------------------===//

/// An array that exists: `strides` in elements (empty: C-contiguous), `offset`
/// in bytes. The memory must not change while the node lives. The array lies on
/// the storage's device.
NodeRef makeLeaf(DType dtype, std::span<const int64_t> shape,
                 StorageRef storage, int64_t offset = 0,
                 std::span<const int64_t> strides = {});

/// A number of a known dtype, given as the element's bytes.
NodeRef makeScalar(DType dtype, const ScalarBytes &value,
                   Device device = getDefaultDevice());

/// A Python number as `dtype`. Throws Error (Overflow) "Python integer 300 out
/// of bounds for uint8" as NumPy does.
NodeRef recordScalar(const PyScalar &scalar, DType dtype,
                     Device device = getDefaultDevice());
/// The same with the dtype that numpy.asarray gives the number.
NodeRef recordScalar(const PyScalar &scalar);

/// Whether a Python integer lies in the range of the integer dtype `dtype`.
bool fitsInteger(const PyScalar &scalar, DType dtype);

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// The device on which an op on `operands` runs: that of the arrays among them,
/// else of the first number, else the default device. Null operands stand for
/// Python's numbers. Throws Error (Value) that names both devices if the arrays
/// lie on two.
Device findDevice(std::span<Node *const> operands);

/// A ufunc's call: selects the loop, broadcasts, converts Python numbers.
/// Conversions of dtype and shape are implied by the node; the program that is
/// built from it states them as `cast` and `broadcast`.
NodeRef recordElementwise(OpCode op, std::span<const Operand> operands);
/// The same under `dtype=`, `casting=`, `signature=`.
NodeRef recordElementwise(OpCode op, std::span<const Operand> operands,
                          const LoopRequest &request);
/// The same of two operands, the second perhaps a Python integer.
NodeRef recordBinary(OpCode op, const Operand &x, const Operand &y);
NodeRef recordBinary(OpCode op, const NodeRef &x, int64_t number);
/// The same of a number of the dtype of `x` that kernels know.
NodeRef recordWithConstant(OpCode op, const NodeRef &x, int64_t number);
/// `x` where `condition`, 0-d or of the same shape, holds, else `other`, an
/// integer that kernels know.
NodeRef recordWhereElse(const NodeRef &condition, const NodeRef &x,
                        int64_t other);

/// Any op with a given result; `attrs` in the flat form of ProgramNode::attrs
/// with values in place of parameters. Operands of elementwise ops broadcast.
NodeRef record(OpCode op, std::span<const NodeRef> operands,
               std::span<const int64_t> shape, DType dtype,
               std::span<const int64_t> attrs = {});

/// An op without operands on a given device.
NodeRef recordCreation(OpCode op, std::span<const int64_t> shape, DType dtype,
                       std::span<const int64_t> attrs, Device device);

/// An array all of whose elements are `value`: the number, or for inexact
/// dtypes the bits of it as a float64, as ProgramNode::attrs holds it.
NodeRef recordConstant(int64_t value, std::span<const int64_t> shape,
                       DType dtype, Device device);

/// `node` itself if it has the dtype already.
NodeRef recordCast(const NodeRef &node, DType dtype);

/// How often the bool array `mask` holds, a 0-d int64.
NodeRef recordCount(const NodeRef &mask);

/// True when evaluating `mask` twice is cheaper than storing it, and sure to
/// give the same elements in any kernel: it is one op on arrays in memory.
bool isCheapToRepeat(const Node &mask);

/// The elements of `value` along whose leading axes `mask`, which has these,
/// holds, in row-major order: of the shape (count, other axes...). `count` is
/// how often it holds.
NodeRef recordSelection(const NodeRef &mask, const NodeRef &value,
                        int64_t count);

/// The shape to which operands of these shapes broadcast, written to `result`
/// (room for kMaxRank); returns its rank. Throws Error (Value) "operands could
/// not be broadcast together with shapes (2,3) (4,)".
int broadcastShapes(std::span<const std::span<const int64_t>> shapes,
                    int64_t *result);

/// "(2,3)", "(4,)", "()": the form of shapes in NumPy's errors.
std::string formatShape(std::span<const int64_t> shape);

//===----------------------------------------------------------------------===//
// Views: of arrays in memory another array in memory, else recorded
//===----------------------------------------------------------------------===//

/// How a view of an array in memory is made.
enum class ViewForm : uint8_t {
  Memory,  ///< another array in memory
  Recorded ///< an op: a program that updates the array sees what it reads of it
};

/// Element i along each axis is element start + i * step; all in range.
NodeRef makeSlice(const NodeRef &node, std::span<const int64_t> starts,
                  std::span<const int64_t> steps,
                  std::span<const int64_t> shape,
                  ViewForm form = ViewForm::Memory);

/// Axis i of the result is axis axes[i]; `axes` is a permutation.
NodeRef makeTranspose(const NodeRef &node, std::span<const int64_t> axes,
                      ViewForm form = ViewForm::Memory);

/// One extent may be -1. Throws Error (Value) "cannot reshape array of size 6
/// into shape (4,)". Where NumPy would copy, the copy is recorded.
NodeRef makeReshape(const NodeRef &node, std::span<const int64_t> shape,
                    ViewForm form = ViewForm::Memory);

/// Throws Error (Value) in the words of numpy.broadcast_to.
NodeRef makeBroadcastTo(const NodeRef &node, std::span<const int64_t> shape,
                        ViewForm form = ViewForm::Memory);

/// One item of a basic index. A slice's fields are as Python's slice unpacks
/// them (PySlice_Unpack), before they are clipped to the axis.
struct IndexItem {
  enum class Kind : uint8_t { Integer, Slice, Ellipsis, NewAxis };
  Kind kind;
  int64_t start = 0; ///< the integer, or the slice's start
  int64_t stop = 0;
  int64_t step = 1;
};

//===----------------------------------------------------------------------===//
// Source locations
//===----------------------------------------------------------------------===//

/// The location that nodes recorded by this thread get from now on. Whoever
/// sets it keeps `code` alive (or interned) as long as nodes may show it.
void setSourceLocation(SourceLocation location);

/// Turns a location into file and line; called from any thread.
using LocationResolverFn = SourceLine (*)(SourceLocation location);
void setLocationResolver(LocationResolverFn resolver);
SourceLine resolveLocation(SourceLocation location);

} // namespace numloom

#endif // NUMLOOM_TRACE_RECORDER_H
