// Limit of x[x > 0]: one pass in which a tile looks back at the tiles before it
// (Merrill and Garland, Single-pass Parallel Prefix Scan with Decoupled
// Look-back, 2016).
#include "Limits.h"

#include <cub/device/device_select.cuh>
#include <cuda/atomic>

using namespace limits;

namespace {

constexpr int N = 50'000'000;
constexpr int kLeastTile = 2048, kMaxTiles = divideUp(N, kLeastTile);

struct IsPositive {
  __host__ __device__ bool operator()(float x) const { return x > 0.0f; }
};

/// What a tile tells those after it, in one word: which call it is of, so that
/// nothing need be cleared, whether `count` includes all tiles before it, and
/// the count.
struct Message {
  uint64_t word;

  static constexpr uint64_t inclusiveBit = uint64_t(1) << 31;
  __device__ Message(uint64_t word) : word(word) {}
  __device__ Message(unsigned call, bool isInclusive, unsigned count)
      : word(uint64_t(call) << 32 | (isInclusive ? inclusiveBit : 0) | count) {}
  __device__ bool isOf(unsigned call) const { return word >> 32 == call; }
  __device__ bool isInclusive() const { return word & inclusiveBit; }
  __device__ unsigned getCount() const { return unsigned(word) & 0x7fffffff; }
};

using Mailbox = cuda::atomic_ref<uint64_t, cuda::thread_scope_device>;

} // namespace

static __device__ void send(uint64_t *mailbox, Message message) {
  Mailbox(*mailbox).store(message.word, cuda::memory_order_relaxed);
}

static __device__ unsigned addLanes(unsigned value) {
  return __reduce_add_sync(0xffffffff, value);
}

/// How many elements the tiles before `tile` select; all lanes of a warp call
/// and get it. Blocks start in the order of their numbers, so that somebody
/// writes what is waited for.
static __device__ unsigned lookBack(uint64_t *mailboxes, int tile,
                                    unsigned call) {
  int lane = threadIdx.x % 32;
  unsigned sum = 0;
  for (int at = tile - 1 - lane;; at -= 32) {
    Message message(call, /*isInclusive=*/true, 0);
    do {
      if (at >= 0)
        message = Mailbox(mailboxes[at]).load(cuda::memory_order_relaxed);
    } while (__any_sync(0xffffffff, !message.isOf(call)));
    unsigned inclusive = __ballot_sync(0xffffffff, message.isInclusive());
    // Lane 0 has the tile just before.
    int nearest = inclusive ? __ffs(inclusive) - 1 : 31;
    sum += addLanes(lane <= nearest ? message.getCount() : 0);
    if (inclusive)
      return sum;
  }
}

/// Exclusive sums over the lanes of up to four counts, eight bits each: a
/// warp's load has 128 elements. `total` is the sum over all lanes.
static __device__ unsigned scanLanes(unsigned counts, unsigned &total) {
  unsigned sum = counts;
#pragma unroll
  for (int distance = 1; distance < 32; distance *= 2) {
    unsigned other = __shfl_up_sync(0xffffffff, sum, distance);
    sum += int(threadIdx.x % 32) >= distance ? other : 0;
  }
  total = __shfl_sync(0xffffffff, sum, 31);
  return sum - counts;
}

