"""The functions of NumPy that the GPU programs call, in PyTorch's terms."""

import torch
from torch import *  # noqa: F403  most names and arguments are NumPy's


def max(x, axis, keepdims=False):
    return torch.amax(x, dim=axis, keepdim=keepdims)


def maximum(x, y):
    return torch.clamp(x, min=y)


def var(x, axis, keepdims=False):
    return torch.var(x, dim=axis, correction=0, keepdim=keepdims)


def std(x, axis, keepdims=False):
    return torch.std(x, dim=axis, correction=0, keepdim=keepdims)


def sort(x):
    return torch.sort(x).values


def unique(x, axis=None):
    return torch.unique(x, dim=axis)


def histogram(x, bins):
    return (torch.histc(x, bins),)


def median(x, axis=None):
    return torch.median(x) if axis is None else torch.median(x, dim=axis).values


def partition(x, kth):
    """There is none: what PyTorch offers for any `kth` is sorting."""
    return sort(x)
