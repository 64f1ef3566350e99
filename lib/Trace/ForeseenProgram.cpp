// What tells from a few recorded nodes which program they begin.
#include "ForeseenProgram.h"
#include "Hash.h"

#include <algorithm>
#include <cstring>

using namespace numloom;

using Reader = ForeseenProgram::Reader;

//===----------------------------------------------------------------------===//
// Which programs
//===----------------------------------------------------------------------===//

/// Gathers and the like read or write where elements say.
static bool isReadAsParamsSay(OpCode op) {
  switch (getInfo(op).kind) {
  case OpKind::Structure:
    return op == OpCode::Concatenate || op == OpCode::Constant ||
           op == OpCode::Empty || op == OpCode::Extent || op == OpCode::Iota ||
           op == OpCode::Matmul;
  default:
    return true;
  }
}

bool ForeseenProgram::isSuited(const Linearizer &linear) {
  return !linear.isOverwriting() &&
         std::ranges::all_of(linear.getNodes(), [](const Node *node) {
           return isReadAsParamsSay(node->getOp());
         });
}

/// Eight million elements of four bytes take a GPU 13 us at 5 TB/s to read and
/// write, and recording a few nodes less.
bool ForeseenProgram::isLong(const Linearizer &linear) {
  constexpr int64_t kLong = int64_t(1) << 23;
  return linear.getLargestSize() >= kLong;
}

static bool isNumber(const Linearizer &linear, size_t input) {
  const Node *node = linear.getInput(input);
  return node && node->isScalar();
}

uint64_t ForeseenProgram::hashArguments(const Linearizer &linear) {
  uint64_t hash = hashWords(linear.getParams());
  for (size_t i = 0; i < linear.getInputPointers().size(); ++i)
    if (isNumber(linear, i)) {
      uint64_t words[sizeof(ScalarBytes) / sizeof(uint64_t)];
      std::memcpy(words, linear.getInput(i)->getScalar().bytes, sizeof(words));
      for (uint64_t word : words)
        hash = hashWord(hash, word);
    }
  return hash;
}

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

const Node &ForeseenProgram::findFirst(const Linearizer &linear) {
  // What has no operands, and no place in the sequence, comes last.
  auto getPlace = [](const Node *node) { return node->getSequence() - 1; };
  return **std::ranges::min_element(linear.getNodes(), {}, getPlace);
}

std::shared_ptr<const ForeseenProgram>
ForeseenProgram::make(const Linearizer &linear, std::weak_ptr<const Plan> plan,
                      const Node &first, uint64_t site) {
  auto program = std::shared_ptr<ForeseenProgram>(new ForeseenProgram);
  program->plan = std::move(plan);
  program->device = linear.getDevice();
  program->params.assign(linear.getParams().begin(), linear.getParams().end());
  program->site = site;
  program->first = first.getSequence();
  for (const Node *output : linear.getOutputs())
    program->outputBytes.push_back(static_cast<size_t>(output->getNumBytes()));
  if (!program->findInputs(linear))
    return nullptr;
  program->sortReaders();
  return program->isSoonEnough(linear) ? program : nullptr;
}

bool ForeseenProgram::findInputs(const Linearizer &linear) {
  std::span<void *const> pointers = linear.getInputPointers();
  for (size_t i = 0; i < pointers.size(); ++i)
    if (isNumber(linear, i))
      inputs.push_back({true, linear.getInput(i)->getScalar()});
    else if (!addInput(linear, pointers[i]))
      return false;
  return !readers.empty();
}

/// Whether memory can be awaited: nobody else knows it.
static bool isAwaitable(const Node &operand) {
  return operand.isEvaluated() && operand.getStorage()->isOwn() &&
         !operand.getStorage()->isShared();
}

static bool contains(const Storage &storage, const void *data) {
  const auto *begin = static_cast<const char *>(storage.getData());
  return data >= begin && data < begin + storage.getBytes();
}

/// Finds the first node that reads memory in which `data` lies.
bool ForeseenProgram::addInput(const Linearizer &linear, const void *data) {
  const Node *found = nullptr;
  size_t position = 0, operand = 0;
  for (size_t i = 0; i < linear.getNodes().size(); ++i) {
    const Node &node = *linear.getNodes()[i];
    if (found && found->getSequence() <= node.getSequence())
      continue;
    for (size_t k = 0; k < node.getOperands().size(); ++k)
      if (const Node &read = *node.getOperands()[k];
          isAwaitable(read) && contains(*read.getStorage().get(), data)) {
        found = &node;
        position = i;
        operand = k;
        break;
      }
  }
  if (!found)
    return false;
  const Node &read = *found->getOperands()[operand];
  const Storage &storage = *read.getStorage().get();
  ptrdiff_t offset = static_cast<const char *>(data) -
                     static_cast<const char *>(storage.getData());
  auto isSame = [&](const Reader &reader) {
    return reader.position == position && reader.operand == operand;
  };
  auto place = std::ranges::find_if(readers, isSame);
  inputs.push_back({false, {}, size_t(place - readers.begin()), offset});
  if (place == readers.end())
    readers.push_back({found->getSequence() - first,
                       position,
                       operand,
                       found->getOp(),
                       read.getDType(),
                       storage.getBytes(),
                       {read.getShape().begin(), read.getShape().end()}});
  return true;
}

