// Where arrays are made that come from no other array.
#ifndef NUMLOOM_TRACE_DEFAULTDEVICE_H
#define NUMLOOM_TRACE_DEFAULTDEVICE_H

#include "numloom/Support/Device.h"

#include <optional>
#include <string_view>

namespace numloom {

/// The device of new arrays: the one that the calling thread selected, else the
/// process's. The latter is decided at the first call: NUMLOOM_DEVICE, else the
/// first GPU when one works, else the CPU. Throws Error (Value) for a
/// NUMLOOM_DEVICE that names no device, CudaError for one that does not work.
Device getDefaultDevice();

/// Sets the process's default and ends the calling thread's own selection.
void setDefaultDevice(Device device);

/// Selects a device for the calling thread alone, or ends its selection;
/// returns what was selected before.
std::optional<Device> selectDevice(std::optional<Device> device);

/// The device "cpu", "cuda" (the thread's selected GPU, else the first) or
/// "cuda:1"; throws Error (Value) for any other text.
Device parseDevice(std::string_view name);

/// Throws CudaError if the device cannot be used.
void checkDevice(Device device);

} // namespace numloom

#endif // NUMLOOM_TRACE_DEFAULTDEVICE_H
