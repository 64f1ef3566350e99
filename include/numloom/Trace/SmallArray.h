// An array of a size fixed at construction, inline while it is small.
#ifndef NUMLOOM_TRACE_SMALLARRAY_H
#define NUMLOOM_TRACE_SMALLARRAY_H

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>

namespace numloom {

/// `InlineSize` elements lie inside; more of them on the heap.
template <typename T, uint32_t InlineSize>
class SmallArray {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  SmallArray() = default;
  explicit SmallArray(std::span<const T> values) { assign(values); }
  SmallArray(const SmallArray &other) : SmallArray(other.get()) {}
  SmallArray &operator=(const SmallArray &other) {
    if (this != &other)
      assign(other.get());
    return *this;
  }
  ~SmallArray() { reset(); }

  /// Replaces the contents by `size` elements whose values are not set.
  T *allocate(uint32_t size) {
    reset();
    count = size;
    if (size > InlineSize)
      heap = new T[size];
    return data();
  }
  void assign(std::span<const T> values) {
    std::copy(values.begin(), values.end(),
              allocate(static_cast<uint32_t>(values.size())));
  }
  void reset() {
    if (count > InlineSize)
      delete[] heap;
    count = 0;
  }

  uint32_t size() const { return count; }
  T *data() { return count > InlineSize ? heap : local; }
  const T *data() const { return count > InlineSize ? heap : local; }
  T &operator[](size_t i) { return data()[i]; }
  const T &operator[](size_t i) const { return data()[i]; }
  std::span<T> get() { return {data(), count}; }
  std::span<const T> get() const { return {data(), count}; }

private:
  uint32_t count = 0;
  union {
    T local[InlineSize];
    T *heap;
  };
};

} // namespace numloom

#endif // NUMLOOM_TRACE_SMALLARRAY_H
