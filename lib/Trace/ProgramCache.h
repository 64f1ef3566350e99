// Compiled programs by key.
#ifndef NUMLOOM_LIB_TRACE_PROGRAMCACHE_H
#define NUMLOOM_LIB_TRACE_PROGRAMCACHE_H

#include "numloom/Runtime/Plan.h"

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace numloom {

/// The plans of the programs used last, at most kCapacity of them. Not
/// thread-safe: the evaluator's lock guards it.
class ProgramCache {
public:
  static constexpr size_t kCapacity = 1024;

  /// The plan of the program with this key and hash of the key, or null.
  std::shared_ptr<const Plan> find(uint64_t hash, std::span<const int64_t> key);

  void insert(uint64_t hash, std::span<const int64_t> key,
              std::shared_ptr<const Plan> plan);

  void clear();
  size_t size() const { return entries.size(); }

private:
  struct Entry {
    uint64_t hash;
    std::vector<int64_t> key;
    std::shared_ptr<const Plan> plan;
  };
  using Iterator = std::list<Entry>::iterator;

  void evictLast();

  /// Most recently used first.
  std::list<Entry> entries;
  std::unordered_multimap<uint64_t, Iterator> index;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_PROGRAMCACHE_H
