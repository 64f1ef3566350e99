// Pending nodes in program order, with the key of the program they make.
#ifndef NUMLOOM_LIB_TRACE_LINEARIZER_H
#define NUMLOOM_LIB_TRACE_LINEARIZER_H

#include "ParamTable.h"
#include "ViewFrames.h"
#include "numloom/Trace/Node.h"
#include "numloom/Trace/Program.h"

#include <cstdint>
#include <span>
#include <vector>

namespace numloom {

/// Walks the pending graph below some targets, once, and writes it down in a
/// canonical form: two graphs with equal keys are one program with other
/// parameters and other buffers. Its vectors keep their memory between uses.
/// A use sees one device alone: no node needs one on another device.
/// Works on the nodes' scratch fields, hence under the evaluator's lock.
class Linearizer {
public:
  /// Takes the pending ones of `targets` that lie on `device`. Pending views of
  /// arrays in memory become arrays in memory on the way; operands that they
  /// let go end up in `garbage`.
  void run(std::span<const NodeRef> targets, Device device,
           std::vector<NodeRef> &garbage);

  /// Where the arrays and scalars that the program reads lie.
  std::span<void *const> getInputPointers() const { return inputPointers; }
  /// An input whose memory the program may overwrite.
  Node &getDonor(size_t input) const { return *inputNodes[input]; }
  /// The array or number that a pointer is of; null for a frame of views.
  const Node *getInput(size_t input) const { return inputNodes[input]; }
  /// Pending nodes, operands before users.
  std::span<Node *const> getNodes() const { return nodes; }
  /// The nodes that get memory of their own, in program order.
  std::span<Node *const> getOutputs() const { return outputs; }
  /// Views of outputs that somebody needs: they share the output's memory.
  std::span<Node *const> getAliases() const { return aliases; }
  /// Whether the program may write into arrays in memory.
  bool isOverwriting() const { return hasUpdates || isDonating; }
  /// The elements of the largest array that the program reads or computes.
  int64_t getLargestSize() const { return largestSize; }
  /// Where the program runs.
  Device getDevice() const { return device; }
  std::span<const int64_t> getKey() const { return key; }
  std::span<const int64_t> getParams() const { return params.getValues(); }

  /// The program, for the compiler. Its parameters are those of the key: the
  /// tables know all values already. The inputs `constants` are constants of
  /// the program, and arguments that nothing reads.
  Program buildProgram(std::span<const size_t> constants = {});

  /// Whether numbers as constants are worth another compilation.
  bool isWorthConstants() const;
  /// The inputs that may be constants of the program: numbers. They follow from
  /// the key.
  std::vector<size_t> findConstants() const;
  /// The bytes of these inputs' numbers. Valid until it is called again.
  std::span<const int64_t> getNumbers(std::span<const size_t> constants);

private:
  friend class ProgramBuilder;
  struct Frame {
    Node *node;
    uint32_t nextOperand;
  };
  /// Who needs a node stored.
  enum Need : uint8_t { NotStored, Alias, Output };

  /// Whether this use is to evaluate a target.
  bool isAsked(const Node &target) const {
    return target.isPending() && target.getDevice() == device;
  }
  void visit(Node *target);
  bool enter(Node *node);
  void shareOperandMemory(Node *node);
  /// Marks the storage that the program updates (Donation.cpp).
  void findUpdatedStorage(std::span<const NodeRef> targets);
  /// Chooses the inputs whose memory the program may overwrite.
  void chooseDonations();
  bool donateUpdated();
  bool donateDying();
  std::vector<int32_t> findUpdatedInputs() const;
  void keepWhatSurvives();
  bool isExclusive(const Node &input) const;
  const Node *findEqualView(const Node &node) const;
  void addInput(Node *node);
  void addNode(Node *node);
  using Words = std::vector<int64_t>;
  void appendInputs();
  using Extents = std::span<const int64_t>;
  /// What a program knows of an input. No strides: it is C-contiguous.
  struct Input {
    DType dtype;
    Extents shape, strides;
    bool isScalar, isAligned;
  };
  Input describe(const Node &node) const;
  Input describe(const ViewFrame &frame) const;
  void appendInput(const Input &input);
  void appendShape(Extents shape, Words &out);
  void appendStrides(Extents shape, Extents strides, Words &out);
  void appendOperands(const Node &node);
  void appendAttrs(const Node &node, Words &out);
  bool isStencilStart(const Node &node, const AttrInfo &info, int64_t axis,
                      int64_t value) const;
  void chooseOutputs(std::span<const NodeRef> targets);
  static bool isNeeded(const Node &node, bool isAskedForAgain);
  static bool isAskedForAgain(const Node &node);
  void storeEndsOfHistories();
  void markNeeded(Node &node);
  void appendSizeClass();
  void appendTarget();
  bool isAligned(const void *data) const;
  bool needsWideIndices() const;

  std::vector<NodeRef> *garbage = nullptr;
  uint64_t currentVisit = 0;
  std::vector<Frame> stack;
  /// Arrays and scalars that nodes read, in order of first use.
  std::vector<Node *> inputs;
  /// Those of `inputs` that are read through frames.
  ViewFrames frames;
  std::vector<Node *> nodes, outputs, aliases;
  std::vector<void *> inputPointers;
  /// For each pointer the node that is read; null for frames.
  std::vector<Node *> inputNodes;
  bool hasUpdates = false, isDonating = false;
  /// For each of `inputs`, whether the program may overwrite it.
  std::vector<bool> donated;
  std::vector<Need> needs;
  Words key, numbers;
  ParamTable params;
  Device device;
  int64_t largestSize = 0;
  /// The largest number that indexing an array needs.
  int64_t largestOffset = 0;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_LINEARIZER_H
