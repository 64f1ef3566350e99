// Compiled programs by key.
#ifndef NUMLOOM_LIB_TRACE_PROGRAMCACHE_H
#define NUMLOOM_LIB_TRACE_PROGRAMCACHE_H

#include "KnownNumbers.h"
#include "numloom/Runtime/Plan.h"

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace numloom {

/// The plans of the programs used last, at most kCapacity of programs. One
/// program has several plans where the compiler specialised them for some
/// parameters. Not thread-safe: the evaluator's lock guards it.
class ProgramCache {
public:
  static constexpr size_t kCapacity = 1024;
  /// Of one program; a new plan takes the place of the one used longest ago.
  /// A sweep over the columns of a matrix meets some tens.
  static constexpr size_t kMaxPlans = 128;

  /// A plan of the program with this key and hash of the key that is valid for
  /// the parameters, or null.
  std::shared_ptr<const Plan> find(uint64_t hash, std::span<const int64_t> key,
                                   const int64_t *params);

  void insert(uint64_t hash, std::span<const int64_t> key,
              std::shared_ptr<const Plan> plan);

  /// What is known of the numbers of the program found or inserted last.
  KnownNumbers &getNumbersOfLast() { return entries.front().numbers; }

  /// The same of any program; null if it is not here.
  const KnownNumbers *findNumbers(uint64_t hash,
                                  std::span<const int64_t> key) const;

  void clear();
  size_t size() const { return entries.size(); }

private:
  struct Entry {
    uint64_t hash;
    std::vector<int64_t> key;
    /// Most recently used first.
    std::vector<std::shared_ptr<const Plan>> plans;
    KnownNumbers numbers;
  };
  using Iterator = std::list<Entry>::iterator;

  /// The program's entry, or the end of `entries`.
  std::list<Entry>::const_iterator look(uint64_t hash,
                                        std::span<const int64_t> key) const;
  /// The program's entry, now the most recently used, or null.
  Entry *use(uint64_t hash, std::span<const int64_t> key);
  void evictLast();

  /// Most recently used first.
  std::list<Entry> entries;
  std::unordered_multimap<uint64_t, Iterator> index;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_PROGRAMCACHE_H
