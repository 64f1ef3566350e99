// Where arrays live; free of LLVM.
#ifndef NUMLOOM_SUPPORT_DEVICE_H
#define NUMLOOM_SUPPORT_DEVICE_H

#include <cstdint>
#include <string>

namespace numloom {

/// The CPU, or one CUDA device by its ordinal.
class Device {
public:
  /// The CPU.
  constexpr Device() = default;
  static constexpr Device cuda(int ordinal) {
    Device device;
    device.ordinal = static_cast<int16_t>(ordinal);
    return device;
  }

  constexpr bool isCpu() const { return ordinal < 0; }
  constexpr bool isCuda() const { return ordinal >= 0; }
  /// Of a CUDA device.
  constexpr int getOrdinal() const { return ordinal; }
  /// "cpu" or "cuda:1".
  std::string getName() const {
    return isCpu() ? "cpu" : "cuda:" + std::to_string(ordinal);
  }
  friend constexpr bool operator==(Device, Device) = default;

private:
  int16_t ordinal = -1;
};

/// The most CUDA devices that a process can use.
inline constexpr int kMaxCudaDevices = 16;

} // namespace numloom

#endif // NUMLOOM_SUPPORT_DEVICE_H
