// Pending nodes in program order, with the key of the program they make.
#include "Linearizer.h"
#include "Backend.h"
#include "Publisher.h"
#include "Shapes.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace numloom;

//===----------------------------------------------------------------------===//
// Traversal
//===----------------------------------------------------------------------===//

void Linearizer::run(std::span<const NodeRef> targets, Device device,
                     std::vector<NodeRef> &garbage) {
  this->garbage = &garbage;
  this->device = device;
  findUpdatedStorage(targets);
  ++currentVisit;
  stack.clear();
  inputs.clear();
  nodes.clear();
  key.clear();
  params.clear();
  largestSize = 0;
  largestOffset = 0;
  for (const NodeRef &target : targets)
    if (isAsked(*target))
      visit(target.get());
  appendInputs();
  chooseOutputs(targets);
  chooseDonations();
  appendSizeClass();
  if (device.isCuda())
    appendTarget();
}

/// Views recorded on what was pending then and is in memory now need no
/// program.
void Linearizer::shareOperandMemory(Node *node) {
  // Chains of views are short; what is deeper costs the program an input.
  constexpr int kMaxDepth = 8;
  Node *chain[kMaxDepth];
  int depth = 0;
  for (; depth < kMaxDepth && node->isPending() &&
         getInfo(node->op).kind == OpKind::View;
       node = node->operands[0])
    chain[depth++] = node;
  // A view of what the program updates is part of the program, which so knows
  // what it reads and need not copy. What becomes an array on the same memory
  // here can never be overwritten by the program, even if `updatedIn` did not
  // tell: the operand lives on in the garbage until the program has run, so the
  // storage has two users, and none with a second one is donated
  // (isExclusive). For memory that other libraries write to there is no
  // question: nothing that reads it stays pending (python/src/SharedMemory.h).
  if (!node->isEvaluated() || node->storage->updatedIn == currentVisit)
    return;
  // What is a part of the program already stays one.
  auto isOpen = [&](const Node *view) {
    return view == chain[0] || view->visit != currentVisit;
  };
  while (depth > 0 && isOpen(chain[depth - 1]) &&
         Publisher::publishView(*chain[depth - 1], *garbage))
    --depth;
}

/// First visits are numbered at once if they are inputs; true if the node's
/// operands must be visited before it.
bool Linearizer::enter(Node *node) {
  if (node->visit == currentVisit) {
    ++node->uses;
    return false;
  }
  node->visit = currentVisit;
  node->uses = 1;
  if (node->isPending() && getInfo(node->op).kind == OpKind::View)
    shareOperandMemory(node);
  if (node->isPending())
    return true;
  addInput(node);
  return false;
}

void Linearizer::visit(Node *target) {
  if (!enter(target))
    return;
  stack.push_back({target, 0});
  while (!stack.empty()) {
    Frame &frame = stack.back();
    Node *node = frame.node;
    if (frame.nextOperand == node->operands.size()) {
      stack.pop_back();
      addNode(node);
      continue;
    }
    Node *operand = node->operands[frame.nextOperand++];
    if (enter(operand))
      stack.push_back({operand, 0});
  }
}

//===----------------------------------------------------------------------===//
// The key
//===----------------------------------------------------------------------===//

void Linearizer::appendShape(Extents shape, Words &out) {
  for (int64_t extent : shape)
    out.push_back(params.encodeExtent(extent));
}

void Linearizer::appendStrides(Extents shape, Extents strides, Words &out) {
  for (size_t i = 0; i < strides.size(); ++i)
    out.push_back(shape[i] == 1 ? 0 : params.encodeStep(strides[i]));
}

/// 16 bytes are the widest access of a GPU; on the CPU every input counts as
/// aligned, so that its programs do not depend on it.
bool Linearizer::isAligned(const void *data) const {
  return device.isCpu() || reinterpret_cast<uintptr_t>(data) % 16 == 0;
}

/// The most that an array's indices and the offsets of its elements reach; the
/// parts of complex numbers count on their own.
static int64_t getReach(const Node &node, bool isStrided) {
  int64_t offset = 0;
  for (size_t i = 0; isStrided && i < node.getShape().size(); ++i)
    offset += (node.getShape()[i] - 1) * std::abs(node.getStrides()[i]);
  int64_t reach = std::max(node.getNumElements(), offset);
  return isComplex(node.getDType()) ? 2 * reach : reach;
}

/// The input that is the same view as `node`: stencils take slices again and
/// again, each time as a new array.
const Node *Linearizer::findEqualView(const Node &node) const {
  auto isEqual = [&](const Node *input) {
    return !input->isScalar() && input->getData() == node.getData() &&
           input->getDType() == node.getDType() &&
           std::ranges::equal(input->getShape(), node.getShape()) &&
           std::ranges::equal(input->getStrides(), node.getStrides());
  };
  auto found = std::ranges::find_if(inputs, isEqual);
  return found == inputs.end() ? nullptr : *found;
}

