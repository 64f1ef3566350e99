// A node of the recorded graph: one operation, number or existing array.
#ifndef NUMLOOM_TRACE_NODE_H
#define NUMLOOM_TRACE_NODE_H

#include "numloom/Dialect/Array/IR/OpTable.h"
#include "numloom/Support/DType.h"
#include "numloom/Support/Device.h"
#include "numloom/Trace/SmallArray.h"
#include "numloom/Trace/Storage.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace numloom {

class Node;
class NodeRef;

/// NumPy's bound on the number of dimensions.
inline constexpr int kMaxRank = 64;

/// Where a node was recorded: a code object and an offset of instructions in
/// it, both opaque here. Resolved to file and line by the callback that
/// setLocationResolver() (Recorder.h) registers.
struct SourceLocation {
  const void *code = nullptr;
  int64_t offset = 0;
};

/// A number of any dtype in the layout that kernels read.
struct alignas(16) ScalarBytes {
  unsigned char bytes[16] = {};
};

/// One operation with one result. A node is a leaf (it has memory from the
/// start), a scalar (its number lies inside), pending, or evaluated: pending
/// nodes become evaluated, once, and then drop their operands. Shape, dtype,
/// device, op and location never change. Nodes may be shared by threads; memory
/// and operands of a pending node are written by the evaluator alone.
class Node {
public:
  /// How the node has its value.
  enum class State : uint8_t { Pending, Scalar, Evaluated };

  OpCode getOp() const { return op; }
  DType getDType() const { return dtype; }
  /// Where the node's memory is or will be. Scalars go with operands of any
  /// device; theirs says only where they were made.
  Device getDevice() const { return device; }
  int getRank() const { return static_cast<int>(shape.size()); }
  std::span<const int64_t> getShape() const { return shape.get(); }
  int64_t getNumElements() const { return numElements; }
  int64_t getNumBytes() const {
    return numElements * static_cast<int64_t>(getBytes(dtype));
  }
  SourceLocation getLocation() const { return location; }

  State getState() const { return state.load(std::memory_order_acquire); }
  bool isPending() const { return getState() == State::Pending; }
  bool isScalar() const { return getState() == State::Scalar; }
  /// True when the node has memory: getStorage(), getOffset(), getStrides()
  /// and getData() may be called.
  bool isEvaluated() const { return getState() == State::Evaluated; }

  const StorageRef &getStorage() const { return storage; }
  /// Offset in bytes of element (0, ..., 0) in the storage.
  int64_t getOffset() const { return offset; }
  /// Strides in elements; may be 0 or negative.
  std::span<const int64_t> getStrides() const { return strides.get(); }
  bool isContiguous() const { return contiguous; }
  /// Element (0, ..., 0) of an evaluated node, in its device's memory, or a
  /// scalar's number, in the host's.
  void *getData() const {
    if (isScalar())
      return const_cast<unsigned char *>(scalar.bytes);
    return static_cast<char *>(storage->getData()) + offset;
  }
  const ScalarBytes &getScalar() const { return scalar; }

  /// Whether other libraries may change what the node shows: it lies in memory
  /// that they see, or is pending and reads such memory.
  bool readsSharedMemory() const {
    return isPending() ? hasSharedOperands : storage && storage->isShared();
  }

  /// Operands and attributes of a pending node; for the evaluator.
  std::span<Node *const> getOperands() const { return operands.get(); }
  /// In the flat form of ProgramNode::attrs, values in place of parameters.
  std::span<const int64_t> getAttrs() const { return attrs.get(); }
  /// The signature whose dtypes the operands convert to, in getLoops(op);
  /// kNoLoop if they have the right dtypes.
  uint8_t getLoop() const { return loop; }
  static constexpr uint8_t kNoLoop = 0xff;

  /// Counts the arrays of the user that show this node; a pending node with
  /// such a handle is stored when anything computed from it is evaluated.
  void addHandle() {
    if (handles.fetch_add(1, std::memory_order_relaxed) == 0)
      noteHandleGained();
  }
  void dropHandle() {
    if (handles.fetch_sub(1, std::memory_order_relaxed) == 1)
      noteHandlesLost();
  }
  bool hasHandle() const { return handles.load(std::memory_order_relaxed); }

