// Limits of reading at random places. Indices are taken as they are: nothing is
// checked and none counts from the end.
#include "Places.cuh"

using namespace limits;

template <int Pairs, bool HasNext>
static __global__ void __launch_bounds__(kPlaceThreads)
    gatherKernel(const longlong2 *index, const int64_t *x, longlong2 *out,
                 size_t pairs) {
  Share<Pairs> places(index, pairs), result(pairs);
  // Beyond the end places are 0.
#pragma unroll
  for (int i = 0; i < result.size; ++i)
    result.values[i] = __ldg(x + places.values[i]);
  if (HasNext) {
#pragma unroll
    for (int i = 0; i < result.size; ++i)
      result.values[i] = __ldg(x + places.values[i] + 1) - result.values[i];
  }
  result.store(out);
}

template <bool HasNext>
static __global__ void simpleGatherKernel(const int64_t *index,
                                          const int64_t *x, int64_t *out) {
  size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < kIndices)
    out[i] = HasNext ? x[index[i] + 1] - x[index[i]] : x[index[i]];
}

template <bool HasNext>
static void reportGather(const char *name) {
  DeviceArray<int64_t> x(kElements, 0, kPlacesEnd),
      index(kIndices, 0, kPlacesEnd), out(kIndices), expected(kIndices);
  simpleGatherKernel<HasNext>
      <<<divideUp(kIndices, 256), 256>>>(index, x, expected);
  auto launch = [&]<int Pairs>(std::integral_constant<int, Pairs>) -> Launch {
    return [&] {
      gatherKernel<Pairs, HasNext>
          <<<getNumBlocks<Pairs>(kIndices / 2), kPlaceThreads>>>(
              pack(index), x, pack(out), kIndices / 2);
    };
  };
  Launch two = launch(std::integral_constant<int, 2>()),
         four = launch(std::integral_constant<int, 4>()),
         eight = launch(std::integral_constant<int, 8>());
  auto variants = {withFetches(0, two),   withFetches(0, four),
                   withFetches(0, eight), withFetches(32, two),
                   withFetches(32, four), withFetches(32, eight)};
  if (areCorrect(name, variants, out, expected, kIndices * sizeof(int64_t)))
    report(name, variants);
}

void limits::runGather() {
  reportGather<false>("gather");
  reportGather<true>("gather_fused");
  withFetches(0, [] {})();
}
