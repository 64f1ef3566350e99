// Device code: matrix products of integers. Compiled to PTX when the library is
// built, once per ELEMENT.
#include "Device.h"
#include "GemmEpilogue.h"

namespace {

/// A tile of c is kTile x kTile; its 256 threads compute kEach x kEach elements
/// each, kDepth products at a time. The host side knows kTile.
constexpr int kTile = 64, kDepth = 16, kEach = 4;

/// How an element type is multiplied: integers wrap around, so signedness does
/// not matter; narrow ones are summed in 32 bits.
template <typename T, typename A>
struct Arithmetic {
  using Storage = T;
  using Sum = A;
  static A load(T value) { return value; }
  static A multiplyAdd(A sum, A a, A b) { return sum + a * b; }
};

struct Bool : Arithmetic<uint8_t, uint32_t> {
  static uint32_t load(uint8_t value) { return value != 0; }
  static uint32_t multiplyAdd(uint32_t sum, uint32_t a, uint32_t b) {
    return sum | (a & b);
  }
};

/// Reads one tile of an operand into shared memory, `depth` outermost there,
/// zeros beyond its end. `lines` runs along the result, `depths` along the sum.
template <typename Ops>
struct TileLoader {
  using Sum = typename Ops::Sum;
  const typename Ops::Storage *data;
  int64_t lineStride, depthStride, lines, depths;

  Sum loadAt(int64_t line, int64_t depth) const {
    if (line >= lines || depth >= depths)
      return Sum();
    return Ops::load(data[line * lineStride + depth * depthStride]);
  }

  /// Neighbouring threads read along the smaller stride.
  void load(SHARED Sum (*tile)[kTile], int64_t firstLine,
            int64_t firstDepth) const {
    bool alongDepth = depthStride == 1;
    for (int i = getThread(); i < kTile * kDepth; i += kThreads) {
      int line = alongDepth ? i / kDepth : i % kTile;
      int depth = alongDepth ? i % kDepth : i / kTile;
      tile[depth][line] = loadAt(firstLine + line, firstDepth + depth);
    }
  }
};

template <typename Ops>
void multiplyTile(Matrix a, Matrix b, Result c, int64_t m, int64_t n, int64_t k,
                  const Epilogue &epilogue) {
  using Storage = typename Ops::Storage;
  using Sum = typename Ops::Sum;
  static SHARED Sum tileA[kDepth][kTile];
  static SHARED Sum tileB[kDepth][kTile];
  int64_t tilesN = (n + kTile - 1) / kTile, tilesM = (m + kTile - 1) / kTile;
  int64_t block = getBlock();
  int64_t col = block % tilesN * kTile, row = block / tilesN % tilesM * kTile;
  int64_t index = block / tilesN / tilesM;
  auto offset = [&](const Matrix &matrix) {
    return reinterpret_cast<const Storage *>(matrix.data) +
           index * matrix.batchStride;
  };
  TileLoader<Ops> loadA{offset(a), a.rowStride, a.colStride, m, k};
  TileLoader<Ops> loadB{offset(b), b.colStride, b.rowStride, n, k};
  int x = getThread() % (kTile / kEach);
  int y = getThread() / (kTile / kEach);
  Sum sums[kEach][kEach] = {};
  for (int64_t first = 0; first < k; first += kDepth) {
    loadA.load(tileA, row, first);
    loadB.load(tileB, col, first);
    synchronizeBlock();
#pragma unroll 4
    for (int p = 0; p < kDepth; ++p)
#pragma unroll
      for (int i = 0; i < kEach; ++i)
#pragma unroll
        for (int j = 0; j < kEach; ++j)
          sums[i][j] = Ops::multiplyAdd(sums[i][j], tileA[p][y * kEach + i],
                                        tileB[p][x + j * (kTile / kEach)]);
    synchronizeBlock();
  }
#pragma unroll
  for (int i = 0; i < kEach; ++i)
#pragma unroll
    for (int j = 0; j < kEach; ++j) {
      int64_t r = row + y * kEach + i, s = col + x + j * (kTile / kEach);
      if (r < m && s < n)
        c.at<Storage>(index, r, s) =
            epilogue.apply(Storage(sums[i][j]), index, r, s);
    }
}

using UInt8 = Arithmetic<uint8_t, uint32_t>;
using UInt16 = Arithmetic<uint16_t, uint32_t>;
using UInt32 = Arithmetic<uint32_t, uint32_t>;
using UInt64 = Arithmetic<uint64_t, uint64_t>;

} // namespace

KERNEL multiply(Matrix a, Matrix b, Result c, int64_t m, int64_t n, int64_t k,
                Epilogue epilogue) {
  multiplyTile<ELEMENT>(a, b, c, m, n, k, epilogue);
}
