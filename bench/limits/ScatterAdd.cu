// Limits of adding one at random places: atomic additions to the elements, or
// counts that stay in the second-level cache.
#include "Copy.cuh"
#include "Places.cuh"

using namespace limits;

template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    addKernel(const longlong2 *index, int64_t *y, size_t pairs) {
  Share<Pairs> places(index, pairs);
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (places.has(i))
      atomicAdd(reinterpret_cast<unsigned long long *>(y + places.values[i]),
                1ull);
}

namespace {

/// How often each place is named, in four bits: 25 MB, half of the second-level
/// cache. A count of eight and more raises `overflow`, and a carry into the
/// next count comes after one of fifteen.
struct Counts {
  unsigned *words, *overflow;

  static constexpr size_t numWords = kElements / 8;
};

} // namespace

template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    countKernel(const longlong2 *index, Counts counts, size_t pairs) {
  Share<Pairs> places(index, pairs);
  bool isTooMany = false;
  auto getShift = [](int64_t place) { return 4 * unsigned(place) % 32; };
  unsigned before[places.size] = {};
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (places.has(i))
      before[i] = atomicAdd(counts.words + places.values[i] / 8,
                            1u << getShift(places.values[i]));
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    isTooMany |= (before[i] >> getShift(places.values[i])) & 8;
  if (isTooMany)
    *counts.overflow = 1;
}

/// y = x + counts, or x where they overflowed.
template <int Unroll>
static __global__ void __launch_bounds__(kPlaceThreads)
    addCountsKernel(const longlong2 *x, Counts counts, longlong2 *y) {
  constexpr size_t pairs = kElements / 2;
  const auto *bytes = reinterpret_cast<const unsigned char *>(counts.words);
  size_t base = size_t(blockIdx.x) * kPlaceThreads * Unroll + threadIdx.x;
  unsigned isValid = *counts.overflow == 0;
  longlong2 values[Unroll];
  unsigned both[Unroll];
#pragma unroll
  for (int i = 0; i < Unroll; ++i)
    if (size_t at = base + i * kPlaceThreads; at < pairs) {
      values[i] = __ldcs(x + at);
      both[i] = isValid * bytes[at];
    }
#pragma unroll
  for (int i = 0; i < Unroll; ++i)
    if (size_t at = base + i * kPlaceThreads; at < pairs)
      __stcs(y + at, {values[i].x + both[i] % 16, values[i].y + both[i] / 16});
}

/// Adds what overflowing counts did not.
static __global__ void addOverflowKernel(const int64_t *index, Counts counts,
                                         int64_t *y) {
  if (*counts.overflow == 0)
    return;
  size_t step = size_t(gridDim.x) * blockDim.x;
  for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < kIndices;
       i += step)
    atomicAdd(reinterpret_cast<unsigned long long *>(y + index[i]), 1ull);
}

namespace {

struct Additions {
  DeviceArray<int64_t> x{kElements, 0, kPlacesEnd},
      index{kIndices, 0, kPlacesEnd}, y{kElements}, expected{kElements};
  DeviceArray<unsigned> words{Counts::numWords + 1};

  template <int Pairs>
  void addDirectly(int64_t *to) {
    launchCopy<4>(reinterpret_cast<const float4 *>((int64_t *)x),
                  reinterpret_cast<float4 *>(to), kElements / 2);
    addKernel<Pairs><<<getNumBlocks<Pairs>(kIndices / 2), kPlaceThreads>>>(
        pack(index), to, kIndices / 2);
  }
  template <int Pairs>
  void addCounts() {
    Counts counts = {words, words + Counts::numWords};
    check(cudaMemsetAsync(words, 0, (Counts::numWords + 1) * sizeof(unsigned)));
    countKernel<Pairs><<<getNumBlocks<Pairs>(kIndices / 2), kPlaceThreads>>>(
        pack(index), counts, kIndices / 2);
    addCountsKernel<4><<<getNumBlocks<4>(kElements / 2), kPlaceThreads>>>(
        pack(x), counts, pack(y));
    addOverflowKernel<<<132, 1024>>>(index, counts, y);
  }
};

} // namespace

void limits::runScatterAdd() {
  Additions additions;
  int64_t *y = additions.y;
  Launch direct = [&] { additions.addDirectly<4>(y); };
  Launch counted = [&] { additions.addCounts<2>(); };
  Launch countedWide = [&] { additions.addCounts<4>(); };
  auto areAllCorrect = [&](std::initializer_list<Launch> variants) {
    additions.addDirectly<1>(additions.expected);
    return areCorrect("scatter_add", variants, y, additions.expected,
                      kElements * sizeof(int64_t));
  };
  // Of places that are one and the same the counts overflow.
  fillUniform(additions.index, kIndices, 5, 6);
  bool isCorrect = areAllCorrect({counted});
  fillUniform(additions.index, kIndices, 0, kPlacesEnd);
  auto variants = {withFetches(0, direct), withFetches(32, direct),
                   withFetches(0, counted), withFetches(0, countedWide)};
  if (areAllCorrect(variants) && isCorrect)
    report("scatter_add", variants);
  withFetches(0, [] {})();
}
