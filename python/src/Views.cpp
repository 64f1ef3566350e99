// Functions that make views, and that tell what views share.
#include "Buffer.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Errors.h"
#include "Module.h"
#include "SharedMemory.h"
#include "SourceLocation.h"

namespace numloom::python {

namespace {

using MakeLayoutFn = std::optional<Layout> (*)(const Layout &,
                                               std::span<const int64_t>);

/// view(array, integers)
template <MakeLayoutFn makeLayout>
PyObject *view(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 2 || !isArray(arguments[0]))
      throwPython(PyExc_TypeError, "expected an ndarray and integers");
    std::vector<int64_t> values = parseIntegers(arguments[1]);
    PyObject *array = arguments[0];
    if (std::optional<Layout> layout = makeLayout(getLayout(array), values))
      return wrapView(array, std::move(*layout));
    // Only a reshape has no layout: NumPy copies then.
    markSourceLocation();
    return wrapNode(makeReshape(getNodeRef(array), values));
  });
}

template <auto makeLayout>
std::optional<Layout> makeAlways(const Layout &layout,
                                 std::span<const int64_t> values) {
  return makeLayout(layout, values);
}

template <auto makeLayout>
PyMethodDef viewFunction(const char *name, const char *doc) {
  return {name, asCFunction(view<makeAlways<makeLayout>>), METH_FASTCALL, doc};
}

PyObject *asStrided(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array, *shapeObject, *stridesObject;
    if (!PyArg_ParseTuple(args, "O!OO:as_strided", arrayType, &array,
                          &shapeObject, &stridesObject))
      throw PythonError();
    std::vector<int64_t> shape = parseIntegers(shapeObject);
    std::vector<int64_t> strides = parseIntegers(stridesObject);
    int64_t bytes = getElementBytes(array);
    for (int64_t &stride : strides) {
      if (stride % bytes)
        throwPython(PyExc_ValueError,
                    "strides must be multiples of the element size");
      stride /= bytes;
    }
    return wrapView(array, stridedLayout(getLayout(array), 0, shape, strides));
  });
}

PyObject *viewBits(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array, *dtypeObject;
    if (!PyArg_ParseTuple(args, "O!O:view_bits", arrayType, &array,
                          &dtypeObject))
      throw PythonError();
    return wrapView(array,
                    bitsLayout(getLayout(array), parseDType(dtypeObject)));
  });
}

/// The layout of elements of `from` bytes in `memory`, whose elements have `to`
/// bytes; raises what NumPy raises.
Layout resizeElements(const Layout &layout, const Layout &memory, int64_t from,
                      int64_t to) {
  size_t rank = layout.shape.size();
  if (rank == 0)
    throwPython(PyExc_ValueError,
                "Changing the dtype of a 0d array is only supported if the "
                "itemsize is unchanged");
  int64_t length = layout.shape[rank - 1] * from;
  if (layout.shape[rank - 1] != 1 && layout.strides[rank - 1] != 1)
    throwPython(PyExc_ValueError,
                "To change to a dtype of a different size, the last axis must "
                "be contiguous");
  if (length % to)
    throwPython(PyExc_ValueError,
                "When changing to a larger dtype, its size must be a divisor "
                "of the total size in bytes of the last axis of the array.");
  auto resize = [&](int64_t elements) {
    if (elements * from % to)
      throwPython(PyExc_NotImplementedError,
                  "views at addresses that are no multiple of the item size");
    return elements * from / to;
  };
  int64_t shape[kMaxRank], strides[kMaxRank];
  for (size_t i = 0; i + 1 < rank; ++i) {
    shape[i] = layout.shape[i];
    strides[i] = shape[i] == 1 ? 0 : resize(layout.strides[i]);
  }
  shape[rank - 1] = length / to;
  strides[rank - 1] = 1;
  return stridedLayout(memory, resize(layout.offset), {shape, rank},
                       {strides, rank});
}