void Linearizer::addInput(Node *node) {
  bool strided = !node->isScalar() && !node->isContiguous();
  // What was lost is nowhere; arrays without elements may be nowhere, too.
  if (!node->isScalar() && !node->storage->getData()) [[unlikely]]
    Publisher::checkContents(*node);
  if (const Node *equal = strided ? findEqualView(*node) : nullptr) {
    node->valueNumber = equal->valueNumber;
    return;
  }
  inputs.push_back(node);
  node->valueNumber = -static_cast<int32_t>(inputs.size());
  if (node->isScalar())
    return;
  largestOffset = std::max(largestOffset, getReach(*node, strided));
  largestSize = std::max(largestSize, node->getNumElements());
}

Linearizer::Input Linearizer::describe(const Node &node) const {
  if (node.isScalar())
    return {node.getDType(), {}, {}, /*isScalar=*/true, /*isAligned=*/true};
  return {node.getDType(), node.getShape(),
          node.isContiguous() ? Extents() : node.getStrides(),
          /*isScalar=*/false, isAligned(node.getData())};
}

Linearizer::Input Linearizer::describe(const ViewFrame &frame) const {
  return {frame.dtype, frame.shape,
          isContiguous(frame.shape, frame.strides) ? Extents() : frame.strides,
          /*isScalar=*/false, isAligned(frame.data)};
}

void Linearizer::appendInput(const Input &input) {
  key.push_back(static_cast<int64_t>(input.dtype) |
                static_cast<int64_t>(input.shape.size()) << 8 |
                input.isScalar << 16 | !input.strides.empty() << 17 | 1 << 18 |
                !input.isAligned << 19);
  appendShape(input.shape, key);
  appendStrides(input.shape, input.strides, key);
}

/// The program's inputs: frames first, then what is read on its own.
void Linearizer::appendInputs() {
  frames.clear();
  if (device.isCuda())
    frames.find(inputs);
  inputPointers.clear();
  inputNodes.clear();
  // Nodes' first words are not negative: here their list ends.
  key.push_back(std::numeric_limits<int64_t>::min() |
                static_cast<int64_t>(inputs.size()) |
                static_cast<int64_t>(frames.get().size()) << 32);
  for (const ViewFrame &frame : frames.get()) {
    inputPointers.push_back(frame.data);
    inputNodes.push_back(nullptr);
    appendInput(describe(frame));
    largestOffset = std::max(largestOffset, frame.getReach());
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ViewFrames::Member *member = frames.getMember(i);
    if (!frames.get().empty())
      key.push_back(member ? member->frame : -1);
    if (member) {
      key.insert(key.end(), member->starts.begin(), member->starts.end());
      appendShape(inputs[i]->getShape(), key);
      continue;
    }
    inputPointers.push_back(inputs[i]->getData());
    inputNodes.push_back(inputs[i]);
    appendInput(describe(*inputs[i]));
  }
}

/// Whether `value`, an attribute of `node`, is where a slice along `axis`
/// starts that may be one of a stencil: then it is part of a GPU's program, as
/// the starts in frames are.
bool Linearizer::isStencilStart(const Node &node, const AttrInfo &info,
                                int64_t axis, int64_t value) const {
  // Slices that pick a few elements are not shifted parts of an array.
  constexpr int64_t kLeastExtent = 64;
  return device.isCuda() && node.op == OpCode::Slice && info.name == "starts" &&
         value >= 0 && value <= ViewFrames::kMaxDistance &&
         node.getShape()[axis] >= kLeastExtent;
}

void Linearizer::appendAttrs(const Node &node, Words &out) {
  // Where arrays are updated, small numbers tell what is read from what is
  // written: the neighbours and the halves of schemes on a grid.
  constexpr int64_t kLargestOfUpdates = 3;
  int64_t largestStep = hasUpdates ? kLargestOfUpdates : 1;
  const int64_t *attr = node.getAttrs().data();
  for (const AttrInfo &info : getInfo(node.op).attrs) {
    if (info.kind == AttrKind::None)
      break;
    bool isList =
        info.kind == AttrKind::IntList || info.kind == AttrKind::ParamList;
    int64_t count = isList ? *attr++ : 1;
    if (isList)
      out.push_back(count);
    for (int64_t i = 0; i < count; ++i, ++attr) {
      if (info.kind != AttrKind::ParamList)
        out.push_back(*attr);
      else if (node.op == OpCode::Extent)
        out.push_back(params.encodeExtent(*attr));
      else if (isStencilStart(node, info, i, *attr))
        out.push_back(*attr);
      else
        out.push_back(params.encodeStep(*attr, largestStep));
    }
  }
}

