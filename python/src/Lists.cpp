// Python's sequences of numbers as nodes, without the way through NumPy.
#include "Lists.h"

#include "Array.h"
#include "Module.h"

#include "numloom/Trace/Transfer.h"

#include <algorithm>
#include <span>
#include <vector>

namespace numloom::python {

namespace {

/// The elements of a list or tuple, else none. Good while nobody changes it.
std::span<PyObject *const> getElements(PyObject *object) {
  if (!PyList_Check(object) && !PyTuple_Check(object))
    return {};
  return {PySequence_Fast_ITEMS(object),
          static_cast<size_t>(PySequence_Fast_GET_SIZE(object))};
}

/// Whether all elements are floats, which then are in `values`.
bool readNumbers(std::span<PyObject *const> elements,
                 std::vector<double> &values) {
  if (!std::ranges::all_of(elements,
                           [](PyObject *x) { return PyFloat_CheckExact(x); }))
    return false;
  for (PyObject *element : elements)
    values.push_back(PyFloat_AS_DOUBLE(element));
  return true;
}

/// The same of integers of int64.
bool readNumbers(std::span<PyObject *const> elements,
                 std::vector<int64_t> &values) {
  for (PyObject *element : elements) {
    int overflow = 1;
    if (PyLong_CheckExact(element))
      values.push_back(PyLong_AsLongLongAndOverflow(element, &overflow));
    if (overflow)
      return false;
  }
  return true;
}

template <typename T>
NodeRef convert(std::span<PyObject *const> elements, DType dtype,
                Device device) {
  std::vector<T> values;
  values.reserve(elements.size());
  if (!readNumbers(elements, values))
    return {};
  auto copy = [&] {
    const int64_t extent = static_cast<int64_t>(values.size());
    return copyFromHost(dtype, {&extent, 1}, values.data(), device);
  };
  if (device.isCpu())
    return copy();
  GilRelease release;
  return copy();
}

/// holds_array(object).
PyObject *holdsArray(PyObject *, PyObject *object) {
  return PyBool_FromLong(std::ranges::any_of(getElements(object), isArray));
}

} // namespace

NodeRef convertNumbers(PyObject *object, std::optional<DType> dtype,
                       Device device) {
  // A class of its own may iterate or convert itself in its own way.
  if (!PyList_CheckExact(object) && !PyTuple_CheckExact(object))
    return {};
  std::span<PyObject *const> elements = getElements(object);
  if (elements.empty())
    return {};
  if (PyFloat_CheckExact(elements[0]) &&
      dtype.value_or(DType::Float64) == DType::Float64)
    return convert<double>(elements, DType::Float64, device);
  if (PyLong_CheckExact(elements[0]) &&
      dtype.value_or(DType::Int64) == DType::Int64)
    return convert<int64_t>(elements, DType::Int64, device);
  return {};
}

PyMethodDef listFunctions[] = {
    {"holds_array", holdsArray, METH_O,
     "holds_array(object, /)\n--\n\nWhether it is a list or tuple with an "
     "array among its elements."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
