// Which elements of a buffer an array shows: NumPy's offset, shape and strides,
// and the slice of the buffer that they are.
#ifndef NUMLOOM_TRACE_LAYOUT_H
#define NUMLOOM_TRACE_LAYOUT_H

#include "numloom/Trace/Node.h"
#include "numloom/Trace/Recorder.h"

#include <cstdint>
#include <optional>
#include <span>

namespace numloom {

/// What an array shows of each element.
enum class ElementPart : uint8_t {
  Whole,
  Real, ///< of a complex number
  Imag
};

/// A layout over the elements of a buffer in their C-contiguous order, whatever
/// their order in memory. `strides` and `offset` count elements. Never out of
/// the buffer.
struct Layout {
  using Extents = SmallArray<int64_t, 4>;

  /// The complete buffer in `shape`.
  static Layout makeWhole(DType dtype, std::span<const int64_t> shape);

  int64_t getNumElements() const;
  /// NumPy's C_CONTIGUOUS: the elements follow each other in the buffer.
  bool isContiguous() const;
  bool isFortranContiguous() const;
  /// True for the complete buffer in its order.
  bool isWhole() const;
  /// True if two indices may show one element.
  bool mayOverlapItself() const;

  int64_t offset = 0;
  Extents shape, strides;
  /// Elements of the buffer.
  int64_t bufferSize = 1;
  /// Of what is shown: that of the part, or one of its size that shows its
  /// bits.
  DType dtype{};
  ElementPart part = ElementPart::Whole;

  /// A shape of the buffer in which the layout is a slice of it, then a
  /// permutation of axes, then a reshape that may repeat elements. Not
  /// `isSliced`: no such shape is known, as with windows that overlap.
  Extents frame;
  bool isSliced = true;
  /// The slice has neighbouring axes joined; the final reshape splits them.
  bool joinsAxes = false;
};

bool operator==(const Layout &a, const Layout &b);

/// How a layout is a slice of the buffer in the shape of its frame.
struct SlicePlan {
  /// Of each axis of the frame.
  int64_t starts[kMaxRank], steps[kMaxRank], extents[kMaxRank];
  /// Core axis i, in the layout's order, is axis axes[i] of the frame. The core
  /// has no axes of extent 1 and none that repeats elements.
  int64_t axes[kMaxRank];
  size_t frameRank = 0, coreRank = 0;
  /// The core's axes are in the frame's order.
  bool isSorted = true;
  /// Some axis repeats elements.
  bool repeats = false;
};

/// The plan of a layout that `isSliced` and is not empty; `plan` is new.
void planSlice(const Layout &layout, SlicePlan &plan);

/// array[items]; throws Error (Index) in NumPy's words.
Layout indexLayout(const Layout &layout, std::span<const IndexItem> items);
/// Throws as makeTranspose.
Layout transposeLayout(const Layout &layout, std::span<const int64_t> axes);
/// Empty where NumPy would copy; throws as makeReshape.
std::optional<Layout> reshapeLayout(const Layout &layout,
                                    std::span<const int64_t> shape);
/// Throws as makeBroadcastTo.
Layout broadcastLayout(const Layout &layout, std::span<const int64_t> shape);
/// `arguments` are offset, axis1, axis2: those axes give way to their diagonal,
/// the last axis of the result. Throws as numpy.diagonal.
Layout diagonalLayout(const Layout &layout, std::span<const int64_t> arguments);
/// The bits of the elements as `dtype`. Throws Error (Value) unless it is of
/// their size.
Layout bitsLayout(const Layout &layout, DType dtype);
/// New axes of extent 1 at `axes` of the result.
Layout expandDimsOfLayout(const Layout &layout, std::span<const int64_t> axes);
/// Drops `axes`; throws Error (Value) unless their extents are 1.
Layout squeezeLayout(const Layout &layout, std::span<const int64_t> axes);
/// The elements at `offset + sum(index * strides)` of the buffer, counted from
/// the layout's first element; throws Error (Value) if one lies outside.
Layout stridedLayout(const Layout &layout, int64_t offset,
                     std::span<const int64_t> shape,
                     std::span<const int64_t> strides);

/// Whether the stretches of the buffer from the first to the last element that
/// two layouts show have a part in common; in the bytes of complex numbers the
/// parts are told apart.
bool haveCommonRange(const Layout &a, const Layout &b);

/// Whether two layouts of one buffer show an element in common: exact.
bool haveCommonElement(const Layout &a, const Layout &b);

} // namespace numloom

#endif // NUMLOOM_TRACE_LAYOUT_H