/// Two to a word.
void Linearizer::appendOperands(const Node &node) {
  std::span<Node *const> operands = node.getOperands();
  for (size_t i = 0; i < operands.size(); i += 2) {
    auto word =
        static_cast<int64_t>(static_cast<uint32_t>(operands[i]->valueNumber));
    if (i + 1 < operands.size())
      word |= static_cast<int64_t>(operands[i + 1]->valueNumber) << 32;
    key.push_back(word);
  }
}

void Linearizer::addNode(Node *node) {
  // Most nodes have the shape of the one before.
  bool isAlike = !nodes.empty() && nodes.back()->hasShapeOf(*node);
  node->valueNumber = static_cast<int32_t>(nodes.size());
  nodes.push_back(node);
  key.push_back(static_cast<int64_t>(node->op) |
                static_cast<int64_t>(node->dtype) << 16 |
                static_cast<int64_t>(node->getRank()) << 24 |
                static_cast<int64_t>(node->loop) << 32 |
                static_cast<int64_t>(node->operands.size()) << 40 |
                static_cast<int64_t>(isAlike) << 62);
  if (!isAlike)
    appendShape(node->getShape(), key);
  appendOperands(*node);
  if (!node->getAttrs().empty())
    appendAttrs(*node, key);
  largestSize = std::max(largestSize, node->getNumElements());
  largestOffset = std::max(largestOffset, getReach(*node, false));
}

/// Plans for a thousand elements and for a hundred million differ in what they
/// fuse and how they split work: up to 64 Ki elements a reduction is one work
/// item (Transforms/Fusion/FusionCost.cpp), beyond 4 Mi no cache holds them.
void Linearizer::appendSizeClass() {
  constexpr int64_t kSmall = int64_t(1) << 16, kMedium = int64_t(1) << 22;
  key.push_back(largestSize <= kSmall ? 0 : largestSize <= kMedium ? 1 : 2);
}

/// Results must not depend on whether a number is a constant: a power by a
/// constant may become a product, and a product of matrices takes factors as
/// arguments.
std::vector<size_t> Linearizer::findConstants() const {
  std::vector<bool> isOpen(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i)
    isOpen[i] = inputs[i]->isScalar() && !isComplex(inputs[i]->getDType());
  for (const Node *node : nodes) {
    if (node->op == OpCode::Matmul)
      return {};
    bool isExact = getInfo(node->op).kind == OpKind::Elementwise &&
                   node->op != OpCode::Power && node->op != OpCode::FloatPower;
    for (const Node *operand : node->operands.get())
      if (!isExact && operand->valueNumber < 0)
        isOpen[-1 - operand->valueNumber] = false;
  }
  std::vector<size_t> constants;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (isOpen[i])
      constants.push_back(i);
  return constants;
}

bool Linearizer::isWorthConstants() const {
  // On smaller arrays a launch takes longer than the instructions saved.
  constexpr int64_t kLeastOnGpu = int64_t(1) << 20;
  if (device.isCuda())
    return largestSize >= kLeastOnGpu;
  // Up to 32 numbers stay in a CPU's registers, and constants save nothing that
  // was measured. Of 168 they save 1.8 of 4 ns for each element, which pays for
  // 40 ms of compilation in a hundred runs.
  constexpr int64_t kLeastOnCpu = int64_t(1) << 18, kFewNumbers = 32;
  return largestSize >= kLeastOnCpu &&
         std::ranges::count_if(inputs, &Node::isScalar) > kFewNumbers;
}

std::span<const int64_t>
Linearizer::getNumbers(std::span<const size_t> constants) {
  numbers.resize(constants.size());
  // No number that may be a constant has more bytes than a word; those beyond
  // its own are zero.
  for (size_t i = 0; i < constants.size(); ++i)
    std::memcpy(&numbers[i], inputs[constants[i]]->getScalar().bytes,
                sizeof(int64_t));
  return numbers;
}

bool Linearizer::needsWideIndices() const {
  // The last blocks and the last step of a loop count past the end.
  constexpr int64_t kMargin = int64_t(1) << 24;
  return largestOffset >= (int64_t(1) << 31) - kMargin;
}

/// Code for a GPU depends on what it is and on the width of its indices.
void Linearizer::appendTarget() {
  const CudaTarget &target = backend::getTarget(device);
  key.push_back(target.computeCapability |
                int64_t(target.multiprocessors) << 16 |
                int64_t(needsWideIndices()) << 48);
  key.push_back(target.sharedBytesPerBlock);
  key.push_back(target.cacheBytes);
}
