// Arrays from one device to another.
#include "numloom/Trace/Transfer.h"
#include "NodeFactory.h"
#include "Shapes.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/ThreadPool.h"
#include "numloom/Trace/Flush.h"
#include "numloom/Trace/Recorder.h"

#include <cstring>

using namespace numloom;

static void copyOnHost(void *to, const void *from, size_t bytes) {
  // Pieces of a copy: large enough that waking a thread pays.
  constexpr int64_t kGrain = 1 << 20;
  parallelFor(static_cast<int64_t>(bytes), kGrain,
              [=](int64_t begin, int64_t end) noexcept {
                std::memcpy(static_cast<char *>(to) + begin,
                            static_cast<const char *>(from) + begin,
                            static_cast<size_t>(end - begin));
              });
}

void numloom::copyBytes(Device toDevice, void *to, Device fromDevice,
                        const void *from, size_t bytes) {
  if (toDevice.isCpu() && fromDevice.isCpu())
    copyOnHost(to, from, bytes);
  else if (toDevice.isCpu())
    cuda::copyToHost(fromDevice.getOrdinal(), to, from, bytes);
  else if (fromDevice.isCpu())
    cuda::copyToDevice(toDevice.getOrdinal(), to, from, bytes);
  else
    cuda::copyBetweenDevices(toDevice.getOrdinal(), to, fromDevice.getOrdinal(),
                             from, bytes);
}

namespace {
/// The bytes of the storage among which an array's elements lie.
struct Extent {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};
} // namespace

static Extent getExtent(const Node &node) {
  if (node.getNumElements() == 0)
    return {node.getOffset(), node.getOffset()};
  int64_t bytes = static_cast<int64_t>(getBytes(node.getDType()));
  ElementRange range =
      findElementRange(/*offset=*/0, node.getShape(), node.getStrides());
  return {node.getOffset() + range.first * bytes,
          node.getOffset() + (range.last + 1) * bytes};
}

/// The elements of an evaluated node row-major in memory of their own.
static NodeRef makeContiguous(const NodeRef &node) {
  const int64_t axis = 0;
  NodeRef copy = record(OpCode::Concatenate, std::span(&node, 1),
                        node->getShape(), node->getDType(), {&axis, 1});
  evaluate(copy);
  return copy;
}

/// Computes `node` and, where its elements must or had better follow each other
/// before they are copied, makes them do so on their own device.
static NodeRef prepare(const NodeRef &node, bool mustBeContiguous) {
  evaluate(node);
  if (node->isScalar() || node->isContiguous())
    return node;
  // Unused bytes cost less than a program as long as they are few.
  constexpr int64_t kFewBytes = 1 << 16;
  if (!mustBeContiguous &&
      getExtent(*node).size() <= 2 * node->getNumBytes() + kFewBytes)
    return node;
  return makeContiguous(node);
}

NodeRef numloom::transfer(const NodeRef &node, Device device) {
  if (node->getDevice() == device) {
    evaluate(node);
    return node;
  }
  if (node->isScalar())
    return makeScalar(node->getDType(), node->getScalar(), device);
  NodeRef source = prepare(node, false);
  Extent extent = getExtent(*source);
  size_t bytes = static_cast<size_t>(extent.size());
  StorageRef storage = StorageRef::allocate(bytes, device);
  copyBytes(device, storage->getData(), source->getDevice(),
            static_cast<char *>(source->getStorage()->getData()) + extent.begin,
            bytes);
  return NodeFactory::makeEvaluated(
      source->getDType(), source->getShape(), std::move(storage),
      source->getOffset() - extent.begin, source->getStrides());
}

NodeRef numloom::duplicate(const NodeRef &node) {
  evaluate(node);
  if (node->isEvaluated() && !node->isContiguous())
    return makeContiguous(node);
  auto bytes = static_cast<size_t>(node->getNumBytes());
  StorageRef storage = StorageRef::allocate(bytes, node->getDevice());
  Device source = node->isScalar() ? Device() : node->getDevice();
  copyBytes(node->getDevice(), storage->getData(), source, node->getData(),
            bytes);
  return makeLeaf(node->getDType(), node->getShape(), std::move(storage));
}

void numloom::overwrite(const Node &memory, const NodeRef &node) {
  NodeRef source = prepare(node, true);
  if (source->getData() == memory.getData())
    return;
  Device from = source->isScalar() ? Device() : source->getDevice();
  copyBytes(memory.getDevice(), memory.getData(), from, source->getData(),
            static_cast<size_t>(source->getNumBytes()));
}

void numloom::copyToHost(const NodeRef &node, void *destination) {
  NodeRef source = prepare(node, true);
  if (source->isScalar())
    std::memcpy(destination, source->getData(),
                static_cast<size_t>(source->getNumBytes()));
  else
    copyBytes({}, destination, source->getDevice(), source->getData(),
              static_cast<size_t>(source->getNumBytes()));
}

NodeRef numloom::copyFromHost(DType dtype, std::span<const int64_t> shape,
                              const void *source, Device device) {
  if (shape.empty()) {
    ScalarBytes value;
    std::memcpy(value.bytes, source, getBytes(dtype));
    return makeScalar(dtype, value, device);
  }
  size_t bytes = getBytes(dtype);
  for (int64_t extent : shape)
    bytes *= static_cast<size_t>(extent);
  StorageRef storage = StorageRef::allocate(bytes, device);
  copyBytes(device, storage->getData(), {}, source, bytes);
  return makeLeaf(dtype, shape, std::move(storage));
}
