// An array of a size fixed at construction, inline while it is small.
#ifndef NUMLOOM_TRACE_SMALLARRAY_H
#define NUMLOOM_TRACE_SMALLARRAY_H

#include <algorithm>
#include <cstdint>
#include <cstring>
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
  SmallArray(const SmallArray &other) { copy(other); }
  SmallArray &operator=(const SmallArray &other) {
    if (this != &other) {
      reset();
      copy(other);
    }
    return *this;
  }
  ~SmallArray() { reset(); }

  /// Replaces the contents by `size` elements whose values are not set; leaves
  /// them where that throws.
  T *allocate(uint32_t size) {
    T *elements = size > InlineSize ? new T[size] : nullptr;
    reset();
    if (elements)
      heap = elements;
    count = size;
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

  /// Few elements are compared faster one by one than by a call.
  friend bool operator==(const SmallArray &a, const SmallArray &b) {
    if (a.count != b.count)
      return false;
    const T *x = a.data(), *y = b.data();
    for (uint32_t i = 0; i < a.count; ++i)
      if (x[i] != y[i])
        return false;
    return true;
  }

private:
  /// Into an empty one. What is inline is copied whole, used or not: a copy of
  /// fixed size is a few instructions, one of `count` elements a loop.
  void copy(const SmallArray &other) {
    if (other.count > InlineSize) {
      assign(other.get());
      return;
    }
    count = other.count;
    std::memcpy(local, other.local, sizeof(local));
  }

  uint32_t count = 0;
  union {
    T local[InlineSize];
    T *heap;
  };
};

} // namespace numloom

#endif // NUMLOOM_TRACE_SMALLARRAY_H
