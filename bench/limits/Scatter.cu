// Limits of writing at random places, of which some are equal: where chance
// says who wins, at known places and at places that are checked first, and
// where the last does.
#include "Copy.cuh"
#include "Places.cuh"

#include <vector>

using namespace limits;

/// Says whether a place lies outside of the array.
template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    checkKernel(const longlong2 *index, unsigned *isAnyOutside, size_t pairs) {
  Share<Pairs> places(index, pairs);
  bool isOutside = false;
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    isOutside |= places.has(i) && uint64_t(places.values[i]) >= kElements;
  if (isOutside)
    *isAnyOutside = 1;
}

/// Which of equal indices wins is left to chance: it makes no difference where
/// the values are the indices. Writes nothing if a place lies outside, where
/// somebody has looked.
template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    scatterKernel(const longlong2 *index, const longlong2 *values, int64_t *y,
                  size_t pairs, const unsigned *isAnyOutside) {
  if (isAnyOutside && *isAnyOutside)
    return;
  Share<Pairs> places(index, pairs), shares(values, pairs);
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (places.has(i))
      y[places.values[i]] = shares.values[i];
}

namespace {

/// What NumPy's rule takes, that the last of equal indices wins: two sets of
/// places, as bits that stay in the second-level cache, and for places that
/// several indices name the last of these. Other elements of `last` are
/// undefined.
struct Claims {
  unsigned *seen, *repeated;
  int *last;

  static constexpr size_t words = divideUp(kElements, 32);
  static __device__ unsigned getBit(int64_t place) {
    return 1u << unsigned(place) % 32;
  }
  __device__ bool isRepeated(int64_t place) const {
    return repeated[place / 32] & getBit(place);
  }
};

} // namespace

/// Finds places that several indices name.
template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    claimKernel(const longlong2 *index, Claims claims, size_t pairs) {
  Share<Pairs> places(index, pairs);
  unsigned before[places.size];
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (places.has(i))
      before[i] = atomicOr(claims.seen + places.values[i] / 32,
                           Claims::getBit(places.values[i]));
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (int64_t place = places.values[i];
        places.has(i) && before[i] & Claims::getBit(place)) {
      atomicOr(claims.repeated + place / 32, Claims::getBit(place));
      claims.last[place] = -1;
    }
}

/// Writes what is certain and, for the other places, finds the last index.
template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    claimedScatterKernel(const longlong2 *index, const longlong2 *values,
                         Claims claims, int64_t *y, size_t pairs) {
  Share<Pairs> places(index, pairs), shares(values, pairs);
  bool isRepeated[places.size];
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    isRepeated[i] = claims.isRepeated(places.values[i]);
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (!places.has(i))
      continue;
    else if (isRepeated[i])
      atomicMax(claims.last + places.values[i], places.getPosition(i));
    else
      y[places.values[i]] = shares.values[i];
}

template <int Pairs>
static __global__ void __launch_bounds__(kPlaceThreads)
    lastScatterKernel(const longlong2 *index, const int64_t *values,
                      Claims claims, int64_t *y, size_t pairs) {
  Share<Pairs> places(index, pairs);
  bool isRepeated[places.size];
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    isRepeated[i] = places.has(i) && claims.isRepeated(places.values[i]);
#pragma unroll
  for (int i = 0; i < places.size; ++i)
    if (int64_t place = places.values[i];
        isRepeated[i] && claims.last[place] == places.getPosition(i))
      y[place] = values[places.getPosition(i)];
}

/// NumPy's rule, on the host.
static void scatterOnHost(const int64_t *x, const int64_t *index,
                          const int64_t *values, int64_t *out) {
  auto read = [](const int64_t *from, size_t size) {
    std::vector<int64_t> data(size);
    check(cudaMemcpy(data.data(), from, size * sizeof(int64_t),
                     cudaMemcpyDeviceToHost));
    return data;
  };
  std::vector<int64_t> y = read(x, kElements), places = read(index, kIndices),
                       written = read(values, kIndices);
  for (size_t i = 0; i < kIndices; ++i)
    y[places[i]] = written[i];
  check(cudaMemcpy(out, y.data(), kElements * sizeof(int64_t),
                   cudaMemcpyHostToDevice));
}

namespace {

/// Arrays and the launches over them.
struct Scatters {
  DeviceArray<int64_t> x{kElements, 0, kPlacesEnd},
      index{kIndices, 0, kPlacesEnd}, y{kElements}, expected{kElements};
  DeviceArray<unsigned> bits{2 * Claims::words};
  DeviceArray<int> last{kElements};
  int64_t *values = nullptr;

  void copy() {
    launchCopy<4>(reinterpret_cast<const float4 *>((int64_t *)x),
                  reinterpret_cast<float4 *>((int64_t *)y), kElements / 2);
  }
  template <int Pairs>
  Launch getAny() {
    return [this] {
      copy();
      scatterKernel<Pairs>
          <<<getNumBlocks<Pairs>(kIndices / 2), kPlaceThreads>>>(
              pack(index), pack(values), y, kIndices / 2, nullptr);
    };
  }
  template <int Pairs>
  Launch getChecked() {
    return [this] {
      constexpr size_t pairs = kIndices / 2;
      constexpr unsigned blocks = getNumBlocks<Pairs>(pairs);
      copy();
      check(cudaMemsetAsync(bits, 0, sizeof(unsigned)));
      checkKernel<Pairs><<<blocks, kPlaceThreads>>>(pack(index), bits, pairs);
      scatterKernel<Pairs><<<blocks, kPlaceThreads>>>(pack(index), pack(values),
                                                      y, pairs, bits);
    };
  }
  template <int Pairs>
  Launch getLast() {
    return [this] {
      constexpr size_t pairs = kIndices / 2;
      constexpr unsigned blocks = getNumBlocks<Pairs>(pairs);
      Claims claims = {bits, bits + Claims::words, last};
      // The bits come after the copy, which would take their place in caches.
      copy();
      check(cudaMemsetAsync(bits, 0, 2 * Claims::words * sizeof(unsigned)));
      claimKernel<Pairs><<<blocks, kPlaceThreads>>>(pack(index), claims, pairs);
      claimedScatterKernel<Pairs><<<blocks, kPlaceThreads>>>(
          pack(index), pack(values), claims, y, pairs);
      lastScatterKernel<Pairs>
          <<<blocks, kPlaceThreads>>>(pack(index), values, claims, y, pairs);
    };
  }
  void reportScatter(const char *name, int64_t *written,
                     std::initializer_list<Launch> variants) {
    values = written;
    scatterOnHost(x, index, values, expected);
    if (areCorrect(name, variants, y, expected, kElements * sizeof(int64_t)))
      report(name, variants);
  }
};

} // namespace

void limits::runScatter() {
  Scatters scatters;
  Launch two = scatters.getAny<2>(), four = scatters.getAny<4>();
  scatters.reportScatter("scatter", scatters.index,
                         {withFetches(0, two), withFetches(0, four),
                          withFetches(32, two), withFetches(32, four)});
  two = scatters.getChecked<2>(), four = scatters.getChecked<4>();
  scatters.reportScatter("scatter_fresh", scatters.index,
                         {withFetches(0, two), withFetches(0, four),
                          withFetches(32, two), withFetches(32, four)});
  two = scatters.getLast<2>(), four = scatters.getLast<4>();
  // Other values than the first ones, which are the indices.
  scatters.reportScatter("scatter_last", scatters.x + kIndices,
                         {withFetches(0, two), withFetches(0, four),
                          withFetches(32, two), withFetches(32, four)});
  withFetches(0, [] {})();
}
