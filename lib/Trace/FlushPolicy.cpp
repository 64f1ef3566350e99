// The flush policy: cuts long pending graphs at places that recur.
#include "FlushPolicy.h"
#include "Backend.h"
#include "Foresight.h"
#include "Hash.h"
#include "numloom/Trace/Flush.h"
#include "numloom/Trace/UnlockedSection.h"

#include <algorithm>
#include <bit>
#include <limits>

using namespace numloom;

/// The recorded sequence: nodes with operands. The others are apart, since some
/// are made once and serve many programs: a loop that runs again must be cut
/// where it was.
static std::atomic<uint64_t> numOperations{0};
static std::atomic<uint64_t> numCreations{0};
/// By device: the CPU, then the GPUs by ordinal.
static std::atomic<int64_t> heldBytes[1 + kMaxCudaDevices];

static std::atomic<int64_t> &getHeldBytes(Device device) {
  return heldBytes[device.isCpu() ? 0 : 1 + device.getOrdinal()];
}

void FlushPolicy::addHeldBytes(Device device, int64_t delta) {
  getHeldBytes(device).fetch_add(delta, std::memory_order_relaxed);
}

uint64_t FlushPolicy::getNumRecorded() {
  return numOperations.load(std::memory_order_relaxed) +
         numCreations.load(std::memory_order_relaxed);
}

bool numloom::isFlushDue(const Node &node) {
  return (FlushPolicy::isDue(node) || FlushPolicy::isLaunchDue(node)) &&
         node.isPending();
}

bool numloom::isLaunchDue(const Node &node) {
  return FlushPolicy::isLaunchDue(node) && node.isPending();
}

static uint8_t log2Bytes(int64_t bytes) {
  return static_cast<uint8_t>(std::bit_width(static_cast<uint64_t>(bytes)));
}

/// The site of a node. One line may record several nodes with one op; what the
/// operands are tells most of them apart.
static uint64_t hashSite(const Node &node) {
  std::span<Node *const> operands = node.getOperands();
  auto ops = static_cast<uint64_t>(node.getOp());
  for (size_t i = 0; i < std::min<size_t>(operands.size(), 2); ++i)
    ops = ops << 16 | static_cast<uint64_t>(operands[i]->getOp());
  SourceLocation location = node.getLocation();
  auto code = reinterpret_cast<uintptr_t>(location.code);
  // Addresses have 48 bits.
  return hashWord(hashWord(kHashSeed, ops),
                  code ^ static_cast<uint64_t>(location.offset) << 48 ^
                      static_cast<uint64_t>(location.offset));
}

/// What is remembered of a site; a site not known replaces the one of its set
/// that was met longest ago.
static Site &findSite(RecordingThread &thread, uint64_t hash) {
  auto &set = thread.sites[hash % RecordingThread::kNumSiteSets];
  Site *oldest = set;
  for (Site &site : set) {
    if (site.hash == hash)
      return site;
    if (site.lastSequence < oldest->lastSequence)
      oldest = &site;
  }
  *oldest = Site{.hash = hash};
  return *oldest;
}

Site *FlushPolicy::findSite(RecordingThread &thread, const Node &node) {
  uint64_t hash = hashSite(node);
  for (Site &site : thread.sites[hash % RecordingThread::kNumSiteSets])
    if (site.hash == hash && site.lastSequence == node.sequence)
      return &site;
  return nullptr;
}

namespace {
/// A flush: all that the nodes recorded up to `upTo` needed and the user held,
/// back to the pending node `oldest`, was evaluated.
struct FlushRecord {
  std::atomic<uint64_t> oldest{0};
  std::atomic<uint64_t> upTo{0};
};

/// The recent flushes, direct-mapped. An entry torn by two threads, or lost,
/// makes an estimate worse once.
constexpr size_t kNumFlushRecords = 256;
FlushRecord flushRecords[kNumFlushRecords];

/// The oldest pending node of what has no operands: such nodes are computed
/// where they are needed and keep no graph alive.
constexpr uint64_t kNoneOlder = std::numeric_limits<uint64_t>::max();
} // namespace

void FlushPolicy::noteFlush(const Node &target) {
  if (target.oldestPending == kNoneOlder)
    return;
  FlushRecord &record = flushRecords[target.oldestPending % kNumFlushRecords];
  record.oldest.store(target.oldestPending, std::memory_order_relaxed);
  record.upTo.store(numOperations.load(std::memory_order_relaxed),
                    std::memory_order_relaxed);
}

/// Chains that start at the same node belong together as a rule: what one of
/// them needed was evaluated with the other. Where that is wrong the estimate
/// starts again from the node, once, as it then has an oldest node of its own.
bool FlushPolicy::isOutdated(const Node &pending) {
  const FlushRecord &record =
      flushRecords[pending.oldestPending % kNumFlushRecords];
  return record.oldest.load(std::memory_order_relaxed) ==
             pending.oldestPending &&
         record.upTo.load(std::memory_order_relaxed) >= pending.sequence;
}

void FlushPolicy::noteSubmission(Node &output, uint64_t cut) {
  output.latestCut = cut;
  output.isSubmitted.store(true, std::memory_order_relaxed);
}