/// A warp has 32 * Loads neighbouring pieces of 16 bytes. The selected elements
/// of a tile meet in shared memory, whence they go out side by side.
template <int Threads, int Loads>
static __global__ void __launch_bounds__(Threads)
    selectKernel(const float4 *x, float *out, uint64_t *mailboxes,
                 unsigned call, unsigned *count) {
  static_assert(Loads <= 4, "a word has room for four counts");
  constexpr int warps = Threads / 32;
  __shared__ float selected[Threads * Loads * 4];
  __shared__ unsigned warpCounts[warps], before;
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int base = (blockIdx.x * warps + warp) * 32 * Loads + lane;
  float4 values[Loads];
  unsigned counts = 0;
#pragma unroll
  for (int i = 0; i < Loads; ++i)
    values[i] = base + i * 32 < N / 4 ? __ldcs(x + base + i * 32) : float4{};
#pragma unroll
  for (int i = 0; i < Loads; ++i) {
    float4 v = values[i];
    counts += ((v.x > 0) + (v.y > 0) + (v.z > 0) + (v.w > 0)) << 8 * i;
  }
  unsigned totals, ranks = scanLanes(counts, totals);
  if (lane == 0)
    warpCounts[warp] = (totals & 0xff) + (totals >> 8 & 0xff) +
                       (totals >> 16 & 0xff) + (totals >> 24);
  __syncthreads();
  unsigned other = lane < warps ? warpCounts[lane] : 0;
  unsigned inTile = addLanes(other);
  unsigned start = addLanes(lane < warp ? other : 0);
  if (threadIdx.x == 0)
    send(mailboxes + blockIdx.x, {call, false, inTile});
#pragma unroll
  for (int i = 0; i < Loads; ++i) {
    unsigned at = start + (ranks >> 8 * i & 0xff);
    for (float value : {values[i].x, values[i].y, values[i].z, values[i].w})
      if (value > 0)
        selected[at++] = value;
    start += totals >> 8 * i & 0xff;
  }
  if (warp == 0) {
    unsigned sum = lookBack(mailboxes, blockIdx.x, call);
    if (lane == 0) {
      send(mailboxes + blockIdx.x, {call, true, sum + inTile});
      before = sum;
      if (blockIdx.x == gridDim.x - 1)
        *count = sum + inTile;
    }
  }
  __syncthreads();
  // Where a tile's output begins is at no multiple of 16 bytes.
  for (unsigned i = threadIdx.x; i < inTile; i += Threads)
    __stcs(out + before + i, selected[i]);
}

namespace {

/// Arrays and the launches over them. The count goes to the host's memory: a
/// call's end is what its reader waits for.
struct Selections {
  DeviceArray<float> x{size_t(N), -1, 1}, out{size_t(N)}, expected{size_t(N)};
  DeviceArray<uint64_t> mailboxes{kMaxTiles};
  DeviceArray<char> storage{getStorageBytes()};
  unsigned *count = nullptr;
  unsigned call = 0;

  Selections() {
    check(cudaMemset(mailboxes, 0, kMaxTiles * sizeof(uint64_t)));
    check(cudaMallocHost(&count, sizeof(unsigned)));
  }
  ~Selections() { cudaFreeHost(count); }

  static size_t getStorageBytes() {
    size_t bytes = 0;
    float *none = nullptr;
    check(cub::DeviceSelect::If(nullptr, bytes, none, none, (unsigned *)none, N,
                                IsPositive()));
    return bytes;
  }
  void runCub(float *to) {
    size_t bytes = getStorageBytes();
    check(cub::DeviceSelect::If((char *)storage, bytes, (float *)x, to, count,
                                N, IsPositive()));
  }
  template <int Threads, int Loads>
  Launch get() {
    static_assert(Threads * Loads * 4 >= kLeastTile);
    return [this] {
      selectKernel<Threads, Loads>
          <<<divideUp(N / 4, Threads * Loads), Threads>>>(
              reinterpret_cast<const float4 *>((float *)x), out, mailboxes,
              ++call, count);
    };
  }
};

} // namespace

void limits::runSelect() {
  Selections selections;
  selections.runCub(selections.expected);
  check(cudaDeviceSynchronize());
  unsigned count = *selections.count;
  auto variants = {Launch([&] { selections.runCub(selections.out); }),
                   selections.get<128, 4>(), selections.get<256, 4>(),
                   selections.get<512, 2>(), selections.get<512, 4>()};
  if (areCorrect("compress", variants, selections.out, selections.expected,
                 count * sizeof(float)) &&
      *selections.count == count)
    report("compress", variants);
}
