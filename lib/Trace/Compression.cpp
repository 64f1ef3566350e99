// Selection by masks: counted first, or counted and written in one pass over
// memory.
#include "numloom/Trace/Compression.h"
#include "Backend.h"
#include "numloom/Runtime/Allocator.h"
#include "numloom/Trace/Flush.h"
#include "numloom/Trace/Recorder.h"
#include "numloom/Trace/Transfer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

using namespace numloom;

static int64_t readCount(const NodeRef &count) {
  int64_t value = 0;
  copyToHost(count, &value);
  return value;
}

int64_t numloom::countTrue(const NodeRef &mask) {
  std::array<NodeRef, 2> targets = {recordCount(mask), mask};
  evaluate(std::span(targets.data(), isCheapToRepeat(*mask) ? 1 : 2));
  return readCount(targets[0]);
}

/// Whether blocks of all elements of `values` are to be had, and nothing of
/// them is lost when the rest of them is given back.
static bool hasRoomForAll(const NodeRef &mask,
                          std::span<const NodeRef> values) {
  int64_t bytes = 0;
  for (const NodeRef &value : values) {
    if (!std::ranges::equal(value->getShape(), mask->getShape()))
      return false;
    bytes += value->getNumBytes();
  }
  Device device = values.front()->getDevice();
  return bytes > 0 && mask->getRank() > 0 && backend::canShrink(device) &&
         bytes <=
             backend::getHeldBound(device, std::numeric_limits<int64_t>::max());
}

/// The first `count` elements of `block` in memory of their own: the block's,
/// or less. A block of which little is used is better given back as a whole.
static NodeRef keepFirst(const Node &block, int64_t count) {
  constexpr int64_t kLittle = 4, kLeastBytes = int64_t(1) << 20;
  StorageRef storage = block.getStorage();
  auto bytes = count * static_cast<int64_t>(getBytes(block.getDType()));
  int64_t whole = block.getNumBytes();
  if (whole >= kLeastBytes && bytes <= whole / kLittle) {
    try {
      StorageRef copy = StorageRef::allocate(bytes, block.getDevice());
      copyBytes(block.getDevice(), copy->getData(), block.getDevice(),
                storage->getData(), bytes);
      return makeLeaf(block.getDType(), {&count, 1}, std::move(copy));
    } catch (const OutOfMemory &) {
      // Then the block serves.
    }
  }
  storage->shrink(bytes);
  return makeLeaf(block.getDType(), {&count, 1}, std::move(storage));
}

/// Writes the elements into blocks that have room for all of them; nothing if
/// there is none.
static std::optional<std::vector<NodeRef>>
selectAtOnce(const NodeRef &mask, std::span<const NodeRef> values) {
  if (values.empty() || !hasRoomForAll(mask, values))
    return std::nullopt;
  int64_t whole = mask->getNumElements();
  std::vector<NodeRef> targets;
  for (const NodeRef &value : values) {
    NodeRef operands[] = {mask, value};
    targets.push_back(
        record(OpCode::Compress, operands, {&whole, 1}, value->getDType()));
  }
  targets.push_back(recordCount(mask));
  try {
    evaluate(targets);
  } catch (const OutOfMemory &) {
    return std::nullopt;
  }
  // Whatever the device says, there are no more.
  int64_t count = std::clamp<int64_t>(readCount(targets.back()), 0, whole);
  targets.pop_back();
  for (NodeRef &target : targets)
    target = keepFirst(*target, count);
  return targets;
}

std::vector<NodeRef> numloom::selectElements(const NodeRef &mask,
                                             std::span<const NodeRef> values) {
  if (auto selected = selectAtOnce(mask, values))
    return *std::move(selected);
  int64_t count = countTrue(mask);
  std::vector<NodeRef> selected;
  for (const NodeRef &value : values)
    selected.push_back(recordSelection(mask, value, count));
  return selected;
}
