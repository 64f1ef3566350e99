// The plan of a program for the Python numbers that it always gets.
#ifndef NUMLOOM_LIB_TRACE_KNOWNNUMBERS_H
#define NUMLOOM_LIB_TRACE_KNOWNNUMBERS_H

#include "BackgroundCompiler.h"
#include "numloom/Runtime/Plan.h"
#include "numloom/Trace/Node.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace numloom {

/// Numbers of the Python program are arguments, so that programs which differ
/// in them alone are one. Most are literals. A program that has run often with
/// the same numbers is compiled once more with them as constants: equal ones
/// are computed with once, 1 / x is a reciprocal, and instructions hold them.
/// Nobody waits for that: the program runs with arguments until it is done.
/// One for each program in the cache, under the evaluator's lock.
class KnownNumbers {
public:
  /// Null where nothing can be compiled now.
  using StartFn = std::function<std::shared_ptr<Compilation>()>;

  /// Where among the program's inputs its numbers are. All its uses have them
  /// in the same places: `find` is called at the first alone.
  template <typename FindFn>
  std::span<const size_t> getPlaces(const FindFn &find) {
    if (!places)
      places = find();
    return *places;
  }

  /// Notes a use with `numbers`. The plan for them, whose compilation `start`
  /// begins when it is time; null while they are arguments.
  std::shared_ptr<const Plan> use(std::span<const int64_t> numbers,
                                  const int64_t *params, const StartFn &start);

  /// Why the present numbers remain arguments, if compiling failed; or empty.
  std::string getFailure() const {
    bool isNew = compilation && compilation->hasEnded();
    return isNew ? compilation->getError() : failure;
  }

private:
  /// The time of that many runs pays for the compilation.
  static constexpr uint32_t kEnoughUses = 32;
  /// Where the numbers or the guards keep changing, they are not known.
  static constexpr uint32_t kMaxPlans = 4;

  void learn(std::span<const int64_t> current);
  void takeCompiled();

  std::optional<std::vector<size_t>> places;
  std::vector<int64_t> numbers;
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<Compilation> compilation;
  std::string failure;
  uint32_t uses = 0, plans = 0;
};

/// A number that is not complex as an attribute of a program's constant
/// (AttrKind::Number).
int64_t getNumberBits(const Node &number);

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_KNOWNNUMBERS_H
