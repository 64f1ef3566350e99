// The attributes of `ndarray`.
#include "ArraySlots.h"
#include "Assignment.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Devices.h"
#include "Errors.h"
#include "Flags.h"
#include "Interchange.h"
#include "MemoryOrder.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <array>
#include <numeric>

namespace numloom::python {

namespace {

PyObject *shapeOf(PyObject *self, void *) {
  return guard([&] { return makeTuple(getShape(self)).release(); });
}

int setShapeOf(PyObject *self, PyObject *value, void *) {
  return guardStatus([&] {
    if (!value)
      throwPython(PyExc_AttributeError, "Cannot delete array shape");
    std::optional<Layout> layout =
        reshapeLayout(getLayout(self), parseIntegers(value));
    if (!layout)
      throwPython(PyExc_AttributeError,
                  "Incompatible shape for in-place modification. Use "
                  "`.reshape()` to make a copy with the desired shape.");
    setLayout(self, std::move(*layout));
    return 0;
  });
}

PyObject *dtypeOf(PyObject *self, void *) {
  return guard([&] { return getNumPyDType(getDType(self)).release(); });
}

PyObject *getNDim(PyObject *self, void *) {
  return PyLong_FromLong(getRank(self));
}

int64_t countElements(PyObject *self) {
  int64_t count = 1;
  for (int64_t extent : getShape(self))
    count *= extent;
  return count;
}

PyObject *getSize(PyObject *self, void *) {
  return guard([&] { return PyLong_FromLongLong(countElements(self)); });
}

PyObject *getItemSize(PyObject *self, void *) {
  return PyLong_FromSize_t(getBytes(getDType(self)));
}

PyObject *getNBytes(PyObject *self, void *) {
  return guard([&] {
    return PyLong_FromLongLong(countElements(self) *
                               static_cast<int64_t>(getBytes(getDType(self))));
  });
}

PyObject *getStrides(PyObject *self, void *) {
  return guard([&] {
    Layout layout = getLayout(self);
    int64_t bytes = getElementBytes(self);
    for (int64_t &stride : layout.strides.get())
      stride *= bytes;
    return makeTuple(layout.strides.get()).release();
  });
}

PyObject *getTranspose(PyObject *self, void *) {
  return guard([&] {
    std::array<int64_t, kMaxRank> axes;
    size_t rank = getRank(self);
    std::iota(axes.rend() - rank, axes.rend(), 0);
    return wrapView(self,
                    transposeLayout(getLayout(self), {axes.data(), rank}));
  });
}

PyObject *makePart(PyObject *self, ElementPart part) {
  Layout layout = getLayout(self);
  layout.dtype = getRealDType(layout.dtype);
  layout.part = part;
  return wrapView(self, std::move(layout));
}

PyObject *getReal(PyObject *self, void *) {
  return guard([&] {
    return isComplex(getDType(self)) ? makePart(self, ElementPart::Real)
                                     : Py_NewRef(self);
  });
}

/// In Fortran order if that is the array's; parts of complex numbers are in
/// none.
PyObject *makeZeros(PyObject *self) {
  Layout layout = getLayout(self);
  bool isFortran = layout.part == ElementPart::Whole &&
                   layout.isFortranContiguous() && !layout.isContiguous();
  if (isFortran)
    std::ranges::reverse(layout.shape.get());
  NodeRef node =
      recordConstant(0, layout.shape.get(), getDType(self), getDevice(self));
  AxisOrder order =
      isFortran ? makeFortranOrder(layout.shape.size()) : AxisOrder();
  return wrapInOrder(std::move(node), order);
}

PyObject *getIsScalar(PyObject *self, void *) {
  return PyBool_FromLong(asArray(self)->isScalarLike);
}

PyObject *getImag(PyObject *self, void *) {
  return guard([&] {
    if (isComplex(getDType(self)))
      return makePart(self, ElementPart::Imag);
    markSourceLocation();
    PyObject *zeros = makeZeros(self);
    asArray(zeros)->isReadOnly = true;
    asArray(zeros)->isScalarLike = asArray(self)->isScalarLike;
    return zeros;
  });
}

int setReal(PyObject *self, PyObject *value, void *) {
  return guardStatus([&] {
    if (!value)
      throwPython(PyExc_AttributeError, "Cannot delete array real part");
    PyRef real = PyRef::steal(getReal(self, nullptr));
    markSourceLocation();
    assignElements(real.get(), getLayout(real.get()), value);
    return 0;
  });
}

int setImag(PyObject *self, PyObject *value, void *) {
  return guardStatus([&] {
    if (!value)
      throwPython(PyExc_AttributeError, "Cannot delete array imaginary part");
    if (!isComplex(getDType(self)))
      throwPython(PyExc_TypeError, "array does not have imaginary part to set");
    PyRef imag = PyRef::steal(makePart(self, ElementPart::Imag));
    markSourceLocation();
    assignElements(imag.get(), getLayout(imag.get()), value);
    return 0;
  });
}

PyObject *getFlags(PyObject *self, void *) {
  return guard([&] { return makeFlags(self); });
}

PyObject *getBase(PyObject *self, void *) {
  return guard([&] { return getBaseArray(self); });
}

PyObject *deviceOf(PyObject *self, void *) {
  return guard([&] { return makeDevice(getDevice(self)).release(); });
}

/// Above numpy.ndarray's 0.
PyObject *getPriority(PyObject *, void *) { return PyFloat_FromDouble(1000); }

} // namespace

PyGetSetDef arrayAttributes[] = {
    {"shape", shapeOf, setShapeOf, "Extents of the axes.", nullptr},
    {"dtype", dtypeOf, nullptr, "Type of the elements, a numpy.dtype.",
     nullptr},
    {"ndim", getNDim, nullptr, "Number of axes.", nullptr},
    {"size", getSize, nullptr, "Number of elements.", nullptr},
    {"itemsize", getItemSize, nullptr, "Bytes of one element.", nullptr},
    {"nbytes", getNBytes, nullptr, "Bytes of all elements.", nullptr},
    {"strides", getStrides, nullptr,
     "Bytes from one element to the next, for each axis.", nullptr},
    {"T", getTranspose, nullptr, "The array with its axes reversed.", nullptr},
    {"real", getReal, setReal, "The real part.", nullptr},
    {"imag", getImag, setImag, "The imaginary part.", nullptr},
    {"flags", getFlags, nullptr, "Facts of the memory layout.", nullptr},
    {"base", getBase, nullptr,
     "The array that owns the elements, if this is a view of one.", nullptr},
    {"device", deviceOf, nullptr,
     "Where the array lies: 'cpu' or a numloom.cuda.Device.", nullptr},
    {"__cuda_array_interface__", getCudaArrayInterface, nullptr,
     "Where the elements lie on a GPU, for other libraries.", nullptr},
    {"_is_scalar", getIsScalar, nullptr,
     "Whether the value is an immutable scalar in NumPy.", nullptr},
    {"__array_priority__", getPriority, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

} // namespace numloom::python