/// view_memory(array, dtype): the bytes as any other elements. Two
/// buffers see the memory from then on, so that each updates it at once.
PyObject *viewMemory(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array, *dtypeObject;
    if (!PyArg_ParseTuple(args, "O!O:view_memory", arrayType, &array,
                          &dtypeObject))
      throw PythonError();
    DType dtype = parseDType(dtypeObject);
    Layout layout = getLayout(array);
    if (layout.dtype != getBufferDType(array))
      throwPython(PyExc_NotImplementedError,
                  "a view of parts of elements keeps their size");
    int64_t from = getElementBytes(array);
    int64_t to = static_cast<int64_t>(getBytes(dtype));
    int64_t count = layout.bufferSize * from / to;
    Layout resized =
        from == to
            ? bitsLayout(layout, dtype)
            : resizeElements(layout, Layout::makeWhole(dtype, {&count, 1}),
                             from, to);
    NodeRef memory = exposeMemory(array);
    memory->getStorage()->addSharer();
    PyRef elements = PyRef::steal(wrapMemory(
        makeLeaf(dtype, {&count, 1}, memory->getStorage(), memory->getOffset()),
        !asArray(array)->isReadOnly));
    return wrapView(elements.get(), std::move(resized));
  });
}

/// Calls `compare` with the layouts of two arrays of one buffer.
template <auto compare>
PyObject *compareLayouts(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "O!O!", arrayType, &a, arrayType, &b))
      throw PythonError();
    return PyBool_FromLong(shareBuffer(a, b) &&
                           compare(getLayout(a), getLayout(b)));
  });
}

PyObject *freeze(PyObject *, PyObject *array) {
  return guard([&] {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected an ndarray");
    setReadOnly(array, true);
    return Py_NewRef(array);
  });
}

/// Nodes never change, so that a copy is another array on the same node.
PyObject *copy(PyObject *, PyObject *array) {
  return guard([&] {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected an ndarray");
    return wrapNode(getNodeRef(array));
  });
}

PyObject *own(PyObject *, PyObject *array) {
  return guard([&] {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected an ndarray");
    makeOwner(array);
    return Py_NewRef(array);
  });
}

} // namespace

PyMethodDef viewFunctions[] = {
    viewFunction<reshapeLayout>("reshape",
                                "reshape(a, shape, /)\n--\n\nThe elements in "
                                "row-major order; one extent may be -1."),
    viewFunction<transposeLayout>("transpose",
                                  "transpose(a, axes, /)\n--\n\nAxis i of the "
                                  "result is axis axes[i]."),
    viewFunction<broadcastLayout>("broadcast_to",
                                  "broadcast_to(a, shape, /)\n--\n\nThe array "
                                  "repeated along new and unit axes."),
    viewFunction<expandDimsOfLayout>(
        "expand_dims", "expand_dims(a, axes, /)\n--\n\nNew unit axes "
                       "at these axes of the result."),
    viewFunction<squeezeLayout>("squeeze",
                                "squeeze(a, axes, /)\n--\n\nThe array "
                                "without these unit axes."),
    viewFunction<diagonalLayout>("diagonal",
                                 "diagonal(a, arguments, /)\n--\n\nThe "
                                 "diagonal of (offset, axis1, axis2) as the "
                                 "last axis."),
    {"as_strided", asStrided, METH_VARARGS,
     "as_strided(a, shape, strides, /)\n--\n\nThe elements from the first one "
     "on at any strides, in bytes."},
    {"view_bits", viewBits, METH_VARARGS,
     "view_bits(a, dtype, /)\n--\n\nThe bits of real elements as another real "
     "dtype of the same size."},
    {"view_memory", viewMemory, METH_VARARGS,
     "view_memory(a, dtype, /)\n--\n\nThe bytes as elements of another size, "
     "or complex ones as real ones or the reverse; computes the array."},
    {"may_share_memory", compareLayouts<haveCommonRange>, METH_VARARGS,
     "may_share_memory(a, b, /)\n--\n\nWhether the ranges of two arrays "
     "overlap."},
    {"shares_memory", compareLayouts<haveCommonElement>, METH_VARARGS,
     "shares_memory(a, b, /)\n--\n\nWhether two arrays have elements in "
     "common."},
    {"freeze", freeze, METH_O,
     "freeze(a, /)\n--\n\nMakes the array read-only; returns it."},
    {"copy", copy, METH_O,
     "copy(a, /)\n--\n\nThe elements in C order as an array that shares "
     "memory with no other."},
    {"own", own, METH_O,
     "own(a, /)\n--\n\nMakes `a`, the only view of an array that nobody else "
     "sees, the owner of its elements; returns it."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
