// The module `numloom._core.cuda` and its facts about devices.
#include "Checks.h"
#include "Cuda.h"

#include "Array.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Trace/DefaultDevice.h"

namespace numloom::python {

long long parseInteger(PyObject *object) {
  long long value = PyLong_AsLongLong(object);
  if (value == -1 && PyErr_Occurred())
    throw PythonError();
  return value;
}

namespace {

int parseOrdinal(PyObject *object) {
  return static_cast<int>(parseInteger(object));
}

PyObject *isAvailable(PyObject *, PyObject *) {
  return PyBool_FromLong(cuda::isAvailable());
}

PyObject *getDeviceCount(PyObject *, PyObject *) {
  return guard([] { return PyLong_FromLong(cuda::getDeviceCount()); });
}

PyObject *getDriverVersion(PyObject *, PyObject *) {
  return guard([] { return PyLong_FromLong(cuda::getDriverVersion()); });
}

/// The thread's GPU: its default device if that is one, else the first.
PyObject *getCurrentDevice(PyObject *, PyObject *) {
  return guard([] {
    Device device = getDefaultDevice();
    return PyLong_FromLong(device.isCuda() ? device.getOrdinal() : 0);
  });
}

PyObject *getAttribute(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal, attribute;
    if (!PyArg_ParseTuple(args, "ii:get_attribute", &ordinal, &attribute))
      throw PythonError();
    return PyLong_FromLong(cuda::getAttribute(
        ordinal, static_cast<cuda::DeviceAttribute>(attribute)));
  });
}

PyObject *getName(PyObject *, PyObject *ordinal) {
  return guard([&] {
    std::string name = cuda::getDeviceName(parseOrdinal(ordinal));
    return PyUnicode_FromString(name.c_str());
  });
}

PyObject *getPciBusId(PyObject *, PyObject *ordinal) {
  return guard([&] {
    std::string id = cuda::getPciBusId(parseOrdinal(ordinal));
    return PyUnicode_FromString(id.c_str());
  });
}

PyObject *getDeviceByPciBusId(PyObject *, PyObject *id) {
  return guard([&] {
    const char *text = PyUnicode_AsUTF8(id);
    if (!text)
      throw PythonError();
    return PyLong_FromLong(cuda::getDeviceByPciBusId(text));
  });
}

PyObject *getComputeCapability(PyObject *, PyObject *ordinal) {
  return guard([&] {
    auto [major, minor] = cuda::getComputeCapability(parseOrdinal(ordinal));
    return Py_BuildValue("ii", major, minor);
  });
}

PyObject *getTotalMemory(PyObject *, PyObject *ordinal) {
  return guard([&] {
    return PyLong_FromSize_t(cuda::getTotalMemory(parseOrdinal(ordinal)));
  });
}

PyObject *getMemoryInfo(PyObject *, PyObject *ordinal) {
  return guard([&] {
    int device = parseOrdinal(ordinal);
    auto [free, total] =
        callDriver([&] { return cuda::getMemoryInfo(device); });
    return Py_BuildValue("nn", free, total);
  });
}

PyObject *canAccessPeer(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal, peer;
    if (!PyArg_ParseTuple(args, "ii:can_access_peer", &ordinal, &peer))
      throw PythonError();
    return PyBool_FromLong(cuda::canAccessPeer(ordinal, peer));
  });
}

PyObject *enablePeerAccess(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal, peer;
    if (!PyArg_ParseTuple(args, "ii:enable_peer_access", &ordinal, &peer))
      throw PythonError();
    return PyBool_FromLong(
        callDriver([&] { return cuda::enablePeerAccess(ordinal, peer); }));
  });
}

PyObject *getPriorityRange(PyObject *, PyObject *ordinal) {
  return guard([&] {
    auto [lowest, highest] =
        cuda::getStreamPriorityRange(parseOrdinal(ordinal));
    return Py_BuildValue("ii", lowest, highest);
  });
}

PyObject *submit(PyObject *, PyObject *argument) {
  return guard([&] {
    submitPending(Device::cuda(parseOrdinal(argument)));
    Py_RETURN_NONE;
  });
}

PyObject *synchronize(PyObject *, PyObject *argument) {
  return guard([&] {
    int ordinal = parseOrdinal(argument);
    submitPending(Device::cuda(ordinal));
    callDriver([&] { cuda::synchronize(ordinal); });
    runDeferredChecks(Device::cuda(ordinal));
    Py_RETURN_NONE;
  });
}

PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                          "numloom._core.cuda",
                          "CUDA devices, streams and memory.",
                          -1,
                          cudaDeviceFunctions,
                          nullptr,
                          nullptr,
                          nullptr,
                          nullptr};

} // namespace

PyMethodDef cudaDeviceFunctions[] = {
    {"is_available", isAvailable, METH_NOARGS,
     "is_available()\n--\n\nWhether a driver and a device work."},
    {"device_count", getDeviceCount, METH_NOARGS,
     "device_count()\n--\n\nThe devices that this process sees."},
    {"driver_version", getDriverVersion, METH_NOARGS,
     "driver_version()\n--\n\n1000 * major + 10 * minor of the driver's CUDA."},
    {"current_device", getCurrentDevice, METH_NOARGS,
     "current_device()\n--\n\nThe ordinal of the calling thread's GPU."},
    {"get_attribute", getAttribute, METH_VARARGS,
     "get_attribute(ordinal, attribute, /)\n--\n\nA device's attribute by "
     "CUDA's number for it."},
    {"device_name", getName, METH_O, "device_name(ordinal, /)\n--\n\n"},
    {"pci_bus_id", getPciBusId, METH_O, "pci_bus_id(ordinal, /)\n--\n\n"},
    {"device_by_pci_bus_id", getDeviceByPciBusId, METH_O,
     "device_by_pci_bus_id(id, /)\n--\n\nThe ordinal of a device."},
    {"compute_capability", getComputeCapability, METH_O,
     "compute_capability(ordinal, /)\n--\n\nMajor and minor."},
    {"total_memory", getTotalMemory, METH_O,
     "total_memory(ordinal, /)\n--\n\nBytes."},
    {"mem_info", getMemoryInfo, METH_O,
     "mem_info(ordinal, /)\n--\n\nFree and total bytes."},
    {"can_access_peer", canAccessPeer, METH_VARARGS,
     "can_access_peer(ordinal, peer, /)\n--\n\nWhether the hardware can."},
    {"enable_peer_access", enablePeerAccess, METH_VARARGS,
     "enable_peer_access(ordinal, peer, /)\n--\n\nWhether the hardware can."},
    {"priority_range", getPriorityRange, METH_O,
     "priority_range(ordinal, /)\n--\n\nLowest and highest stream priority."},
    {"submit", submit, METH_O,
     "submit(ordinal, /)\n--\n\nEnqueues what arrays on the device wait for."},
    {"synchronize", synchronize, METH_O,
     "synchronize(ordinal, /)\n--\n\nSubmits, then waits for the device."},
    {nullptr, nullptr, 0, nullptr}};

void initCuda(PyObject *core) {
  PyRef module = PyRef::steal(PyModule_Create(&definition));
  initCudaStreams(module.get());
  initCudaMemory(module.get());
  initCudaAllocators(module.get());
  initCudaPools(module.get());
  initCudaPinnedMemory(module.get());
  initCudaHooks(module.get());
  checkStatus(PyModule_AddObjectRef(core, "cuda", module.get()));
}

} // namespace numloom::python
