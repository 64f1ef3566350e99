// A node of the recorded graph: one operation, number or existing array.
#ifndef NUMLOOM_TRACE_NODE_H
#define NUMLOOM_TRACE_NODE_H

#include "numloom/Dialect/Array/IR/OpTable.h"
#include "numloom/Support/DType.h"
#include "numloom/Support/Device.h"
#include "numloom/Trace/SmallArray.h"
#include "numloom/Trace/Storage.h"
#include "numloom/Trace/UnlockedSection.h"

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
  bool hasShapeOf(const Node &other) const {
    return this == &other || shape == other.shape;
  }
  int64_t getNumElements() const { return numElements; }
  int64_t getNumBytes() const {
    return numElements * static_cast<int64_t>(getBytes(dtype));
  }
  SourceLocation getLocation() const {
    return isScalar() ? SourceLocation() : location;
  }

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
  std::span<const int64_t> getStrides() const {
    return isEvaluated() ? words.get() : std::span<const int64_t>();
  }
  bool isContiguous() const { return contiguous; }
  /// Whether something may be known of the elements (IndexFacts.h).
  bool hasFacts() const { return facts; }
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
  std::span<const int64_t> getAttrs() const { return words.get(); }
  /// The signature whose dtypes the operands convert to, in getLoops(op);
  /// kNoLoop if they have the right dtypes.
  uint8_t getLoop() const { return loop; }
  static constexpr uint8_t kNoLoop = 0xff;

  /// Handles count the arrays of the user that show this node; a pending node
  /// with a handle is stored when anything computed from it is evaluated.
  void addHandle() {
    uint64_t before = counts.load(std::memory_order_acquire);
    if (static_cast<uint32_t>(before) == 1)
      counts.store(before + kHandle, std::memory_order_relaxed);
    else
      before = add(kHandle);
    if (before < kHandle && isEvaluated())
      noteHandleGained();
  }
  void dropHandle() {
    uint64_t before = subtract(kHandle);
    if (before < 2 * kHandle && isEvaluated())
      noteHandlesLost();
  }
  bool hasHandle() const {
    return counts.load(std::memory_order_relaxed) >= kHandle;
  }

  /// About how many pending nodes evaluating this one computes.
  uint32_t getPendingCount() const { return pendingCount; }
  /// The node's place among the nodes with operands, in the order in which they
  /// were recorded; 0 for others.
  uint64_t getSequence() const { return sequence; }

private:
  friend class NodeRef;
  friend class NodeHandle;
  friend class NodeFactory;
  friend class FlushPolicy;
  friend class Linearizer;
  friend class Publisher;
  friend class ProgramBuilder;

  Node() = default;
  ~Node() = default;
  /// Frees a node without references and all that dies with it; iterative.
  static void destroy(Node *node);
  static constexpr uint64_t kReference = 1, kHandle = uint64_t(1) << 32;
  uint32_t countReferences() const {
    return static_cast<uint32_t>(counts.load(std::memory_order_acquire));
  }
  /// Where only the caller has a reference nobody else can count, and nothing
  /// need be atomic: most nodes live and die so.
  bool isSole() const { return countReferences() == 1; }
  /// Both return the counts before.
  uint64_t add(uint64_t number) {
    if (UnlockedSection::isAny()) [[unlikely]]
      return counts.fetch_add(number, std::memory_order_relaxed);
    uint64_t before = counts.load(std::memory_order_relaxed);
    counts.store(before + number, std::memory_order_relaxed);
    return before;
  }
  uint64_t subtract(uint64_t number) {
    if (UnlockedSection::isAny()) [[unlikely]]
      return counts.fetch_sub(number, std::memory_order_acq_rel);
    uint64_t before = counts.load(std::memory_order_relaxed);
    counts.store(before - number, std::memory_order_relaxed);
    return before;
  }
  void retain() { add(kReference); }
  /// True if it was the last one.
  bool dropReference() {
    return isSole() || static_cast<uint32_t>(subtract(kReference)) == 1;
  }
  /// Drops a handle and a reference; true if this was the last one.
  bool dropHandleAndReference() {
    if (isEvaluated()) {
      dropHandle();
      return dropReference();
    }
    return isSole() ||
           static_cast<uint32_t>(subtract(kHandle + kReference)) == 1;
  }
  /// Keep account of memory that only pending nodes hold (Storage).
  void noteHandleGained();
  void noteHandlesLost();

  // What evaluation reads of a node of rank up to 3 lies in the first two cache
  // lines, what recording does in the first three.

  /// References below, handles above; the first reference is the creator's.
  std::atomic<uint64_t> counts{kReference};
  OpCode op{};
  DType dtype{};
  std::atomic<State> state{State::Pending};
  uint8_t loop = kNoLoop;
  bool contiguous = true;
  /// What the flush policy wants of who recorded the node: that it is
  /// evaluated, or that a program is launched which the node begins
  /// (Foresight).
  enum class Due : uint8_t { Nothing, Launch, Flush };
  Due due = Due::Nothing;
  /// Being computed by another thread, which nobody waits for: to the flush
  /// policy an array in memory.
  std::atomic<bool> isSubmitted{false};
  /// An update is among the nodes that were pending here when it was recorded.
  bool hasUpdates = false;
  /// Memory that other libraries see was below when the node was recorded.
  bool hasSharedOperands = false;
  /// log2 of the bytes of the largest array that the pending graph reads.
  uint8_t largestLeafLog2 = 0;
  /// By programs that did not store it; the evaluator's, under its lock, as the
  /// next three.
  uint8_t timesComputed = 0;
  Device device;
  bool facts = false;
  int32_t valueNumber = -1; ///< in the last traversal; inputs are below 0
  uint32_t uses = 0;        ///< operand slots of that traversal that name it
  uint64_t visit = 0;       ///< traversal that saw the node last
  int64_t numElements = 1;
  StorageRef storage;
  union {
    int64_t offset = 0;
    Node *nextDead; ///< while being destroyed
  };
  SmallArray<Node *, 3> operands;
  SmallArray<int64_t, 4> shape;
  uint32_t pendingCount = 0;
  union {
    SourceLocation location{};
    ScalarBytes scalar; ///< has no location
  };
  /// Position in the recorded sequence, and the smallest one among the pending
  /// nodes that this one needs, itself included.
  uint64_t sequence = 0;
  uint64_t oldestPending = 0;
  /// The latest cut of whose results the pending graph reads some, or 0.
  uint64_t latestCut = 0;
  /// Of a pending node its attributes, of one in memory its strides.
  SmallArray<int64_t, 6> words;
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
    if (node && node->dropReference())
      Node::destroy(node);
  }

  /// Takes over a reference.
  static NodeRef adopt(Node *node) {
    NodeRef ref;
    ref.node = node;
    return ref;
  }
  /// Gives up the reference, which is the caller's then.
  Node *release() { return std::exchange(node, nullptr); }

  Node *get() const { return node; }
  Node *operator->() const { return node; }
  Node &operator*() const { return *node; }
  explicit operator bool() const { return node != nullptr; }
  /// References to the node, this one included.
  uint32_t countReferences() const { return node->countReferences(); }
  friend bool operator==(const NodeRef &, const NodeRef &) = default;

private:
  void retain() {
    if (node)
      node->retain();
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
    if (Node *node = ref.release(); node && node->dropHandleAndReference())
      Node::destroy(node);
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
