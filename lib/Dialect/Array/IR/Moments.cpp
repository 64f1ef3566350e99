// Moments of parts that combine without cancellation.
#include "numloom/Dialect/Array/IR/Moments.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

Moments getNoMoments(ElementBuilder &b, DType dtype) {
  Elem zero = b.constant(dtype, 0);
  return {zero, zero, zero, b.neg(zero)};
}

/// part / whole of numbers of elements, 0 for none: weights need no correct
/// rounding.
static Elem divideCounts(ElementBuilder &b, Elem part, Elem whole) {
  Elem parts[] = {part, whole, b.constant(whole.dtype, 1)};
  b.unify(parts);
  Value divisor = arith::MaxNumFOp::create(b, parts[1].re, parts[2].re);
  Value ratio =
      arith::DivFOp::create(b, parts[0].re, divisor, arith::FastMathFlags::afn);
  return {part.dtype, ratio, {}};
}

/// x * y + z, rounded once.
static Elem multiplyAdd(ElementBuilder &b, Elem x, Elem y, Elem z) {
  Elem operands[] = {x, y, z};
  b.unify(operands);
  return {
      x.dtype,
      math::FmaOp::create(b, operands[0].re, operands[1].re, operands[2].re),
      {}};
}

static Elem addTree(ElementBuilder &b, MutableArrayRef<Elem> terms) {
  while (terms.size() > 1) {
    size_t half = (terms.size() + 1) / 2;
    for (size_t i = 0; i + half < terms.size(); ++i)
      terms[i] = b.add(terms[i], terms[i + half]);
    terms = terms.take_front(half);
  }
  return terms.front();
}

Moments combineMoments(ElementBuilder &b, ArrayRef<Moments> parts) {
  DType dtype = parts.front().count.dtype;
  Elem zero = b.constant(dtype, 0);
  SmallVector<Elem> counts, sums, hasAny;
  for (const Moments &part : parts) {
    counts.push_back(part.count);
    sums.push_back(part.sum);
    hasAny.push_back(b.greater(part.count, zero));
  }
  // Without elements a part has no place of its own.
  Elem pivot = parts.back().pivot;
  for (size_t i = parts.size() - 1; i-- > 0;)
    pivot = b.select(hasAny[i], parts[i].pivot, pivot);
  Elem count = addTree(b, counts);
  Elem weight = divideCounts(b, b.constant(dtype, 1), count);
  SmallVector<Elem> distances, shares;
  for (auto [part, exists] : llvm::zip_equal(parts, hasAny)) {
    Elem distance = b.add(b.sub(part.pivot, pivot), part.offset);
    distances.push_back(b.select(exists, distance, zero));
    shares.push_back(b.mul(distances.back(), b.mul(part.count, weight)));
  }
  Elem offset = addTree(b, shares);
  for (auto [part, distance, sum] : llvm::zip_equal(parts, distances, sums)) {
    Elem apart = b.sub(distance, offset);
    sum = multiplyAdd(b, b.mul(apart, part.count), apart, sum);
  }
  return {count, pivot, offset, addTree(b, sums)};
}

//===----------------------------------------------------------------------===//
// Elements one after the other
//===----------------------------------------------------------------------===//

/// What distances are multiplied by in their sum, so that it overflows after
/// their squares do: up to 2**20 of them.
static constexpr double kScale = 0x1p-20;

/// The same sum of the squares, two of them with one rounding less.
static Elem addSquares(ElementBuilder &b, ArrayRef<Elem> terms) {
  SmallVector<Elem> pairs;
  for (size_t i = 0; i < terms.size(); i += 2) {
    Elem square = b.mul(terms[i], terms[i]);
    if (i + 1 < terms.size())
      square = multiplyAdd(b, terms[i + 1], terms[i + 1], square);
    pairs.push_back(square);
  }
  return addTree(b, pairs);
}

/// The number that all lanes have.
static Elem getOneLane(ElementBuilder &b, Elem x) {
  if (!x.isVector())
    return x;
  return {
      x.dtype, vector::ExtractOp::create(b, x.re, ArrayRef<int64_t>{0}), {}};
}

static Elem repeatLike(ElementBuilder &b, Elem x, Elem like) {
  Elem both[] = {x, like};
  b.unify(both);
  return both[0];
}

Moments addElements(ElementBuilder &b, const Moments &sums,
                    ArrayRef<Elem> elements, ArrayRef<Value> active) {
  DType dtype = sums.count.dtype;
  Elem zero = b.constant(dtype, 0), one = b.constant(dtype, 1);
  Elem before = getOneLane(b, sums.count);
  Elem pivot = b.select(b.greater(before, zero), sums.pivot, elements.front());
  SmallVector<Elem> distances, counts;
  for (auto [element, exists] : llvm::zip_equal(elements, active)) {
    Elem condition{DType::Bool, exists, {}};
    distances.push_back(b.select(condition, b.sub(element, pivot), zero));
    counts.push_back(b.select(condition, one, zero));
  }
  Elem squares = addSquares(b, distances);
  Elem count = b.add(before, addTree(b, counts));
  return {repeatLike(b, count, sums.count), pivot,
          multiplyAdd(b, addTree(b, distances), b.constant(dtype, kScale),
                      sums.offset),
          b.add(sums.sum, squares)};
}

Moments closeMoments(ElementBuilder &b, const Moments &sums) {
  DType dtype = sums.count.dtype;
  Elem scale = b.constant(dtype, 1 / kScale);
  Elem count = getOneLane(b, sums.count);
  Elem weight = divideCounts(b, b.constant(dtype, 1), count);
  Elem offset = b.mul(b.mul(sums.offset, weight), scale);
  // From the pivot to the offset: n * offset**2 less, by a formula in which the
  // offset's error is squared. The pivot is one of n elements, so that at most
  // n - 1 parts in n cancel. Where squares overflow, this may be anything.
  Elem total = b.mul(sums.offset, scale);
  Elem rest =
      b.mul(offset, multiplyAdd(b, b.neg(count), offset, b.add(total, total)));
  Elem most =
      repeatLike(b,
                 b.constant(dtype, dtype == DType::Float32
                                       ? std::numeric_limits<float>::max()
                                       : std::numeric_limits<double>::max()),
                 rest);
  rest.re = arith::MinNumFOp::create(b, rest.re, most.re);
  return {sums.count, sums.pivot, offset, b.sub(sums.sum, rest)};
}

} // namespace numloom::array
