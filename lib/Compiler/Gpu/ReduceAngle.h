// Large angles less multiples of pi / 2, for sines and cosines of float64.
#ifndef NUMLOOM_LIB_COMPILER_GPU_REDUCEANGLE_H
#define NUMLOOM_LIB_COMPILER_GPU_REDUCEANGLE_H

typedef unsigned long long Word;

/// 2 / pi behind 64 zeros: as many bits as the largest angle needs.
static const Word kTwoOverPi[] = {
    0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0,
    0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
    0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
    0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};
/// pi / 2 times 2**63.
static const Word kHalfPiBits = 0xc90fdaa22168c235;

typedef struct {
  /// Of at most pi / 4.
  double rest;
  /// Its bits are the number of multiples of pi / 2.
  double quadrant;
} ReducedAngle;

static Word getHighHalf(Word x, Word y) {
  return (unsigned __int128)x * y >> 64;
}
/// The upper word of two, shifted by less than 64.
static Word shiftLeft(Word high, Word low, unsigned n) {
  return high << n | low >> 1 >> (63 - n);
}

/// Of angles of 2**31 and more (Payne and Hanek, SIGNUM Newsletter 18, 1983):
/// the product of the significand and of those 192 bits of 2 / pi that are
/// neither multiples of 4 then nor below the result's precision. Smaller ones
/// stay as they are.
__attribute__((noinline)) ReducedAngle __numloom_reduce_angle(double x) {
  const int kLeast = 1023 + 31;
  Word bits = __builtin_bit_cast(Word, x);
  int exponent = bits >> 52 & 0x7ff;
  if (exponent == 0x7ff)
    return (ReducedAngle){x - x, 0};
  if (exponent < kLeast)
    return (ReducedAngle){x, 0};
  int place = exponent - 1013;
  const Word *words = kTwoOverPi + place / 64;
  unsigned shift = place % 64;
  Word significand = (bits & ((1ull << 52) - 1)) | 1ull << 52;
  Word low = shiftLeft(words[2], words[3], shift);
  unsigned __int128 middle =
      (unsigned __int128)significand * shiftLeft(words[1], words[2], shift) +
      getHighHalf(significand, low);
  Word high =
      significand * shiftLeft(words[0], words[1], shift) + (Word)(middle >> 64);
  Word fraction = shiftLeft(high, middle, 2);
  Word rest = (Word)middle << 2 | significand * low >> 62;
  // From one half of pi / 2 on the next multiple is nearer.
  Word isNext = fraction >> 63, quadrant = (high >> 62) + isNext;
  fraction ^= -isNext;
  rest ^= -isNext;
  int zeros = __builtin_clzll(fraction | 1);
  double angle =
      (double)getHighHalf(shiftLeft(fraction, rest, zeros), kHalfPiBits) *
      __builtin_bit_cast(double, (Word)(1023 - 63 - zeros) << 52);
  Word isNegative = bits >> 63;
  angle = isNext != isNegative ? -angle : angle;
  quadrant = isNegative ? -quadrant : quadrant;
  return (ReducedAngle){angle, __builtin_bit_cast(double, quadrant)};
}

#endif // NUMLOOM_LIB_COMPILER_GPU_REDUCEANGLE_H
