// What `a[key] = value` stores: values of any kind, converted as NumPy does.
#ifndef NUMLOOM_PYTHON_ASSIGNMENT_H
#define NUMLOOM_PYTHON_ASSIGNMENT_H

#include "Buffer.h"

namespace numloom::python {

/// `value` as the elements of an array of `dtype` on `device`, in the shape
/// that it has: converted under the rule 'unsafe', Python's numbers with the
/// errors that NumPy raises for them.
NodeRef convertValue(PyObject *value, DType dtype, Device device);

/// Gives the elements of `array` in `layout` those of `value`. Raises what
/// NumPy raises where the shape does not fit or the array is read-only.
void assignElements(PyObject *array, const Layout &layout, PyObject *value);
/// The same for a layout of one element that integers alone selected.
void assignElement(PyObject *array, const Layout &layout, PyObject *value);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_ASSIGNMENT_H