void FlushPolicy::estimate(Node &node) {
  // Adding up counts shared ancestors twice; the distance to the oldest one
  // counts unrelated nodes.
  uint64_t count = 1, oldest = node.sequence, latestCut = 0;
  uint8_t largestLeaf = 0;
  for (const Node *operand : node.operands.get()) {
    Node::State state = operand->getState();
    if (state == Node::State::Scalar)
      continue;
    bool isPending = state == Node::State::Pending;
    latestCut =
        std::max(latestCut, isPending ? operand->latestCut
                                      : operand->getStorage()->getCut());
    if (!isPending || operand->isSubmitted.load(std::memory_order_relaxed)) {
      largestLeaf = std::max(largestLeaf, log2Bytes(operand->getNumBytes()));
      continue;
    }
    bool outdated = isOutdated(*operand);
    count += outdated ? 1 : operand->pendingCount;
    oldest =
        std::min(oldest, outdated ? operand->sequence : operand->oldestPending);
    largestLeaf = std::max(largestLeaf, operand->largestLeafLog2);
  }
  count = std::min(count, node.sequence - oldest + 1);
  node.pendingCount = static_cast<uint32_t>(std::min<uint64_t>(count, 1 << 30));
  node.oldestPending = oldest;
  node.largestLeafLog2 = largestLeaf;
  node.latestCut = latestCut;
}

static bool isSmall(const Node &node) {
  return node.getNumBytes() >> FlushBounds::kSmallResultLog2 == 0;
}

bool FlushPolicy::isCheapToStore(const Node &node) {
  return isSmall(node) ||
         log2Bytes(node.getNumBytes()) <= node.largestLeafLog2 + 1;
}

/// True when memory that the user no longer sees is kept for pending nodes.
static bool holdsTooMuch(Device device) {
  int64_t held = getHeldBytes(device).load(std::memory_order_relaxed);
  return held >= FlushBounds::kHeldBytes / 64 &&
         held > backend::getHeldBound(device, FlushBounds::kHeldBytes);
}

/// Decides on a node. What follows a cut at the same site is cut earlier, so
/// that later cuts fall on the same place of a loop's body. What begins without
/// is cut where it was when the site was not known: a loop that runs again
/// meets the programs of its first run.
static bool isCutHere(const Node &node, bool followsCut, bool recurs) {
  uint32_t count = node.getPendingCount();
  uint32_t factor = isSmall(node) ? 1 : FlushBounds::kLargeArrays;
  return (followsCut && count >= factor * FlushBounds::kAtCutSite) ||
         (recurs && count >= factor * FlushBounds::kInLoop) ||
         count >= FlushBounds::kStraightLine;
}

/// Such nodes are computed where they are needed and keep no graph alive.
void FlushPolicy::admitCreation(Node &node) {
  numCreations.fetch_add(1, std::memory_order_relaxed);
  node.pendingCount = 1;
  node.oldestPending = kNoneOlder;
}

bool FlushPolicy::isFlushWanted(Node &node, RecordingThread &thread) {
  // Storing a view copies what it shows.
  if (getInfo(node.op).kind == OpKind::View) {
    // Of an array in memory it is one.
    const Node &viewed = *node.operands[0];
    if (viewed.isPending() &&
        viewed.isSubmitted.load(std::memory_order_relaxed))
      noteSubmission(node, viewed.latestCut);
    return false;
  }
  // Others may write to what the node reads before its value is asked for.
  if (node.hasSharedOperands)
    return true;
  if (!isCheapToStore(node))
    return node.pendingCount >= FlushBounds::kAlways;
  Site &site = ::findSite(thread, hashSite(node));
  bool recurs = site.lastSequence >= node.oldestPending;
  site.lastSequence = node.sequence;
  if (site.program) [[unlikely]]
    Foresight::get().begin(node, thread, site);
  bool followsCut = site.lastCut && site.lastCut == node.latestCut;
  bool isCut = isCutHere(node, followsCut, recurs);
  if (isCut)
    site.lastCut = node.sequence;
  return isCut || holdsTooMuch(node.device);
}

/// No two nodes get one number: Foresight knows them by it. An atomic addition
/// is spared where the interpreter's lock guards recording.
static uint64_t takeSequence() {
  if (UnlockedSection::isAny()) [[unlikely]]
    return numOperations.fetch_add(1, std::memory_order_relaxed) + 1;
  uint64_t sequence = numOperations.load(std::memory_order_relaxed) + 1;
  numOperations.store(sequence, std::memory_order_relaxed);
  return sequence;
}

void FlushPolicy::admit(Node &node, RecordingThread &thread) {
  if (node.operands.size() == 0) {
    admitCreation(node);
    return;
  }
  node.sequence = takeSequence();
  estimate(node);
  bool isFlush = isFlushWanted(node, thread);
  bool isLaunch = node.sequence == thread.nextReader &&
                  Foresight::get().capture(node, thread);
  if (isFlush || isLaunch) [[unlikely]]
    node.due = isFlush ? Node::Due::Flush : Node::Due::Launch;
}
