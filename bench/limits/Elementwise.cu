// Limits of elementwise programs: 16-byte accesses, one pass.
#include "Limits.h"

#include <cuda_fp16.h>
#include <utility>

using namespace limits;

namespace {

constexpr size_t N = 50'000'000;

struct Add {
  __device__ float operator()(float x, float y) const { return x + y; }
};

struct Fused {
  __device__ float operator()(float x, float y) const {
    return (2.0f * x + 3.0f * y) / (x + y + 1.0f);
  }
};

struct Polynomial {
  __device__ float operator()(float x, float y) const {
    float p =
        ((((x * 0.5f + 1.0f) * x - 2.0f) * x + 0.25f) * x - 0.125f) * x + 3.0f;
    float q = (((y * 1.5f - 0.5f) * y + 2.0f) * y - 1.0f) * y;
    return p * q - x * y;
  }
};

struct Wave {
  __device__ double operator()(double x, double y) const {
    double sine, cosine;
    sincos(x, &sine, &cosine);
    return sine * exp(-y) + cosine * log(y + 1.0) + sqrt(x * y);
  }
};

/// As many elements as 16 bytes hold.
template <typename T>
struct alignas(16) Pack {
  static constexpr int size = 16 / sizeof(T);
  T values[size];
};

/// Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.
__device__ float getNormalCdf(float x) {
  float k = 1.0f / (1.0f + 0.2316419f * fabsf(x));
  float tail =
      k * (0.319381530f +
           k * (-0.356563782f +
                k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f))));
  float density = 0.3989422804014327f * expf(-0.5f * x * x);
  return x >= 0.0f ? 1.0f - density * tail : density * tail;
}

} // namespace

template <typename Op, typename T, int Unroll>
static __global__ void binaryKernel(const Pack<T> *x, const Pack<T> *y,
                                    Pack<T> *out, size_t size) {
  size_t base = size_t(blockIdx.x) * blockDim.x * Unroll + threadIdx.x;
  Pack<T> a[Unroll], b[Unroll];
#pragma unroll
  for (int i = 0; i < Unroll; ++i)
    if (size_t at = base + i * blockDim.x; at < size) {
      a[i] = x[at];
      b[i] = y[at];
    }
#pragma unroll
  for (int i = 0; i < Unroll; ++i)
    if (size_t at = base + i * blockDim.x; at < size) {
      Pack<T> result;
#pragma unroll
      for (int j = 0; j < Pack<T>::size; ++j)
        result.values[j] = Op()(a[i].values[j], b[i].values[j]);
      out[at] = result;
    }
}

template <typename Op, typename T, int Unroll, int Threads>
static Launch getBinary(const T *x, const T *y, T *out, size_t elements) {
  size_t size = elements / Pack<T>::size;
  auto pack = [](auto *pointer) {
    return reinterpret_cast<Pack<T> *>(pointer);
  };
  return [=] {
    binaryKernel<Op, T, Unroll><<<divideUp(size, Threads * Unroll), Threads>>>(
        pack(const_cast<T *>(x)), pack(const_cast<T *>(y)), pack(out), size);
  };
}

template <typename Op, typename T>
static void reportBinary(const char *name, size_t size, double high = 1.0) {
  DeviceArray<T> x(size, 0, high), y(size, 0, high), out(size);
  report(name, {getBinary<Op, T, 1, 256>(x, y, out, size),
                getBinary<Op, T, 1, 512>(x, y, out, size),
                getBinary<Op, T, 2, 256>(x, y, out, size),
                getBinary<Op, T, 4, 256>(x, y, out, size)});
}

static __global__ void blackScholesKernel(const float4 *spots,
                                          const float4 *strikes,
                                          const float4 *times, float4 *calls,
                                          float4 *puts, size_t size) {
  size_t at = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at >= size)
    return;
  Pack<float> spot, strike, years, call, put;
  reinterpret_cast<float4 &>(spot) = spots[at];
  reinterpret_cast<float4 &>(strike) = strikes[at];
  reinterpret_cast<float4 &>(years) = times[at];
  constexpr float rate = 0.02f, volatility = 0.30f;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    float deviation = volatility * sqrtf(years.values[i]);
    float d1 = (logf(spot.values[i] / strike.values[i]) +
                (rate + 0.5f * volatility * volatility) * years.values[i]) /
               deviation;
    float d2 = d1 - deviation;
    float discounted = strike.values[i] * expf(-rate * years.values[i]);
    call.values[i] =
        spot.values[i] * getNormalCdf(d1) - discounted * getNormalCdf(d2);
    put.values[i] = call.values[i] - spot.values[i] + discounted;
  }
  calls[at] = reinterpret_cast<float4 &>(call);
  puts[at] = reinterpret_cast<float4 &>(put);
}