void ForeseenProgram::sortReaders() {
  std::vector<size_t> order(readers.size()), places(readers.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::ranges::sort(order, {}, [&](size_t i) { return readers[i].distance; });
  std::vector<Reader> sorted;
  for (size_t i = 0; i < order.size(); ++i) {
    places[order[i]] = i;
    sorted.push_back(std::move(readers[order[i]]));
  }
  readers = std::move(sorted);
  for (Input &input : inputs)
    input.reader = places[input.reader];
}

/// A launch ahead costs what recording a few nodes does, unless the GPU is at
/// work for so long that the host waits for it anyway.
bool ForeseenProgram::isSoonEnough(const Linearizer &linear) const {
  constexpr uint64_t kFew = 8;
  uint64_t last = first;
  for (const Node *node : linear.getNodes())
    last = std::max(last, node->getSequence());
  uint64_t before = readers.back().distance, after = last - first - before;
  return isLong(linear) || (after >= kFew && after >= before);
}

//===----------------------------------------------------------------------===//
// Recognising
//===----------------------------------------------------------------------===//

/// What `node` shows a part of: chains of views are short.
static const Node &getArrayBelow(const Node &node) {
  constexpr int kMaxDepth = 8;
  const Node *below = &node;
  for (int depth = 0; depth < kMaxDepth && below->isPending() &&
                      getInfo(below->getOp()).kind == OpKind::View;
       ++depth)
    below = below->getOperands()[0];
  return *below;
}

Storage *Reader::match(const Node &node) const {
  if (node.getOp() != op || node.getOperands().size() <= operand)
    return nullptr;
  const Node &read = *node.getOperands()[operand];
  const Node &array = getArrayBelow(read);
  bool isAlike =
      isAwaitable(array) && array.getStorage()->getBytes() == bytes &&
      read.getDType() == dtype && std::ranges::equal(read.getShape(), shape);
  return isAlike ? array.getStorage().get() : nullptr;
}

std::vector<void *>
ForeseenProgram::getInputs(std::span<void *const> memory) const {
  std::vector<void *> pointers;
  for (const Input &input : inputs)
    if (input.isNumber)
      pointers.push_back(const_cast<unsigned char *>(input.number.bytes));
    else
      pointers.push_back(static_cast<char *>(memory[input.reader]) +
                         input.offset);
  return pointers;
}

bool ForeseenProgram::isHeldBy(const Linearizer &linear, const Plan &plan,
                               std::span<void *const> pointers) const {
  std::span<void *const> held = linear.getInputPointers();
  if (this->plan.lock().get() != &plan || device != linear.getDevice() ||
      !std::ranges::equal(params, linear.getParams()) ||
      held.size() != inputs.size() ||
      linear.getOutputs().size() != outputBytes.size())
    return false;
  for (size_t i = 0; i < held.size(); ++i) {
    bool isEqual =
        inputs[i].isNumber == isNumber(linear, i) &&
        (inputs[i].isNumber ? std::memcmp(held[i], inputs[i].number.bytes,
                                          sizeof(ScalarBytes)) == 0
                            : held[i] == pointers[i]);
    if (!isEqual)
      return false;
  }
  return std::ranges::equal(linear.getOutputs(), outputBytes, {},
                            [](const Node *output) {
                              return static_cast<size_t>(output->getNumBytes());
                            });
}

bool ForeseenProgram::areReaders(std::span<const Node *const> nodes,
                                 std::span<void *const> memory, uint64_t first,
                                 const Linearizer &linear) const {
  for (size_t i = 0; i < readers.size(); ++i) {
    const Reader &reader = readers[i];
    if (reader.position >= linear.getNodes().size())
      return false;
    const Node *node = linear.getNodes()[reader.position];
    if (node != nodes[i] || node->getSequence() != first + reader.distance)
      return false;
    const Storage *read = reader.match(*node);
    if (!read || read->getData() != memory[i])
      return false;
  }
  return true;
}
