// Pending nodes in program order, with the key of the program they make.
#ifndef NUMLOOM_LIB_TRACE_LINEARIZER_H
#define NUMLOOM_LIB_TRACE_LINEARIZER_H

#include "ParamTable.h"
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

  /// Arrays and scalars that the program reads, in order of first use.
  std::span<Node *const> getInputs() const { return inputs; }
  /// Pending nodes, operands before users.
  std::span<Node *const> getNodes() const { return nodes; }
  /// The nodes that get memory of their own, in program order.
  std::span<Node *const> getOutputs() const { return outputs; }
  /// Views of outputs that somebody needs: they share the output's memory.
  std::span<Node *const> getAliases() const { return aliases; }
  /// Where the program runs.
  Device getDevice() const { return device; }
  std::span<const int64_t> getKey() const { return key; }
  std::span<const int64_t> getParams() const { return params.getValues(); }

  /// The program, for the compiler. Its parameters are those of the key: the
  /// tables know all values already.
  Program buildProgram();

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
  const Node *findEqualView(const Node &node) const;
  void addInput(Node *node);
  void addNode(Node *node);
  using Words = std::vector<int64_t>;
  void appendShape(const Node &node, Words &out);
  void appendStrides(const Node &node, Words &out);
  void appendAttrs(const Node &node, Words &out);
  void chooseOutputs(std::span<const NodeRef> targets);
  bool isNeeded(const Node &node) const;
  void markNeeded(Node &node);
  void appendSizeClass();
  void appendTarget();
  bool isAligned(const Node &input) const;
  bool needsWideIndices() const;

  std::vector<NodeRef> *garbage = nullptr;
  uint64_t currentVisit = 0;
  std::vector<Frame> stack;
  std::vector<Node *> inputs, nodes, outputs, aliases;
  std::vector<Need> needs;
  Words key;
  ParamTable params;
  Device device;
  int64_t largestSize = 0;
  /// The largest number that indexing an array needs.
  int64_t largestOffset = 0;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_LINEARIZER_H
