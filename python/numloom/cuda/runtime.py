"""Functions of CUDA's runtime that programs for CuPy call, under its names."""

from .._core import CudaError as CUDARuntimeError
from .._core import cuda as _cuda
from . import _stream
from ._attributes import ATTRIBUTES
from ._device import Device

is_hip = False

memcpyHostToHost = 0
memcpyHostToDevice = 1
memcpyDeviceToHost = 2
memcpyDeviceToDevice = 3
memcpyDefault = 4

streamDefault = 0
streamNonBlocking = 1
eventDefault = 0
eventBlockingSync = 1
eventDisableTiming = 2


def getDeviceCount():
    """The number of devices that this process sees."""
    return _cuda.device_count()


def getDevice():
    """The ordinal of the calling thread's device."""
    return _cuda.current_device()


def setDevice(device):
    """Makes a device the calling thread's."""
    Device(device).use()


def deviceSynchronize():
    """Waits for all work on the calling thread's device."""
    _cuda.synchronize(_cuda.current_device())


def deviceGetAttribute(attrib, device):
    """An attribute of a device by CUDA's number for it."""
    return _cuda.get_attribute(device, attrib)


def deviceGetPCIBusId(device):
    """The device's place on the PCI bus."""
    return _cuda.pci_bus_id(device)


def deviceGetByPCIBusId(pciBusId):
    """The ordinal of the device at a place on the PCI bus."""
    return _cuda.device_by_pci_bus_id(pciBusId)


def deviceCanAccessPeer(device, peerDevice):
    """1 if kernels of a device can reach the memory of another, else 0."""
    return int(_cuda.can_access_peer(device, peerDevice))


def deviceEnablePeerAccess(peerDevice):
    """Lets the calling thread's device reach the memory of another."""
    _cuda.enable_peer_access(_cuda.current_device(), peerDevice)


def deviceGetStreamPriorityRange():
    """The lowest and the highest priority of streams."""
    return _cuda.priority_range(_cuda.current_device())


def driverGetVersion():
    """1000 * major + 10 * minor of the newest CUDA that the driver knows."""
    return _cuda.driver_version()


def runtimeGetVersion():
    """That of the driver: no runtime library is used."""
    return _cuda.driver_version()


def memGetInfo():
    """Free and total bytes of the calling thread's device."""
    return _cuda.mem_info(_cuda.current_device())


def getDeviceProperties(device):
    """Facts of a device by the names of CUDA's struct cudaDeviceProp."""
    attributes = Device(device).attributes
    known = {
        field: attributes[name]
        for field, name in _PROPERTIES.items()
        if name in attributes
    }
    return known | {
        "name": _cuda.device_name(device).encode(),
        "totalGlobalMem": _cuda.total_memory(device),
        "maxThreadsDim": tuple(attributes[f"MaxBlockDim{axis}"] for axis in "XYZ"),
        "maxGridSize": tuple(attributes[f"MaxGridDim{axis}"] for axis in "XYZ"),
    }


_PROPERTIES = {
    "major": "ComputeCapabilityMajor",
    "minor": "ComputeCapabilityMinor",
    "multiProcessorCount": "MultiProcessorCount",
    "sharedMemPerBlock": "MaxSharedMemoryPerBlock",
    "sharedMemPerBlockOptin": "MaxSharedMemoryPerBlockOptin",
    "sharedMemPerMultiprocessor": "MaxSharedMemoryPerMultiprocessor",
    "regsPerBlock": "MaxRegistersPerBlock",
    "regsPerMultiprocessor": "MaxRegistersPerMultiprocessor",
    "warpSize": "WarpSize",
    "maxThreadsPerBlock": "MaxThreadsPerBlock",
    "maxThreadsPerMultiProcessor": "MaxThreadsPerMultiProcessor",
    "maxBlocksPerMultiProcessor": "MaxBlocksPerMultiprocessor",
    "totalConstMem": "TotalConstantMemory",
    "memPitch": "MaxPitch",
    "clockRate": "ClockRate",
    "memoryClockRate": "MemoryClockRate",
    "memoryBusWidth": "GlobalMemoryBusWidth",
    "l2CacheSize": "L2CacheSize",
    "asyncEngineCount": "AsyncEngineCount",
    "concurrentKernels": "ConcurrentKernels",
    "ECCEnabled": "EccEnabled",
    "integrated": "Integrated",
    "canMapHostMemory": "CanMapHostMemory",
    "computeMode": "ComputeMode",
    "unifiedAddressing": "UnifiedAddressing",
    "managedMemory": "ManagedMemory",
    "cooperativeLaunch": "CooperativeLaunch",
    "isMultiGpuBoard": "IsMultiGpuBoard",
    "pciBusID": "PciBusId",
    "pciDeviceID": "PciDeviceId",
    "pciDomainID": "PciDomainId",
}
assert set(_PROPERTIES.values()) <= set(ATTRIBUTES)


def memcpy(dst, src, size, kind):
    """Copies bytes between addresses; device memory is the calling thread's.

    Returns when host memory, where it takes part, may be used again.
    """
    if kind == memcpyDefault:
        raise ValueError("memcpyDefault is not supported: name the direction")
    device = _cuda.current_device()
    to_device = kind in (memcpyHostToDevice, memcpyDeviceToDevice)
    from_device = kind in (memcpyDeviceToHost, memcpyDeviceToDevice)
    _cuda.copy(
        device if to_device else -1, dst, device if from_device else -1, src, size
    )


def memcpyAsync(dst, src, size, kind, stream):
    """memcpy in the order of the work on a stream."""
    with _stream.ExternalStream(stream):
        memcpy(dst, src, size, kind)


def memset(ptr, value, size):
    """Sets bytes of the calling thread's device, on its current stream."""
    _cuda.fill(_cuda.current_device(), ptr, value, size)


def memsetAsync(ptr, value, size, stream):
    """memset in the order of the work on a stream."""
    with _stream.ExternalStream(stream):
        memset(ptr, value, size)


def streamSynchronize(stream):
    """Waits for the work on a stream."""
    _stream.ExternalStream(stream).synchronize()


__all__ = [name for name in dir() if not name.startswith("_") and name[0].islower()]
__all__ += ["CUDARuntimeError"]
