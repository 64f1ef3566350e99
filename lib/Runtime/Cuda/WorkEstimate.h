// How long enqueued work takes at most.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_WORKESTIMATE_H
#define NUMLOOM_LIB_RUNTIME_CUDA_WORKESTIMATE_H

#include <algorithm>
#include <limits>

namespace numloom::cuda {

/// Of a launch with so many threads that runs so many operations on elements:
/// guesses in nanoseconds that are far too long for most devices and kernels.
/// Devices with little memory bandwidth do 10 a nanosecond; one thread alone
/// waits 100 ns for each, which is the latency of memory with some overlap.
inline double estimateLaunch(double operations, double threads) {
  constexpr double kLaunch = 20e3, kLatency = 100, kRate = 10;
  return kLaunch + operations * std::max(1 / kRate, kLatency / threads);
}

/// Of work that nothing is known of: other libraries', a callback.
inline constexpr double kUnknownTime = std::numeric_limits<double>::infinity();

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_WORKESTIMATE_H
