// Memory that arrays share with other libraries, and the order of its users.
#include "Interchange.h"

#include "Errors.h"
#include "SharedMemory.h"

#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Trace/Recorder.h"
#include "numloom/Trace/Transfer.h"

#include <algorithm>

namespace numloom::python {

NodeRef copyElements(const NodeRef &node) {
  GilRelease release;
  return duplicate(node);
}

ExportedMemory exportMemory(PyObject *array) {
  if (asArray(array)->isReadOnly) {
    NodeRef node = getNodeRef(array);
    evaluateNode(node);
    // Memory of others goes on as it came.
    if (node->isEvaluated() && !node->getStorage()->isOwn())
      return {node, /*isWritable=*/false};
  }
  NodeRef memory = exposeMemory(array);
  NodeRef node = readView(memory, getLayout(array));
  evaluateNode(node);
  // Real parts, other dtypes and empty views are no parts of the memory.
  bool isCopied = node->getStorage().get() != memory->getStorage().get();
  return {node, !asArray(array)->isReadOnly, isCopied};
}

ExportedMemory exportCopy(PyObject *array, Device device) {
  NodeRef node = getNodeRef(array);
  if (node->getDevice() == device)
    return {copyElements(node), true, true};
  GilRelease release;
  NodeRef copy = transfer(node, device);
  return {copy->isScalar() ? duplicate(copy) : copy, true, true};
}

namespace {

std::vector<int64_t> makeRowMajor(std::span<const int64_t> shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0; stride *= shape[i])
    strides[i] = stride;
  return strides;
}

} // namespace

NodeRef makeForeignLeaf(DType dtype, std::span<const int64_t> shape,
                        std::vector<int64_t> strides, void *first,
                        Device device, Storage::ReleaseFn release,
                        void *owner) {
  if (strides.empty())
    strides = makeRowMajor(shape);
  // The bytes that elements take up, from the first element's on.
  int64_t bytes = getBytes(dtype), low = 0, high = 0;
  if (std::ranges::find(shape, 0) == shape.end()) {
    high = bytes;
    for (size_t i = 0; i < shape.size(); ++i)
      (strides[i] < 0 ? low : high) += (shape[i] - 1) * strides[i] * bytes;
  }
  StorageRef storage = StorageRef::external(static_cast<char *>(first) + low,
                                            static_cast<size_t>(high - low),
                                            release, owner, device);
  return makeLeaf(dtype, shape, std::move(storage), -low, strides);
}

namespace {

cuda::StreamPtr findStream(Device device, long long stream) {
  if (stream == 0)
    throwPython(PyExc_ValueError,
                "stream 0 is ambiguous: 1 is the legacy default stream, 2 the "
                "per-thread default stream");
  if (stream < kNoSynchronization)
    throwPython(PyExc_ValueError, "%lld is no stream of CUDA", stream);
  if (stream == kLegacyStream)
    return cuda::Stream::getNull(device.getOrdinal());
  // The driver knows the per-thread stream by this number, too.
  return cuda::Stream::wrap(device.getOrdinal(),
                            reinterpret_cast<cuda::StreamHandle>(stream));
}

/// Lets what comes on `consumer` wait for what is on `producer`.
void order(const cuda::StreamPtr &consumer, const cuda::StreamPtr &producer) {
  if (consumer->getHandle() != producer->getHandle())
    consumer->waitStream(*producer);
}

} // namespace

void orderConsumer(Device device, long long stream) {
  if (stream != kNoSynchronization)
    order(findStream(device, stream),
          cuda::Stream::getCurrent(device.getOrdinal()));
}

void orderBehindProducer(Device device, long long stream) {
  if (stream != kNoSynchronization)
    order(cuda::Stream::getCurrent(device.getOrdinal()),
          findStream(device, stream));
}

long long getStreamNumber(Device device) {
  const cuda::StreamPtr &stream = cuda::Stream::getCurrent(device.getOrdinal());
  return stream->isNull() ? kLegacyStream
                          : reinterpret_cast<long long>(stream->getHandle());
}

} // namespace numloom::python
