// The elements that sorting puts at given places.
#include "Functions.h"
#include "SelectionKernels.cuh"

using namespace numloom;
using namespace numloom::cub_library;

/// Shorter rows are sorted in shared memory, which was faster up to here on an
/// H200 (docs/Runtime/Algorithms.md).
static constexpr int64_t kMinSelectedRow = 1025;

/// Rows from here on are read by many blocks, where there are not enough rows
/// for one block each.
static constexpr int64_t kMinSharedRow = 1 << 15;

bool cub_library::canSelect(DType dtype, Rows rows, int numRanks) {
  return getBytes(dtype) <= 8 && numRanks <= kMaxRanks &&
         rows.length >= kMinSelectedRow && rows.length <= int64_t(UINT32_MAX);
}

/// Blocks of `kernel` that the device runs at once.
template <typename Kernel>
static cudaError_t getResidentBlocks(Kernel kernel, int threads, size_t bytes,
                                     int &blocks) {
  int device = 0, multiprocessors = 0, perMultiprocessor = 0;
  if (cudaError_t error = cudaGetDevice(&device))
    return error;
  if (cudaError_t error = cudaDeviceGetAttribute(
          &multiprocessors, cudaDevAttrMultiProcessorCount, device))
    return error;
  if (cudaError_t error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
          &perMultiprocessor, kernel, threads, bytes))
    return error;
  blocks = std::max(1, multiprocessors * perMultiprocessor);
  return cudaSuccess;
}

/// A block for each row.
template <typename Encoding>
static cudaError_t
selectByRows(const Call &call, const typename Encoding::Bits *source, Rows rows,
             const RankList &ranks, SelectionResult<Encoding> result) {
  constexpr int kCounters = 1 << kRowDigitBits;
  // A few copies of the first digit's counters, if only one rank is asked for.
  int counters = std::max(kCounters * ranks.count, 4 * (kCounters + 1));
  int threads = rows.length <= 2048 ? 128 : kSelectionThreads;
  size_t bytes = counters * sizeof(uint32_t);
  int blocks;
  if (cudaError_t error =
          getResidentBlocks(selectFromRows<Encoding>, threads, bytes, blocks))
    return error;
  blocks = int(std::min<int64_t>(blocks, rows.count));
  selectFromRows<Encoding><<<blocks, threads, bytes, getStream(call)>>>(
      source, rows, ranks, counters, result);
  return cudaGetLastError();
}

/// The widest digits for which every rank can have counters of its own.
static int getDigitBits(int numRanks) {
  int bits = kRowDigitBits;
  while (bits < 11 && numRanks << (bits + 1) <= kSelectionCounters)
    ++bits;
  return bits;
}

/// Many blocks for each row.
template <typename Encoding>
static cudaError_t selectByDigits(const Call &call,
                                  const typename Encoding::Bits *source,
                                  Rows rows, const RankList &ranks, int blocks,
                                  SelectionResult<Encoding> result) {
  using Bits = typename Encoding::Bits;
  constexpr int64_t kTile = kSelectionThreads * kLoadsAtOnce<Bits>;
  SelectionMemory<Bits> memory;
  // A row is read again until an eighth of it, or less, can be meant.
  memory.capacity = rows.length / 8;
  memory.states = allocate<RowState<Bits>>(call, rows.count);
  memory.counts = allocate<uint32_t>(call, rows.count * kSelectionCounters);
  memory.buffers = allocate<Bits>(call, rows.count * memory.capacity);
  if (!memory.states || !memory.counts || !memory.buffers)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error =
          cudaMemsetAsync(memory.states, 0, rows.count * sizeof(RowState<Bits>),
                          getStream(call)))
    return error;
  if (cudaError_t error = cudaMemsetAsync(
          memory.counts, 0, rows.count * kSelectionCounters * sizeof(uint32_t),
          getStream(call)))
    return error;
  int64_t perRow = std::min(std::max<int64_t>(1, blocks / rows.count),
                            (rows.length + kTile - 1) / kTile);
  dim3 grid(unsigned(perRow), unsigned(rows.count));
  int digitBits = std::min(getDigitBits(ranks.count), int(8 * sizeof(Bits)));
  for (int index = 0; index * digitBits < int(8 * sizeof(Bits)); ++index) {
    selectDigit<Encoding>
        <<<grid, kSelectionThreads, kSelectionCounters * sizeof(uint32_t),
           getStream(call)>>>(source, rows.length, ranks, index, digitBits,
                              memory, result);
    if (cudaError_t error = cudaGetLastError())
      return error;
  }
  return cudaSuccess;
}

