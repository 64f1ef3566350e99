// Compiled programs by key, the least recently used dropped.
#include "ProgramCache.h"

#include <algorithm>

using namespace numloom;

std::shared_ptr<const Plan> ProgramCache::find(uint64_t hash,
                                               std::span<const int64_t> key) {
  auto [first, last] = index.equal_range(hash);
  for (; first != last; ++first) {
    Iterator entry = first->second;
    if (!std::ranges::equal(entry->key, key))
      continue;
    entries.splice(entries.begin(), entries, entry);
    return entry->plan;
  }
  return nullptr;
}

void ProgramCache::insert(uint64_t hash, std::span<const int64_t> key,
                          std::shared_ptr<const Plan> plan) {
  if (entries.size() == kCapacity)
    evictLast();
  entries.push_front({hash, {key.begin(), key.end()}, std::move(plan)});
  index.emplace(hash, entries.begin());
}

void ProgramCache::evictLast() {
  Iterator victim = std::prev(entries.end());
  auto [first, last] = index.equal_range(victim->hash);
  index.erase(std::find_if(
      first, last, [&](const auto &item) { return item.second == victim; }));
  entries.pop_back();
}

void ProgramCache::clear() {
  index.clear();
  entries.clear();
}
