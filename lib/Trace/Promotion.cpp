// NumPy's promotion and casting rules between dtypes and Python numbers.
#include "numloom/Trace/DTypeResolution.h"

#include <algorithm>

using namespace numloom;

/// The order of kinds in which promotion climbs.
static int getRank(DTypeKind kind) {
  switch (kind) {
  case DTypeKind::Bool:
    return 0;
  case DTypeKind::Signed:
  case DTypeKind::Unsigned:
    return 1;
  case DTypeKind::Float:
    return 2;
  case DTypeKind::Complex:
    return 3;
  }
  __builtin_unreachable();
}

static int getRank(WeakKind kind) { return static_cast<int>(kind); }

static DType promoteIntegers(DType a, DType b) {
  if (getKind(a) == getKind(b))
    return getBytes(a) >= getBytes(b) ? a : b;
  if (getKind(a) == DTypeKind::Unsigned)
    std::swap(a, b);
  // `a` is signed, `b` unsigned: a signed dtype that holds both.
  if (getBytes(a) > getBytes(b))
    return a;
  switch (getBytes(b)) {
  case 1:
    return DType::Int16;
  case 2:
    return DType::Int32;
  case 4:
    return DType::Int64;
  default:
    return DType::Float64;
  }
}

static DType promoteFloats(DType a, DType b) {
  if (getBytes(a) == getBytes(b))
    return a == b ? a : DType::Float32; // float16 and bfloat16
  return getBytes(a) > getBytes(b) ? a : b;
}

/// The smallest float that holds the integers of `integer` and is at least
/// `other`. NumPy defines none for bfloat16 and integers of 16 bits or more;
/// there the rule for float16 holds.
static DType promoteToFloat(DType integer, DType other) {
  if (getBytes(integer) == 1)
    return other;
  return promoteFloats(getBytes(integer) == 2 ? DType::Float32 : DType::Float64,
                       other);
}

static DType toComplex(DType real) {
  return getBytes(real) > 4 ? DType::Complex128 : DType::Complex64;
}

DType numloom::promoteTypes(DType a, DType b) {
  if (getRank(getKind(a)) < getRank(getKind(b)))
    std::swap(a, b);
  // `a` has the higher kind.
  switch (getKind(a)) {
  case DTypeKind::Bool:
    return a;
  case DTypeKind::Signed:
  case DTypeKind::Unsigned:
    return b == DType::Bool ? a : promoteIntegers(a, b);
  case DTypeKind::Float:
    if (b == DType::Bool)
      return a;
    return isFloat(b) ? promoteFloats(a, b) : promoteToFloat(b, a);
  case DTypeKind::Complex:
    return toComplex(promoteTypes(getRealDType(a), getRealDType(b)));
  }
  __builtin_unreachable();
}

/// Signed above unsigned: "same kind" allows casts up to the same step.
static int getSameKindRank(DType dtype) {
  return getRank(getKind(dtype)) * 2 + (getKind(dtype) == DTypeKind::Signed);
}

bool numloom::canCast(DType from, DType to, Casting casting) {
  if (casting == Casting::Unsafe || from == to)
    return true;
  if (casting == Casting::No || casting == Casting::Equiv)
    return false;
  if (promoteTypes(from, to) == to)
    return true;
  return casting == Casting::SameKind &&
         getSameKindRank(from) <= getSameKindRank(to);
}

/// The dtype that a Python number has by itself.
static DType getDefaultDType(WeakKind kind) {
  switch (kind) {
  case WeakKind::Int:
    return DType::Int64;
  case WeakKind::Float:
    return DType::Float64;
  default:
    return DType::Complex128;
  }
}

bool numloom::canCast(WeakKind from, DType to, Casting casting) {
  return getRank(from) <= getRank(getKind(to)) ||
         canCast(getDefaultDType(from), to, casting);
}

DType numloom::resultType(std::span<const OperandType> types) {
  std::optional<DType> strong;
  WeakKind weak = WeakKind::None;
  for (const OperandType &type : types) {
    if (type.weak != WeakKind::None)
      weak = std::max(weak, type.weak);
    else
      strong = strong ? promoteTypes(*strong, type.dtype) : type.dtype;
  }
  if (!strong)
    return getDefaultDType(weak);
  if (getRank(weak) <= getRank(getKind(*strong)))
    return *strong;
  if (weak == WeakKind::Complex && isFloat(*strong))
    return toComplex(*strong);
  return getDefaultDType(weak);
}

static constexpr std::string_view kCastingNames[] = {"no", "equiv", "safe",
                                                     "same_kind", "unsafe"};

std::optional<Casting> numloom::getCastingFromName(std::string_view name) {
  for (size_t i = 0; i < std::size(kCastingNames); ++i)
    if (kCastingNames[i] == name)
      return static_cast<Casting>(i);
  return std::nullopt;
}

std::string_view numloom::getName(Casting casting) {
  return kCastingNames[static_cast<size_t>(casting)];
}