template <typename Encoding>
static cudaError_t selectEncoded(const Call &call, const void *data, Rows rows,
                                 const RankList &ranks,
                                 SelectionResult<Encoding> result) {
  auto *source = static_cast<const typename Encoding::Bits *>(data);
  int blocks;
  if (cudaError_t error =
          getResidentBlocks(selectDigit<Encoding>, kSelectionThreads,
                            kSelectionCounters * sizeof(uint32_t), blocks))
    return error;
  if (rows.length < kMinSharedRow || rows.count >= blocks)
    return selectByRows(call, source, rows, ranks, result);
  return selectByDigits(call, source, rows, ranks, blocks, result);
}

cudaError_t cub_library::select(const Call &call, DType dtype,
                                const void *source, Rows rows,
                                const RankList &ranks, void *elements,
                                void *pivots) {
  return visitKeyEncoding(dtype, [&](auto encoding) {
    using Encoding = decltype(encoding);
    using Bits = typename Encoding::Bits;
    if constexpr (sizeof(Bits) <= 8)
      return selectEncoded(
          call, source, rows, ranks,
          SelectionResult<Encoding>{static_cast<Bits *>(elements),
                                    static_cast<Pivot<Bits> *>(pivots)});
    else
      return cudaErrorNotSupported;
  });
}

/// The same by sorting: any dtype, any number of ranks.
template <typename Bits>
static cudaError_t selectFromSorted(const Call &call, DType dtype,
                                    const void *source, void *result, Rows rows,
                                    const int64_t *ranks, int64_t numRanks) {
  auto *sorted = allocate<Bits>(call, rows.size());
  auto *places = sorted ? allocate<int64_t>(call, numRanks) : nullptr;
  if (!places)
    return cudaErrorMemoryAllocation;
  if (int error = sortRows(call, dtype, source, sorted, rows))
    return static_cast<cudaError_t>(error);
  // Pageable memory is read before the call returns.
  if (cudaError_t error =
          cudaMemcpyAsync(places, ranks, numRanks * sizeof(int64_t),
                          cudaMemcpyHostToDevice, getStream(call)))
    return error;
  auto *elements = static_cast<Bits *>(result);
  int64_t length = rows.length;
  return forEach(call, rows.count * numRanks, [=] __device__(int64_t i) {
    elements[i] = sorted[i / numRanks * length + places[i % numRanks]];
  });
}

int cub_library::selectRows(const Call &call, DType dtype, const void *source,
                            void *result, Rows rows, const int64_t *ranks,
                            int64_t numRanks) {
  if (numRanks <= kMaxRanks && canSelect(dtype, rows, int(numRanks))) {
    RankList list{int(numRanks), {}};
    std::copy_n(ranks, numRanks, list.places);
    return select(call, dtype, source, rows, list, result, nullptr);
  }
  auto selectAs = [&](auto bits) {
    return selectFromSorted<decltype(bits)>(call, dtype, source, result, rows,
                                            ranks, numRanks);
  };
  switch (getBytes(dtype)) {
  case 1:
    return selectAs(uint8_t());
  case 2:
    return selectAs(uint16_t());
  case 4:
    return selectAs(uint32_t());
  case 8:
    return selectAs(uint64_t());
  default:
    return selectAs(UInt128());
  }
}
