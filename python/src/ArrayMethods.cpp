// The methods of `ndarray` that are not written in Python: conversions, copies
// and pickling.
#include "Array.h"
#include "ArraySlots.h"
#include "Convert.h"
#include "Errors.h"
#include "Interchange.h"
#include "MemoryOrder.h"
#include "Ufunc.h"

namespace numloom::python {

namespace {

PyRef toNumPy(PyObject *self) {
  // A copy of the reference: another thread may rebind the array meanwhile.
  return convertToNumPy(NodeRef(getNodeRef(self)));
}

/// The numpy.dtype that `object` names; empty for null and None.
PyRef parseNumPyDType(PyObject *object) {
  PyArray_Descr *descr = nullptr;
  if (!object || object == Py_None)
    return {};
  if (PyArray_DescrConverter(object, &descr) != NPY_SUCCEED)
    throw PythonError();
  return PyRef::steal(reinterpret_cast<PyObject *>(descr));
}

[[noreturn]] void throwCopyNeeded() {
  throwPython(PyExc_ValueError,
              "Unable to avoid copy while creating an array as requested.");
}

bool isOnGpu(PyObject *self) {
  const Node &node = getNode(self);
  return node.getDevice().isCuda() && !node.isScalar();
}

/// NumPy's array with another dtype, or of memory of its own.
PyObject *adaptNumPy(PyRef array, PyRef dtype, CopyMode mode) {
  auto *source = reinterpret_cast<PyArrayObject *>(array.get());
  auto *descr = reinterpret_cast<PyArray_Descr *>(dtype.get());
  if (descr && !PyArray_EquivTypes(descr, PyArray_DESCR(source))) {
    if (mode == CopyMode::Never)
      throwCopyNeeded();
    dtype.release(); // The call takes it over.
    return PyArray_CastToType(source, descr, 0);
  }
  if (mode == CopyMode::Always)
    return PyArray_NewCopy(source, NPY_CORDER);
  return array.release();
}

PyObject *array(PyObject *self, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    static const char *names[] = {"dtype", "copy", nullptr};
    PyObject *dtype = nullptr, *copy = nullptr;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$O:__array__",
                                     const_cast<char **>(names), &dtype, &copy))
      throw PythonError();
    CopyMode mode = parseCopyMode(copy);
    if (isOnGpu(self)) {
      if (mode == CopyMode::Never)
        throwCopyNeeded();
      // What comes from there is a copy already.
      mode = CopyMode::IfNeeded;
    }
    PyRef wanted = parseNumPyDType(dtype);
    return adaptNumPy(mode == CopyMode::Never ? shareWithNumPy(self)
                                              : toNumPy(self),
                      std::move(wanted), mode);
  });
}

PyObject *item(PyObject *self, PyObject *args) {
  return guard([&] {
    PyRef method =
        PyRef::steal(PyObject_GetAttrString(toNumPy(self).get(), "item"));
    return PyObject_Call(method.get(), args, nullptr);
  });
}

PyObject *toList(PyObject *self, PyObject *) {
  return guard([&] {
    return PyObject_CallMethod(toNumPy(self).get(), "tolist", nullptr);
  });
}

PyObject *toComplex(PyObject *self, PyObject *) {
  return guard([&] {
    if (getNode(self).getRank() != 0)
      throwPython(
          PyExc_TypeError,
          "only 0-dimensional arrays can be converted to Python scalars");
    return PyObject_CallMethod(toNumPy(self).get(), "__complex__", nullptr);
  });
}

PyObject *copy(PyObject *self, PyObject *) {
  return guard([&] { return copyInOrder(self, getDType(self)); });
}

PyObject *evaluateSelf(PyObject *self, PyObject *) {
  return guard([&] {
    evaluateNode(NodeRef(getNodeRef(self)));
    return Py_NewRef(self);
  });
}

/// Pickles as NumPy's array of the same value.
PyObject *reduce(PyObject *self, PyObject *) {
  return guard([&] {
    PyRef module = PyRef::steal(PyImport_ImportModule("numloom._core"));
    PyRef asarray =
        PyRef::steal(PyObject_GetAttrString(module.get(), "asarray"));
    PyRef value = toNumPy(self);
    return Py_BuildValue("O(O)", asarray.get(), value.get());
  });
}

PyObject *sizeOf(PyObject *self, PyObject *) {
  const Node &node = getNode(self);
  int64_t bytes = Py_TYPE(self)->tp_basicsize + sizeof(Node) +
                  (node.isEvaluated() ? node.getNumBytes() : 0);
  return PyLong_FromLongLong(bytes);
}

} // namespace

PyMethodDef arrayMethods[] = {
    {"__array__", asCFunction(array), METH_VARARGS | METH_KEYWORDS,
     "__array__(dtype=None, *, copy=None)\n--\n\nThe value as a numpy.ndarray; "
     "read-only unless copied. With copy=False it shares the array's memory."},
    {"__array_ufunc__", asCFunction(dispatchNumPyUfunc),
     METH_VARARGS | METH_KEYWORDS, nullptr},
    {"__dlpack__", asCFunction(exportDLPack), METH_VARARGS | METH_KEYWORDS,
     "__dlpack__($self, /, *, stream=None, max_version=None, dl_device=None, "
     "copy=None)\n--\n\nThe array's memory as a DLPack capsule. BufferError "
     "where a device or copy=False cannot be had."},
    {"__dlpack_device__", getDLPackDevice, METH_NOARGS,
     "__dlpack_device__($self, /)\n--\n\nDLPack's type and number of the "
     "device: (1, 0) is the CPU, (2, n) a GPU."},
    {"item", item, METH_VARARGS,
     "item(*args)\n--\n\nAn element as a Python number; by default the only "
     "one."},
    {"tolist", toList, METH_NOARGS,
     "tolist()\n--\n\nThe elements as nested lists of Python numbers."},
    {"__complex__", toComplex, METH_NOARGS, nullptr},
    {"__copy__", copy, METH_NOARGS, nullptr},
    {"__deepcopy__", copy, METH_O, nullptr},
    {"_evaluate", evaluateSelf, METH_NOARGS,
     "_evaluate()\n--\n\nComputes the elements now; returns the array."},
    {"__reduce__", reduce, METH_NOARGS, nullptr},
    {"__sizeof__", sizeOf, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
