// Which calls fail.
#include "FakeCalls.h"

using namespace numloom::cuda;

FakeCalls &FakeCalls::get() {
  static auto *calls = new FakeCalls;
  return *calls;
}

void FakeCalls::failAfter(int64_t count, Result reported) {
  std::lock_guard lock(mutex);
  callsUntilFailure = count;
  result = reported;
  failed = nullptr;
}

const char *FakeCalls::getFailed() {
  std::lock_guard lock(mutex);
  return failed;
}

Result FakeCalls::enter(const char *name) {
  std::lock_guard lock(mutex);
  if (callsUntilFailure < 0 || callsUntilFailure-- > 0)
    return Result::Success;
  failed = name;
  return result;
}

void FakeCalls::count(const char *name) {
  std::lock_guard lock(mutex);
  ++counts[name];
}

int64_t FakeCalls::getCount(const char *name) {
  std::lock_guard lock(mutex);
  auto place = counts.find(name);
  return place == counts.end() ? 0 : place->second;
}
