// Arithmetic on shapes and strides.
#ifndef NUMLOOM_LIB_TRACE_SHAPES_H
#define NUMLOOM_LIB_TRACE_SHAPES_H

#include <cstdint>
#include <span>

namespace numloom {

/// The number of elements of an array.
int64_t countElements(std::span<const int64_t> shape);

/// Strides in elements of a C-contiguous array; axes of extent 1 get theirs
/// as well.
void fillContiguousStrides(std::span<const int64_t> shape, int64_t *strides);

/// True when elements lie in row-major order without gaps; axes of extent 1
/// may have any stride, and an empty array is contiguous.
bool isContiguous(std::span<const int64_t> shape,
                  std::span<const int64_t> strides);

/// Strides under which the memory of an array shows `newShape` (of as many
/// elements) in row-major order; false where no such strides exist.
bool reshapeStrides(std::span<const int64_t> shape,
                    std::span<const int64_t> strides,
                    std::span<const int64_t> newShape, int64_t *newStrides);

/// The first and the last place of an array's elements.
struct ElementRange {
  int64_t first, last;
};

/// Of an array with elements whose element (0, ..., 0) lies at `offset`.
ElementRange findElementRange(int64_t offset, std::span<const int64_t> shape,
                              std::span<const int64_t> strides);

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_SHAPES_H
