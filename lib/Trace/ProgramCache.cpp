// Compiled programs by key, the least recently used dropped.
#include "ProgramCache.h"

#include <algorithm>

using namespace numloom;

std::list<ProgramCache::Entry>::const_iterator
ProgramCache::look(uint64_t hash, std::span<const int64_t> key) const {
  auto [first, last] = index.equal_range(hash);
  auto found = std::find_if(first, last, [&](const auto &item) {
    return std::ranges::equal(item.second->key, key);
  });
  return found == last ? entries.end() : found->second;
}

ProgramCache::Entry *ProgramCache::use(uint64_t hash,
                                       std::span<const int64_t> key) {
  auto entry = look(hash, key);
  if (entry == entries.end())
    return nullptr;
  entries.splice(entries.begin(), entries, entry);
  return &entries.front();
}

const KnownNumbers *
ProgramCache::findNumbers(uint64_t hash, std::span<const int64_t> key) const {
  auto entry = look(hash, key);
  return entry == entries.end() ? nullptr : &entry->numbers;
}

std::shared_ptr<const Plan> ProgramCache::find(uint64_t hash,
                                               std::span<const int64_t> key,
                                               const int64_t *params) {
  Entry *entry = use(hash, key);
  if (!entry)
    return nullptr;
  auto &plans = entry->plans;
  auto isValid = [&](auto &plan) { return plan->isValidFor(params); };
  auto found = std::ranges::find_if(plans, isValid);
  if (found == plans.end())
    return nullptr;
  std::rotate(plans.begin(), found, found + 1);
  return plans.front();
}

void ProgramCache::insert(uint64_t hash, std::span<const int64_t> key,
                          std::shared_ptr<const Plan> plan) {
  Entry *entry = use(hash, key);
  if (!entry) {
    if (entries.size() == kCapacity)
      evictLast();
    entry = &entries.emplace_front(
        Entry{hash, std::vector(key.begin(), key.end()), {}, {}});
    index.emplace(hash, entries.begin());
  }
  if (entry->plans.size() == kMaxPlans)
    entry->plans.pop_back();
  entry->plans.insert(entry->plans.begin(), std::move(plan));
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
