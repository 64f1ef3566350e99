// Chooses how bytes travel between host and devices.
#include "numloom/Runtime/Cuda/Transfer.h"

#include "Staging.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Support/Device.h"

#include <atomic>

using namespace numloom;
using namespace numloom::cuda;

static DeviceAddress toAddress(const void *pointer) {
  return reinterpret_cast<DeviceAddress>(pointer);
}

static void copyDirectlyToDevice(const Stream &stream, void *destination,
                                 const void *source, size_t bytes) {
  ContextScope scope(stream.getOrdinal());
  scope->cuMemcpyHtoDAsync(toAddress(destination), source, bytes,
                           stream.getHandle());
}

static void copyDirectlyToHost(const Stream &stream, void *destination,
                               const void *source, size_t bytes) {
  ContextScope scope(stream.getOrdinal());
  scope->cuMemcpyDtoHAsync(destination, toAddress(source), bytes,
                           stream.getHandle());
}

/// Small copies need no staging: the driver has read the source when the call
/// returns.
static void copyPageableToDevice(const Stream &stream, void *destination,
                                 const void *source, size_t bytes) {
  if (bytes <= StagingPiece::kSmallBytes)
    copyDirectlyToDevice(stream, destination, source, bytes);
  else
    copyStagedToDevice(stream, static_cast<char *>(destination),
                       static_cast<const char *>(source), bytes);
}

void cuda::enqueueCopy(const Stream &stream, void *destination,
                       const void *source, size_t bytes) {
  if (!bytes)
    return;
  ContextScope scope(stream.getOrdinal());
  scope->cuMemcpyDtoDAsync(toAddress(destination), toAddress(source), bytes,
                           stream.getHandle());
}

void cuda::enqueueFill(const Stream &stream, void *destination,
                       unsigned char value, size_t bytes) {
  if (!bytes)
    return;
  ContextScope scope(stream.getOrdinal());
  scope->cuMemsetD8Async(toAddress(destination), value, bytes,
                         stream.getHandle());
}

/// Calls `copy(stream, destination, source, bytes)`, which involves the
/// caller's page-locked memory, and waits. The wait before it can be
/// interrupted; the one after it cannot, since the device works on memory that
/// the caller may free.
template <typename Fn>
static void runPinnedCopy(Fn &&copy, const Stream &stream, void *destination,
                          const void *source, size_t bytes) {
  stream.synchronize();
  copy(stream, destination, source, bytes);
  ContextScope scope(stream.getOrdinal());
  scope->cuStreamSynchronize(stream.getHandle());
}

void cuda::copyToDevice(int ordinal, void *destination, const void *source,
                        size_t bytes) {
  if (!bytes)
    return;
  const Stream &stream = *Stream::getCurrent(ordinal);
  ContextScope scope(ordinal);
  if (isPinned(source))
    runPinnedCopy(copyDirectlyToDevice, stream, destination, source, bytes);
  else
    copyPageableToDevice(stream, destination, source, bytes);
}

void cuda::copyToHost(int ordinal, void *destination, const void *source,
                      size_t bytes) {
  if (!bytes)
    return;
  const Stream &stream = *Stream::getCurrent(ordinal);
  ContextScope scope(ordinal);
  if (isPinned(destination))
    runPinnedCopy(copyDirectlyToHost, stream, destination, source, bytes);
  else
    copyStagedToHost(stream, static_cast<char *>(destination),
                     static_cast<const char *>(source), bytes);
}

/// Asks for peer access once a pair: without it the driver copies through the
/// host.
static void preparePeers(int to, int from) {
  static std::atomic<bool> isPrepared[kMaxCudaDevices][kMaxCudaDevices];
  if (isPrepared[to][from])
    return;
  enablePeerAccess(to, from);
  isPrepared[to][from] = true;
}

void cuda::copyBetweenDevices(int toOrdinal, void *destination, int fromOrdinal,
                              const void *source, size_t bytes) {
  const Stream &to = *Stream::getCurrent(toOrdinal);
  const Stream &from = *Stream::getCurrent(fromOrdinal);
  if (toOrdinal == fromOrdinal)
    return enqueueCopy(to, destination, source, bytes);
  if (!bytes)
    return;
  preparePeers(toOrdinal, fromOrdinal);
  to.waitStream(from);
  {
    ContextHandle fromContext = getContext(fromOrdinal);
    ContextScope scope(toOrdinal);
    scope->cuMemcpyPeerAsync(toAddress(destination), getContext(toOrdinal),
                             toAddress(source), fromContext, bytes,
                             to.getHandle());
  }
  // The source may be released, and given out again, on its own stream.
  try {
    from.waitStream(to);
  } catch (...) {
    ContextScope scope(toOrdinal);
    scope->cuStreamSynchronize.attempt(to.getHandle());
    throw;
  }
}
