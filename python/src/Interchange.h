// Memory that arrays share with other libraries.
#ifndef NUMLOOM_PYTHON_INTERCHANGE_H
#define NUMLOOM_PYTHON_INTERCHANGE_H

#include "PyRef.h"

#include "numloom/Trace/Node.h"

#include <span>
#include <vector>

namespace numloom::python {

/// What another library is given of an array.
struct ExportedMemory {
  /// Evaluated; keeps the memory alive.
  NodeRef node;
  bool isWritable = true;
  bool isCopied = false;
};

/// Computes `array` and gives its memory away: as long as the storage counts
/// the consumer among its sharers, later updates of the array and of what
/// shares its memory write there.
ExportedMemory exportMemory(PyObject *array);

/// Memory in the hands of another library: one of its sharers while it lives.
class SharedNode {
public:
  explicit SharedNode(NodeRef shared) : node(std::move(shared)) {
    node->getStorage()->addSharer();
  }
  ~SharedNode() { node->getStorage()->dropSharer(); }
  SharedNode(const SharedNode &) = delete;
  SharedNode &operator=(const SharedNode &) = delete;

  const Node *operator->() const { return node.get(); }

private:
  NodeRef node;
};

/// The elements of `array`, computed, in memory that nobody else sees, on
/// `device`.
ExportedMemory exportCopy(PyObject *array, Device device);

/// The elements of `node`, computed if need be, in memory of their own on its
/// device.
NodeRef copyElements(const NodeRef &node);

/// An evaluated node on foreign memory whose first element lies at `first`.
/// Empty `strides` mean row-major ones. `release` is called with `owner` when
/// the last user is gone, even if this throws.
NodeRef makeForeignLeaf(DType dtype, std::span<const int64_t> shape,
                        std::vector<int64_t> strides, void *first,
                        Device device, Storage::ReleaseFn release, void *owner);

/// The ways of DLPack and of the CUDA array interface to name a stream.
inline constexpr long long kNoSynchronization = -1;
inline constexpr long long kLegacyStream = 1;
inline constexpr long long kPerThreadStream = 2;

/// Lets what `stream` does from now on wait for the work enqueued on the
/// device's current stream. Raises ValueError for 0, which names no stream.
void orderConsumer(Device device, long long stream);
/// Lets the device's current stream wait for the work enqueued on `stream`.
void orderBehindProducer(Device device, long long stream);
/// The device's current stream by its number above.
long long getStreamNumber(Device device);

// What its files add to the module and to `ndarray`; null-terminated.
extern PyMethodDef dlpackFunctions[];
extern PyMethodDef cudaInterfaceFunctions[];

PyObject *exportDLPack(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *getDLPackDevice(PyObject *self, PyObject *);
PyObject *getCudaArrayInterface(PyObject *self, void *);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_INTERCHANGE_H
