"""Devices."""

import functools
import threading

from .. import _core
from .._core import cuda as _cuda
from ._attributes import ATTRIBUTES

_entered = threading.local()


def get_device_id():
    """The ordinal of the calling thread's GPU."""
    return _cuda.current_device()


@functools.total_ordering
class Device:
    """One GPU by its ordinal; without one, the calling thread's.

    As a context manager, or after `use()`, it is where the thread's new arrays lie.
    Equal to another Device of its ordinal, and to its name "cuda:0".
    """

    __slots__ = ("id",)

    def __init__(self, device=None):
        self.id = get_device_id() if device is None else int(device)

    def __int__(self):
        return self.id

    def __index__(self):
        return self.id

    def __repr__(self):
        return f"<CUDA Device {self.id}>"

    def __str__(self):
        return f"cuda:{self.id}"

    def __eq__(self, other):
        if isinstance(other, str):
            return str(self) == other
        return self.id == other.id if isinstance(other, Device) else NotImplemented

    def __lt__(self, other):
        return self.id < other.id if isinstance(other, Device) else NotImplemented

    def __hash__(self):
        return hash(str(self))

    def __enter__(self):
        self._check()
        stack = vars(_entered).setdefault("devices", [])
        stack.append(_core.select_device(self))
        return self

    def __exit__(self, *error):
        _core.select_device(_entered.devices.pop())

    def use(self):
        """Makes this the device of the thread's new arrays; returns the device."""
        self._check()
        _core.select_device(self)
        return self

    def _check(self):
        """Raises CudaError if there is no such device."""
        _cuda.compute_capability(self.id)

    def synchronize(self):
        """Waits for all work on the device, pending arrays included."""
        _cuda.synchronize(self.id)

    @property
    def compute_capability(self):
        """Major and minor as a str: '90'."""
        return "{}{}".format(*_cuda.compute_capability(self.id))

    @property
    def mem_info(self):
        """Free and total bytes of the device's memory."""
        return _cuda.mem_info(self.id)

    @property
    def pci_bus_id(self):
        """The device's place on the PCI bus, such as '0000:04:00.0'."""
        return _cuda.pci_bus_id(self.id)

    @property
    def attributes(self):
        """CUDA's attributes of the device by name, those that it knows."""
        found = {}
        for name, number in ATTRIBUTES.items():
            try:
                found[name] = _cuda.get_attribute(self.id, number)
            except _core.CudaError:
                self._check()  # An attribute newer than the driver is left out.
        return found

    @staticmethod
    def from_pci_bus_id(pci_bus_id):
        """The device at a place on the PCI bus."""
        return Device(_cuda.device_by_pci_bus_id(pci_bus_id))
