// Binary search of many values.
#include "Device.cuh"
#include "Functions.h"

using namespace numloom;
using namespace numloom::cub_library;

template <typename Encoding>
static cudaError_t search(const Call &call, const void *sortedData,
                          int64_t length, const void *valueData, int64_t count,
                          bool behindEqual, int64_t *result) {
  using Bits = typename Encoding::Bits;
  auto *sorted = static_cast<const Bits *>(sortedData);
  auto *values = static_cast<const Bits *>(valueData);
  return forEach(call, count, [=] __device__(int64_t i) {
    Bits key = Encoding::encodeMerged(values[i]);
    int64_t begin = 0, end = length;
    while (begin < end) {
      int64_t middle = begin + (end - begin) / 2;
      Bits element = Encoding::encodeMerged(sorted[middle]);
      if (behindEqual ? element <= key : element < key)
        begin = middle + 1;
      else
        end = middle;
    }
    result[i] = begin;
  });
}

int cub_library::searchSorted(const Call &call, DType dtype, const void *sorted,
                              int64_t length, const void *values, int64_t count,
                              bool behindEqual, int64_t *result) {
  return visitKeyEncoding(dtype, [&](auto encoding) {
    return search<decltype(encoding)>(call, sorted, length, values, count,
                                      behindEqual, result);
  });
}
