// The bits of random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC'11). A block of four 32-bit
// words is a function of a key and a counter, so it is computed wherever it is
// needed, in any order, on any device.
#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace numloom::python {

namespace {

/// A number of the program, not of the machine code.
NodeRef makeNumber(uint64_t value, DType dtype = DType::UInt64) {
  auto kind = value >> 63 ? PyScalar::Kind::UInt : PyScalar::Kind::Int;
  return recordScalar(
      PyScalar{.kind = kind, .integer = static_cast<int64_t>(value)}, dtype);
}

NodeRef makeIndex(std::span<const int64_t> shape, int64_t axis, DType dtype) {
  return recordCast(recordCreation(OpCode::Iota, shape, DType::Int64,
                                   {&axis, 1}, getDefaultDevice()),
                    dtype);
}

/// `start` and what follows in `shape`, along the first `numAxes` axes alone
/// with steps of `stride`. It is no range reshaped: that the product of extents
/// is its length, a compiled program does not know, and would store the
/// reshaped array.
NodeRef makeRange(NodeRef start, std::span<const int64_t> shape,
                  int64_t numAxes, int64_t stride = 1) {
  DType dtype = start->getDType();
  for (int64_t axis = numAxes - 1; axis >= 0; --axis) {
    NodeRef index = makeIndex(shape, axis, dtype);
    if (stride != 1)
      index = recordBinary(OpCode::Multiply, index, makeNumber(stride, dtype));
    start = recordBinary(OpCode::Add, start, index);
    stride *= shape[axis];
  }
  return start;
}

/// Some elements, of which each block makes 2**`shift`.
struct Sequence {
  std::vector<int64_t> shape;
  uint64_t first = 0;
  int64_t shift = 0;
  /// So many elements of the first block belong to an earlier call.
  uint64_t offset = 0;
};

/// For GPUs: of neighbours that one thread computes the compiler sees, in 32
/// bits and before the first block is added, that they share a block, whose
/// rounds it then makes once. In rows that begin with a block they are counted
/// along the last axis.
NodeRef makeSplitPlaces(const Sequence &sequence) {
  std::span<const int64_t> shape = sequence.shape;
  int64_t shift = sequence.shift, perBlock = int64_t(1) << shift;
  int64_t numAxes = int64_t(shape.size());
  // Also of no elements the strides must fit.
  double most = double(sequence.offset) + 1;
  for (int64_t extent : shape)
    most *= double(std::max<int64_t>(extent, 1));
  DType dtype = most < 0x1p32 ? DType::UInt32 : DType::UInt64;
  bool areRowsWhole = sequence.offset == 0 && numAxes > 0 &&
                      (numAxes == 1 || shape.back() % perBlock == 0);
  NodeRef index = areRowsWhole ? makeIndex(shape, numAxes - 1, dtype)
                               : makeRange(makeNumber(sequence.offset, dtype),
                                           shape, numAxes);
  NodeRef part =
      recordCast(recordWithConstant(OpCode::BitwiseAnd, index, perBlock - 1),
                 DType::UInt64);
  NodeRef block = recordWithConstant(OpCode::RightShift, index, shift);
  if (areRowsWhole)
    block = makeRange(block, shape, numAxes - 1, shape.back() >> shift);
  block = recordBinary(OpCode::Add, recordCast(block, DType::UInt64),
                       makeNumber(sequence.first));
  return recordBinary(OpCode::BitwiseOr,
                      recordWithConstant(OpCode::LeftShift, block, shift),
                      part);
}

/// The numbers of the parts that elements are made of.
NodeRef makePlaces(const Sequence &sequence) {
  if (sequence.shift != 0 && !getDefaultDevice().isCpu())
    return makeSplitPlaces(sequence);
  return makeRange(
      makeNumber((sequence.first << sequence.shift) + sequence.offset),
      sequence.shape, int64_t(sequence.shape.size()));
}

/// Of the numbers that all blocks of a call have in common.
class Key {
public:
  Key(uint64_t key, uint64_t upper)
      : key(makeNumber(key)), upper(makeNumber(upper)) {}

