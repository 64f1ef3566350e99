// A table of what is known of nodes, beside them: of few anything is.
#include "numloom/Trace/IndexFacts.h"
#include "Backend.h"
#include "NodeFactory.h"

#include <algorithm>
#include <mutex>
#include <pthread.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace numloom {

class IndexFacts {
public:
  std::optional<IntegerRange> range;
  /// Counts as held by the user, as the indices do.
  LastEntries areLast;
  std::weak_ptr<NodeHandle> expected;
  bool hasFewRepeats = false;
  int direction = 0;
};

} // namespace numloom

using namespace numloom;

namespace {

/// Its mutex guards what is known, too. Nodes die on any thread.
struct Table {
  std::mutex mutex;
  std::unordered_map<const Node *, IndexFactsRef> facts;
};

} // namespace

static Table &getTable() {
  static Table &table = *[] {
    // A fork must find the lock free.
    pthread_atfork([] { getTable().mutex.lock(); },
                   [] { getTable().mutex.unlock(); },
                   [] { getTable().mutex.unlock(); });
    backend::addMemoryPressureHandler(freeLastEntries);
    return new Table;
  }();
  return table;
}

IndexFactsRef numloom::getIndexFacts(Node &node) {
  Table &table = getTable();
  std::lock_guard lock(table.mutex);
  NodeFactory::noteFacts(node);
  IndexFactsRef &facts = table.facts[&node];
  if (!facts)
    facts = std::make_shared<IndexFacts>();
  return facts;
}

void NodeFactory::forgetFacts(const Node &node) {
  Table &table = getTable();
  // Dies behind the lock, and what it holds with it.
  decltype(table.facts)::node_type entry;
  std::lock_guard lock(table.mutex);
  entry = table.facts.extract(&node);
}

/// What `get` makes of the node's facts, if they hold.
template <typename Get>
static auto find(const Node &node, Get get) -> decltype(get(IndexFacts())) {
  if (!node.hasFacts() || !node.isEvaluated() || !node.getStorage()->isOwn() ||
      node.getStorage()->wasEverShared())
    return {};
  Table &table = getTable();
  std::lock_guard lock(table.mutex);
  auto entry = table.facts.find(&node);
  if (entry == table.facts.end() || !entry->second)
    return {};
  return get(*entry->second);
}

void numloom::noteRange(IndexFacts &facts, IntegerRange range) {
  std::lock_guard lock(getTable().mutex);
  IntegerRange known = facts.range.value_or(range);
  facts.range = {std::max(known.least, range.least),
                 std::min(known.most, range.most)};
}

std::optional<IntegerRange> numloom::findKnownRange(const Node &node) {
  return find(node, [](const IndexFacts &facts) { return facts.range; });
}

LastEntries numloom::expectLastEntries(IndexFacts &facts,
                                       const NodeRef &areLast) {
  std::lock_guard lock(getTable().mutex);
  if (!facts.expected.expired())
    return nullptr;
  auto expected = std::make_shared<NodeHandle>(areLast);
  facts.expected = expected;
  return expected;
}

void numloom::noteLastEntries(IndexFacts &facts, LastEntries areLast) {
  std::lock_guard lock(getTable().mutex);
  facts.areLast.swap(areLast);
}

NodeRef numloom::findLastEntries(const Node &node) {
  return find(node, [](const IndexFacts &facts) {
    return facts.areLast ? facts.areLast->get() : NodeRef();
  });
}

/// Takes those on the device out of the table.
static std::vector<LastEntries> takeLastEntries(Device device) {
  Table &table = getTable();
  std::vector<LastEntries> taken;
  std::lock_guard lock(table.mutex);
  for (auto &[node, facts] : table.facts)
    if (facts && facts->areLast && (*facts->areLast)->getDevice() == device)
      taken.push_back(std::exchange(facts->areLast, nullptr));
  return taken;
}

bool numloom::freeLastEntries(Device device) {
  std::vector<LastEntries> taken = takeLastEntries(device);
  // Before arrays go the user sees to it that no other stream reads them; of
  // these the user knows nothing.
  if (!taken.empty())
    backend::synchronize(device);
  return !taken.empty();
}

void numloom::noteFewRepeats(IndexFacts &facts) {
  std::lock_guard lock(getTable().mutex);
  facts.hasFewRepeats = true;
}

bool numloom::hasFewRepeats(const Node &node) {
  return find(node,
              [](const IndexFacts &facts) { return facts.hasFewRepeats; });
}

void numloom::noteDirection(IndexFacts &facts, int direction) {
  std::lock_guard lock(getTable().mutex);
  facts.direction = direction;
}

int numloom::findDirection(const Node &node) {
  return find(node, [](const IndexFacts &facts) { return facts.direction; });
}
