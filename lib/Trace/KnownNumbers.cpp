// When a program's numbers count as constants.
#include "KnownNumbers.h"

#include <algorithm>
#include <bit>
#include <cstring>

using namespace numloom;

template <typename T>
static T read(const Node &number) {
  T value;
  std::memcpy(&value, number.getData(), sizeof(T));
  return value;
}

static double readFloat(const Node &number) {
  switch (number.getDType()) {
  case DType::Float16:
    return static_cast<double>(read<_Float16>(number));
  case DType::BFloat16:
    return std::bit_cast<float>(uint32_t(read<uint16_t>(number)) << 16);
  case DType::Float32:
    return read<float>(number);
  default:
    return read<double>(number);
  }
}

template <typename Signed, typename Unsigned>
static int64_t readAs(const Node &number) {
  if (getKind(number.getDType()) == DTypeKind::Signed)
    return read<Signed>(number);
  return static_cast<int64_t>(read<Unsigned>(number));
}

static int64_t readInteger(const Node &number) {
  switch (getBytes(number.getDType())) {
  case 1:
    return readAs<int8_t, uint8_t>(number);
  case 2:
    return readAs<int16_t, uint16_t>(number);
  case 4:
    return readAs<int32_t, uint32_t>(number);
  default:
    return readAs<int64_t, uint64_t>(number);
  }
}

int64_t numloom::getNumberBits(const Node &number) {
  return isFloat(number.getDType()) ? std::bit_cast<int64_t>(readFloat(number))
                                    : readInteger(number);
}

void KnownNumbers::learn(std::span<const int64_t> current) {
  numbers.assign(current.begin(), current.end());
  if (compilation)
    compilation->forget();
  compilation = nullptr;
  plan = nullptr;
  failure.clear();
  uses = 0;
}

void KnownNumbers::takeCompiled() {
  if (!compilation || !compilation->hasEnded())
    return;
  // What was dropped may begin again; what failed would fail again.
  if (compilation->getPlan())
    plan = compilation->getPlan();
  else if (!compilation->isDropped())
    failure = compilation->getError();
  compilation = nullptr;
}

std::shared_ptr<const Plan> KnownNumbers::use(std::span<const int64_t> current,
                                              const int64_t *params,
                                              const StartFn &start) {
  if (!std::ranges::equal(numbers, current))
    learn(current);
  if (uses < kEnoughUses) {
    ++uses;
    return nullptr;
  }
  takeCompiled();
  if (plan && plan->isValidFor(params))
    return plan;
  if (compilation || !failure.empty() || plans == kMaxPlans)
    return nullptr;
  compilation = start();
  plans += compilation != nullptr;
  return nullptr;
}