  NodeRef encrypt(OpCode op, const NodeRef &place) const {
    Operand operands[] = {Operand(place), Operand(upper), Operand(key)};
    return recordElementwise(op, operands);
  }

private:
  NodeRef key, upper;
};

struct Block {
  NodeRef outer, inner;
};

Block makeBlock(const NodeRef &counter, const Key &key) {
  return {key.encrypt(OpCode::PhiloxOuter, counter),
          key.encrypt(OpCode::PhiloxInner, counter)};
}

/// What two neighbours have in common, and what they do but for a quarter of
/// its range: a block's halves, or the words of one.
Block makePairs(const Sequence &sequence, const Key &key) {
  NodeRef places = makePlaces(sequence);
  NodeRef pairs = recordWithConstant(OpCode::RightShift, places, 1);
  Block pair;
  if (sequence.shift == 1) {
    pair = makeBlock(pairs, key);
  } else {
    pair.outer = key.encrypt(OpCode::PhiloxHalf, pairs);
    pair.inner = recordWithConstant(OpCode::LeftShift, pair.outer, 32);
  }
  NodeRef quarter = recordWithConstant(
      OpCode::LeftShift, recordWithConstant(OpCode::BitwiseAnd, places, 1), 62);
  pair.inner = recordBinary(OpCode::Add, pair.inner, quarter);
  return pair;
}

PyObject *wrapBlock(Block block) {
  PyRef outer = PyRef::steal(wrapNode(std::move(block.outer)));
  PyRef inner = PyRef::steal(wrapNode(std::move(block.inner)));
  return PyTuple_Pack(2, outer.get(), inner.get());
}

/// The arguments of all functions.
struct Arguments {
  Sequence sequence;
  unsigned long long key, upper;

  Arguments(PyObject *args, const char *format) {
    PyObject *shape;
    unsigned long long first;
    unsigned offset, perBlock;
    if (!PyArg_ParseTuple(args, format, &shape, &key, &upper, &first, &offset,
                          &perBlock))
      throw PythonError();
    sequence = {parseIntegers(shape), first, std::countr_zero(perBlock),
                offset};
    markSourceLocation();
  }
};

PyObject *philoxBlocks(PyObject *, PyObject *args) {
  return guard([&] {
    auto [sequence, key, upper] = Arguments(args, "OKK(KII):philox_blocks");
    return wrapBlock(makeBlock(makePlaces(sequence), Key(key, upper)));
  });
}

PyObject *philoxParts(PyObject *, PyObject *args) {
  return guard([&] {
    auto [sequence, key, upper] = Arguments(args, "OKK(KII):philox_parts");
    OpCode op = sequence.shift == 1 ? OpCode::PhiloxHalf : OpCode::PhiloxWord;
    return wrapNode(Key(key, upper).encrypt(op, makePlaces(sequence)));
  });
}

PyObject *philoxPairs(PyObject *, PyObject *args) {
  return guard([&] {
    auto [sequence, key, upper] = Arguments(args, "OKK(KII):philox_pairs");
    return wrapBlock(makePairs(sequence, Key(key, upper)));
  });
}

} // namespace

PyMethodDef philoxFunctions[] = {
    {"philox_blocks", philoxBlocks, METH_VARARGS,
     "philox_blocks(shape, key, upper, first, /)\n--\n\nTwo uint64 arrays of "
     "'shape', row-major: the words of Philox4x32-10's blocks, modulo 2**64, "
     "under the upper half 'upper' of the counter; word 0 above word 1, and "
     "word 3 above word 2. 'first' is the number of the first block, that of "
     "the first part in it, and how many are in a block: here 0 and 1."},
    {"philox_parts", philoxParts, METH_VARARGS,
     "philox_parts(shape, key, upper, first, /)\n--\n\nThe halves of these "
     "blocks one after the other as uint64: word 0 above word 1, word 2 above "
     "word 3. With 4 to a block its words, each the upper half of a uint64. "
     "Blocks are counted modulo 2**63, or 2**62."},
    {"philox_pairs", philoxPairs, METH_VARARGS,
     "philox_pairs(shape, key, upper, first, /)\n--\n\nTwo uint64 arrays. Of "
     "two neighbouring parts, the first of which has an even number, the first "
     "array has the same bits; those of the second differ by 2**62."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