static void reportBlackScholes() {
  DeviceArray<float> spot(N, 10, 50), strike(N, 10, 50), years(N, 1, 2);
  DeviceArray<float> call(N), put(N);
  auto pack = [](float *pointer) {
    return reinterpret_cast<float4 *>(pointer);
  };
  auto launch = [&](int threads) -> Launch {
    return [=, a = pack(spot), b = pack(strike), c = pack(years),
            d = pack(call), e = pack(put)] {
      blackScholesKernel<<<divideUp(N / 4, threads), threads>>>(a, b, c, d, e,
                                                                N / 4);
    };
  };
  report("black_scholes", {launch(128), launch(256), launch(512)});
}

template <int Unroll>
static __global__ void geluKernel(const Pack<__half> *x, Pack<__half> *out,
                                  size_t size) {
  size_t base = size_t(blockIdx.x) * blockDim.x * Unroll + threadIdx.x;
#pragma unroll
  for (int i = 0; i < Unroll; ++i) {
    size_t at = base + i * blockDim.x;
    if (at >= size)
      return;
    Pack<__half> values = x[at];
#pragma unroll
    for (__half &value : values.values) {
      float v = __half2float(value);
      float inner = 0.79788456f * (v + 0.044715f * v * v * v);
      float tanh = 1.0f - 2.0f / (1.0f + __expf(2.0f * inner));
      value = __float2half(0.5f * v * (1.0f + tanh));
    }
    out[at] = values;
  }
}

static void reportGelu() {
  // Any bits do: the time does not depend on the numbers.
  DeviceArray<float> x(N / 2, -1, 1), out(N / 2);
  auto *from = reinterpret_cast<Pack<__half> *>((float *)x);
  auto *to = reinterpret_cast<Pack<__half> *>((float *)out);
  report(
      "gelu_f16",
      {[=] { geluKernel<1><<<divideUp(N / 8, 256), 256>>>(from, to, N / 8); },
       [=] { geluKernel<2><<<divideUp(N / 8, 512), 256>>>(from, to, N / 8); }});
}

/// The polynomial's coefficients are constants of the code.
static __device__ double getDensity(double salinity, double temperature,
                                    double pressure) {
  double s = 0.025 * salinity, t = 0.025 * temperature, p = 1e-4 * pressure;
  double density = 0.0;
#pragma unroll
  for (int i = 7; i >= 0; --i) {
    double inT = 0.0;
#pragma unroll
    for (int j = 7 - i; j >= 0; --j) {
      double inP = 0.0;
#pragma unroll
      for (int k = 7 - i - j; k >= 0; --k)
        inP = inP * p + ((i + k) % 2 ? -10.0 : 10.0) / (1 + i + 2 * j + 3 * k);
      inT = inT * t + inP;
    }
    density = density * s + inT;
  }
  return density;
}

static __global__ void densityKernel(const double2 *s, const double2 *t,
                                     const double2 *p, double2 *out,
                                     size_t size) {
  size_t at = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at >= size)
    return;
  double2 a = s[at], b = t[at], c = p[at];
  out[at] = {getDensity(a.x, b.x, c.x), getDensity(a.y, b.y, c.y)};
}

static void reportEquationOfState() {
  constexpr size_t size = 4'194'304;
  DeviceArray<double> s(size, 30, 40), t(size, 0, 30), p(size, 0, 4000),
      out(size);
  auto pack = [](double *pointer) {
    return reinterpret_cast<double2 *>(pointer);
  };
  auto launch = [&](int threads) -> Launch {
    return [=, a = pack(s), b = pack(t), c = pack(p), d = pack(out)] {
      densityKernel<<<divideUp(size / 2, threads), threads>>>(a, b, c, d,
                                                              size / 2);
    };
  };
  report("equation_of_state", {launch(128), launch(256)});
}

void limits::runElementwise() {
  reportBinary<Add, float>("vector_add", N);
  reportBinary<Fused, float>("fused_10m", N / 5);
  reportBinary<Fused, float>("fused_50m", N);
  reportBinary<Polynomial, float>("polynomial_chain", N);
  reportBinary<Wave, double>("wave_f64", N / 5, 6.0);
  reportBlackScholes();
  reportGelu();
  reportEquationOfState();
}
