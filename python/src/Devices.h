// Devices as Python names and objects, and where operands go.
#ifndef NUMLOOM_PYTHON_DEVICES_H
#define NUMLOOM_PYTHON_DEVICES_H

#include "PyRef.h"

#include "numloom/Support/Device.h"

#include <optional>
#include <span>

namespace numloom::python {

/// The device that `object` means: "cpu", "cuda", "cuda:1", a
/// numloom.cuda.Device, or an array, which means where it lies; ValueError for
/// anything else.
Device parseDevice(PyObject *object);

/// parseDevice for optional arguments: null and None are absent.
std::optional<Device> parseOptionalDevice(PyObject *object);

/// The str "cpu" or a numloom.cuda.Device.
PyRef makeDevice(Device device);

/// Where objects that are no arrays yet go. Found out when one is met: the
/// default device may have to be decided for it.
class Home {
public:
  /// The default device.
  Home() = default;
  Home(Device device) : device(device) {}
  Home(std::optional<Device> device) : device(device) {}
  /// The device of the first array among the operands of a call, else the
  /// default device.
  Home(std::span<PyObject *const> operands) : operands(operands) {}

  Device find() const;
  /// The device of the first array among the operands; nothing without one.
  std::optional<Device> findArray() const;

private:
  std::optional<Device> device;
  std::span<PyObject *const> operands;
};

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_DEVICES_H
