// Binary search of many values.
//
// Blocks keep the keys that every search meets first in shared memory, as a
// tree: a node's children lie side by side, so the nodes of a level, of which
// neighbouring threads want different ones, lie in different banks. In sorted
// order they would be powers of two apart. What a leaf of the tree stands for
// is searched in memory: nothing where all keys are in the tree.
#include "Device.cuh"
#include "Functions.h"

using namespace numloom;
using namespace numloom::cub_library;

namespace {
/// Numbers of elements less than a bound, or of those not greater.
struct SearchShape {
  int64_t length;
  /// Elements between one key of the tree and the next, both counted as one.
  int64_t step;
  int levels;
  bool behindEqual;
};

/// Eight blocks of a multiprocessor, all that its threads allow, have room.
constexpr int kTreeBytes = 16 << 10;
/// As many as fit a large device at once, 132 times eight: more would wait for
/// others to end, and fill as many trees more.
constexpr int kMostBlocks = 1024;
} // namespace

/// As many levels as there are elements for, and as the searches pay for.
static SearchShape chooseShape(int64_t length, int64_t count, bool behindEqual,
                               size_t keyBytes) {
  int64_t most = std::min<int64_t>(kTreeBytes / keyBytes, 2 * count);
  int levels = 0;
  while ((int64_t(1) << levels) <= length && (int64_t(2) << levels) <= most)
    ++levels;
  int64_t leaves = int64_t(1) << levels;
  int64_t step = std::max<int64_t>((length + leaves) / leaves, 1);
  return {length, step, levels, behindEqual};
}

/// Node 1 is the root; 2 n and 2 n + 1 are the children of node n. Behind the
/// end are keys that no bound exceeds.
template <typename Encoding, typename Bits>
static __device__ void fillTree(const Bits *sorted, const SearchShape &shape,
                                Bits *tree) {
  int nodes = 1 << shape.levels;
  for (int node = 1 + int(threadIdx.x); node < nodes; node += kThreads) {
    int depth = 31 - __clz(node);
    int64_t rank = int64_t(2 * (node - (1 << depth)) + 1)
                   << (shape.levels - 1 - depth);
    int64_t place = rank * shape.step - 1;
    tree[node] = place < shape.length ? Encoding::encodeMerged(sorted[place])
                                      : Bits(~Bits(0));
  }
}

/// How many elements are below `bound`.
template <typename Encoding, typename Bits>
static __device__ int64_t countBelow(const Bits *sorted,
                                     const SearchShape &shape, const Bits *tree,
                                     Bits bound) {
  unsigned node = 1;
  for (int level = 0; level < shape.levels; ++level)
    node = 2 * node + (tree[node] < bound);
  int64_t begin = int64_t(node - (1u << shape.levels)) * shape.step;
  int64_t rest = min(shape.step - 1, shape.length - begin);
  while (rest > 0) {
    int64_t half = rest / 2;
    bool isBelow = Encoding::encodeMerged(sorted[begin + half]) < bound;
    begin = isBelow ? begin + half + 1 : begin;
    rest = isBelow ? rest - half - 1 : half;
  }
  return begin;
}

template <typename Encoding, typename Bits>
static __global__ void __launch_bounds__(kThreads)
    searchEach(const Bits *sorted, SearchShape shape, const Bits *values,
               int64_t count, int64_t *result) {
  extern __shared__ __align__(16) char memory[];
  Bits *tree = reinterpret_cast<Bits *>(memory);
  fillTree<Encoding>(sorted, shape, tree);
  __syncthreads();
  for (int64_t i = getFirst(); i < count; i += getStride()) {
    Bits key = Encoding::encodeMerged(values[i]);
    // What is not greater is below the next key.
    Bits bound = Bits(key + shape.behindEqual);
    result[i] = bound < key ? shape.length
                            : countBelow<Encoding>(sorted, shape, tree, bound);
  }
}

int cub_library::searchSorted(const Call &call, DType dtype, const void *sorted,
                              int64_t length, const void *values, int64_t count,
                              bool behindEqual, int64_t *result) {
  return visitKeyEncoding(dtype, [&](auto encoding) {
    using Encoding = decltype(encoding);
    using Bits = typename Encoding::Bits;
    SearchShape shape = chooseShape(length, count, behindEqual, sizeof(Bits));
    searchEach<Encoding><<<std::min(getBlocks(count), kMostBlocks), kThreads,
                           sizeof(Bits) << shape.levels, getStream(call)>>>(
        static_cast<const Bits *>(sorted), shape,
        static_cast<const Bits *>(values), count, result);
    return cudaGetLastError();
  });
}