  /// About how many pending nodes evaluating this one computes.
  uint32_t getPendingCount() const { return pendingCount; }

private:
  friend class NodeRef;
  friend class NodeFactory;
  friend class FlushPolicy;
  friend class Linearizer;
  friend class Publisher;
  friend class ProgramBuilder;

  Node() = default;
  ~Node() = default;
  /// Frees a node without references and all that dies with it; iterative.
  static void destroy(Node *node);
  /// Keep account of memory that only pending nodes hold (Storage).
  void noteHandleGained();
  void noteHandlesLost();

  std::atomic<uint32_t> refs{0};
  std::atomic<uint32_t> handles{0};
  OpCode op{};
  DType dtype{};
  std::atomic<State> state{State::Pending};
  uint8_t loop = kNoLoop;
  bool contiguous = true;
  bool flushDue = false;
  /// An update is among the nodes that were pending here when it was recorded.
  bool hasUpdates = false;
  /// Memory that other libraries see was below when the node was recorded.
  bool hasSharedOperands = false;
  /// log2 of the bytes of the largest array that the pending graph reads.
  uint8_t largestLeafLog2 = 0;
  Device device;
  uint32_t pendingCount = 0;
  SmallArray<int64_t, 4> shape;
  SmallArray<Node *, 3> operands;
  SmallArray<int64_t, 6> attrs;
  SmallArray<int64_t, 4> strides;
  int64_t numElements = 1;
  union {
    int64_t offset = 0;
    Node *nextDead; ///< while being destroyed
  };
  StorageRef storage;
  ScalarBytes scalar;
  SourceLocation location;
  /// Position in the recorded sequence, and the smallest one among the pending
  /// nodes that this one needs, itself included.
  uint64_t sequence = 0;
  /// The latest cut of whose results the pending graph reads some, or 0.
  uint64_t latestCut = 0;
  uint64_t oldestPending = 0;

  // Scratch of the evaluator, under its lock.
  uint64_t visit = 0;        ///< traversal that saw the node last
  int32_t valueNumber = -1;  ///< in that traversal; inputs are below 0
  uint32_t uses = 0;         ///< operand slots of that traversal that name it
  uint8_t timesComputed = 0; ///< by programs that did not store it
};

/// A counted reference to a Node.
class NodeRef {
public:
  NodeRef() = default;
  explicit NodeRef(Node *node) : node(node) { retain(); }
  NodeRef(const NodeRef &other) : node(other.node) { retain(); }
  NodeRef(NodeRef &&other) noexcept
      : node(std::exchange(other.node, nullptr)) {}
  NodeRef &operator=(NodeRef other) noexcept {
    std::swap(node, other.node);
    return *this;
  }
  ~NodeRef() {
    if (node && node->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      Node::destroy(node);
  }

  Node *get() const { return node; }
  Node *operator->() const { return node; }
  Node &operator*() const { return *node; }
  explicit operator bool() const { return node != nullptr; }
  /// References to the node, this one included.
  uint32_t countReferences() const {
    return node->refs.load(std::memory_order_relaxed);
  }
  friend bool operator==(const NodeRef &, const NodeRef &) = default;

private:
  void retain() {
    if (node)
      node->refs.fetch_add(1, std::memory_order_relaxed);
  }

  Node *node = nullptr;
};

/// A reference that also counts as a handle: what an array object of the
/// user's program holds.
class NodeHandle {
public:
  NodeHandle() = default;
  explicit NodeHandle(NodeRef ref) : ref(std::move(ref)) {
    if (this->ref)
      this->ref->addHandle();
  }
  NodeHandle(const NodeHandle &other) : NodeHandle(other.ref) {}
  NodeHandle(NodeHandle &&other) noexcept : ref(std::move(other.ref)) {}
  NodeHandle &operator=(NodeHandle other) noexcept {
    std::swap(ref, other.ref);
    return *this;
  }
  ~NodeHandle() {
    if (ref)
      ref->dropHandle();
  }

  const NodeRef &get() const { return ref; }
  Node *operator->() const { return ref.get(); }
  Node &operator*() const { return *ref; }
  explicit operator bool() const { return static_cast<bool>(ref); }

private:
  NodeRef ref;
};

} // namespace numloom

#endif // NUMLOOM_TRACE_NODE_H
