"""Types of the methods that numloom._methods attaches to the extension's ndarray."""

from collections.abc import Sequence
from typing import Any, Literal, SupportsIndex, type_check_only

import numpy
from numpy.typing import ArrayLike, DTypeLike

from ._core import ndarray
from .cuda import Device, MemoryPointer
from .cuda._stream import _BaseStream

_Casting = Literal["no", "equiv", "safe", "same_kind", "unsafe"]
_Mode = Literal["raise", "wrap", "clip"]
_Axes = SupportsIndex | Sequence[SupportsIndex] | None
_Operand = ndarray | ArrayLike
_DeviceLike = str | Device | ndarray

@type_check_only
class Methods:
    """The part of ndarray that is written in Python."""

    def all(
        self,
        axis: _Axes = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        *,
        where: _Operand = True,
    ) -> ndarray: ...
    def any(
        self,
        axis: _Axes = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        *,
        where: _Operand = True,
    ) -> ndarray: ...
    def argmax(
        self,
        axis: SupportsIndex | None = None,
        out: ndarray | None = None,
        *,
        keepdims: bool = False,
    ) -> ndarray: ...
    def argmin(
        self,
        axis: SupportsIndex | None = None,
        out: ndarray | None = None,
        *,
        keepdims: bool = False,
    ) -> ndarray: ...
    def argpartition(
        self,
        kth: SupportsIndex | Sequence[SupportsIndex],
        axis: SupportsIndex | None = -1,
        kind: str = "introselect",
        order: None = None,
    ) -> ndarray: ...
    def argsort(
        self,
        axis: SupportsIndex | None = -1,
        kind: str | None = None,
        order: None = None,
        *,
        stable: bool | None = None,
        descending: bool = False,
    ) -> ndarray: ...
    def astype(
        self,
        dtype: DTypeLike,
        order: str = "K",
        casting: _Casting = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> ndarray: ...
    def choose(
        self,
        choices: Sequence[_Operand] | ndarray,
        out: ndarray | None = None,
        mode: _Mode = "raise",
    ) -> ndarray: ...
    def clip(
        self,
        min: _Operand | None = None,
        max: _Operand | None = None,
        out: ndarray | None = None,
        **kwargs: Any,
    ) -> ndarray: ...
    def compress(
        self,
        condition: _Operand,
        axis: SupportsIndex | None = None,
        out: ndarray | None = None,
    ) -> ndarray: ...
    def conj(self, out: ndarray | None = None) -> ndarray: ...
    def conjugate(self, out: ndarray | None = None) -> ndarray: ...
    def copy(self, order: str = "C") -> ndarray: ...
    def cumprod(
        self,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
    ) -> ndarray: ...
    def cumsum(
        self,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
    ) -> ndarray: ...
    @property
    def data(self) -> memoryview | MemoryPointer: ...
    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> ndarray: ...
    def dot(self, b: _Operand, out: ndarray | None = None) -> ndarray: ...
    def flatten(self, order: str = "C") -> ndarray: ...
    def get(
        self,
        stream: _BaseStream | None = None,
        order: str = "C",
        out: numpy.ndarray[Any, Any] | None = None,
        blocking: bool = True,
    ) -> numpy.ndarray[Any, Any]: ...
    def max(
        self,
        axis: _Axes = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: Any = ...,
        where: _Operand = True,
    ) -> ndarray: ...
    def mean(
        self,
        axis: _Axes = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        *,
        where: _Operand = True,
    ) -> ndarray: ...
    def min(
        self,
        axis: _Axes = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: Any = ...,
        where: _Operand = True,
    ) -> ndarray: ...
    def nonzero(self) -> tuple[ndarray, ...]: ...
    def partition(
        self,
        kth: SupportsIndex | Sequence[SupportsIndex],
        axis: SupportsIndex = -1,
        kind: str = "introselect",
        order: None = None,
    ) -> None: ...
    def prod(
        self,
        axis: _Axes = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: Any = ...,
        where: _Operand = True,
    ) -> ndarray: ...
    def ptp(
        self,
        axis: _Axes = None,
        out: ndarray | None = None,
        keepdims: bool = False,
    ) -> ndarray: ...
    def put(self, ind: _Operand, v: _Operand, mode: _Mode = "raise") -> None: ...
    def ravel(self, order: str = "C") -> ndarray: ...
    def fill(self, value: Any) -> None: ...
    def setflags(
        self,
        write: bool | None = None,
        align: bool | None = None,
        uic: bool | None = None,
    ) -> None: ...
    def view(self, dtype: DTypeLike | None = None, type: Any = None) -> ndarray: ...
    def repeat(
        self, repeats: _Operand, axis: SupportsIndex | None = None
    ) -> ndarray: ...
    def reshape(
        self,
        *shape: SupportsIndex | Sequence[SupportsIndex],
        order: str = "C",
        copy: bool | None = None,
    ) -> ndarray: ...
    def round(
        self, decimals: SupportsIndex = 0, out: ndarray | None = None
    ) -> ndarray: ...
    def searchsorted(
        self, v: _Operand, side: str = "left", sorter: _Operand | None = None
    ) -> ndarray: ...
    def set(
        self, arr: numpy.ndarray[Any, Any], stream: _BaseStream | None = None
    ) -> None: ...
    def sort(
        self,
        axis: SupportsIndex = -1,
        kind: str | None = None,
        order: None = None,
        *,
        stable: bool | None = None,
    ) -> None: ...
    def squeeze(self, axis: _Axes = None) -> ndarray: ...
    def std(
        self,
        axis: _Axes = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: _Operand = True,
        mean: _Operand = ...,
        correction: float = ...,
    ) -> ndarray: ...
    def sum(
        self,
        axis: _Axes = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
        keepdims: bool = False,
        initial: Any = ...,
        where: _Operand = True,
    ) -> ndarray: ...
    def swapaxes(self, axis1: SupportsIndex, axis2: SupportsIndex) -> ndarray: ...
    def take(
        self,
        indices: _Operand,
        axis: SupportsIndex | None = None,
        out: ndarray | None = None,
        mode: _Mode = "raise",
    ) -> ndarray: ...
    def toDlpack(self) -> object: ...
    def to_device(
        self, device: _DeviceLike, /, *, stream: _BaseStream | None = None
    ) -> ndarray: ...
    def trace(
        self,
        offset: SupportsIndex = 0,
        axis1: SupportsIndex = 0,
        axis2: SupportsIndex = 1,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
    ) -> ndarray: ...
    def transpose(
        self, *axes: SupportsIndex | Sequence[SupportsIndex] | None
    ) -> ndarray: ...
    def var(
        self,
        axis: _Axes = None,
        dtype: DTypeLike | None = None,
        out: ndarray | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: _Operand = True,
        mean: _Operand = ...,
        correction: float = ...,
    ) -> ndarray: ...

def attach() -> None: ...
