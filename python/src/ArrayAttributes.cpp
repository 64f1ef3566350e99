// The attributes of `ndarray`.
#include "Array.h"
#include "ArraySlots.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Devices.h"
#include "Flags.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace numloom::python {

namespace {

PyObject *getShape(PyObject *self, void *) {
  return guard([&] { return makeTuple(getNode(self).getShape()).release(); });
}

PyObject *getDType(PyObject *self, void *) {
  return guard(
      [&] { return getNumPyDType(getNode(self).getDType()).release(); });
}

PyObject *getNDim(PyObject *self, void *) {
  return PyLong_FromLong(getNode(self).getRank());
}

PyObject *getSize(PyObject *self, void *) {
  return PyLong_FromLongLong(getNode(self).getNumElements());
}

PyObject *getItemSize(PyObject *self, void *) {
  return PyLong_FromSize_t(getBytes(getNode(self).getDType()));
}

PyObject *getNBytes(PyObject *self, void *) {
  return PyLong_FromLongLong(getNode(self).getNumBytes());
}

/// In bytes; of an array that is not in memory yet, those it will have there.
PyObject *getStrides(PyObject *self, void *) {
  return guard([&] {
    const Node &node = getNode(self);
    std::array<int64_t, kMaxRank> strides;
    int64_t bytes = getBytes(node.getDType());
    size_t rank = node.getRank();
    if (node.isEvaluated()) {
      std::ranges::transform(node.getStrides(), strides.begin(),
                             [&](int64_t stride) { return stride * bytes; });
    } else {
      for (size_t i = rank; i-- > 0; bytes *= node.getShape()[i])
        strides[i] = bytes;
    }
    return makeTuple({strides.data(), rank}).release();
  });
}

PyObject *getTranspose(PyObject *self, void *) {
  return guard([&] {
    markSourceLocation();
    std::array<int64_t, kMaxRank> axes;
    size_t rank = getNode(self).getRank();
    std::iota(axes.rend() - rank, axes.rend(), 0);
    std::span<const int64_t> reversed(axes.data(), rank);
    return wrapView(self, makeTranspose(getNodeRef(self), reversed));
  });
}

PyObject *getReal(PyObject *self, void *) {
  return guard([&] {
    markSourceLocation();
    const Node &node = getNode(self);
    if (!isComplex(node.getDType()))
      return Py_NewRef(self);
    return wrapView(self,
                    record(OpCode::Real, {&getNodeRef(self), 1},
                           node.getShape(), getRealDType(node.getDType())));
  });
}

PyObject *getImag(PyObject *self, void *) {
  return guard([&] {
    markSourceLocation();
    const Node &node = getNode(self);
    if (isComplex(node.getDType()))
      return wrapView(self,
                      record(OpCode::Imag, {&getNodeRef(self), 1},
                             node.getShape(), getRealDType(node.getDType())));
    const int64_t zero = 0;
    return wrapNode(recordCreation(OpCode::Constant, node.getShape(),
                                   node.getDType(), {&zero, 1},
                                   node.getDevice()));
  });
}

PyObject *getFlags(PyObject *self, void *) {
  return guard([&] { return makeFlags(*asArray(self)); });
}

PyObject *getBase(PyObject *, void *) { Py_RETURN_NONE; }

PyObject *getDevice(PyObject *self, void *) {
  return guard([&] { return makeDevice(getNode(self).getDevice()).release(); });
}

/// Above numpy.ndarray's 0.
PyObject *getPriority(PyObject *, void *) { return PyFloat_FromDouble(1000); }

} // namespace

PyGetSetDef arrayAttributes[] = {
    {"shape", getShape, nullptr, "Extents of the axes.", nullptr},
    {"dtype", getDType, nullptr, "Type of the elements, a numpy.dtype.",
     nullptr},
    {"ndim", getNDim, nullptr, "Number of axes.", nullptr},
    {"size", getSize, nullptr, "Number of elements.", nullptr},
    {"itemsize", getItemSize, nullptr, "Bytes of one element.", nullptr},
    {"nbytes", getNBytes, nullptr, "Bytes of all elements.", nullptr},
    {"strides", getStrides, nullptr,
     "Bytes from one element to the next, for each axis.", nullptr},
    {"T", getTranspose, nullptr, "The array with its axes reversed.", nullptr},
    {"real", getReal, nullptr, "The real part.", nullptr},
    {"imag", getImag, nullptr, "The imaginary part.", nullptr},
    {"flags", getFlags, nullptr, "Facts of the memory layout.", nullptr},
    {"base", getBase, nullptr, "None: an array owns what it shows.", nullptr},
    {"device", getDevice, nullptr,
     "Where the array lies: 'cpu' or a numloom.cuda.Device.", nullptr},
    {"__array_priority__", getPriority, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

} // namespace numloom::python
