// Functions that make places of indices, and what is known of these.
#include "Array.h"
#include "Checks.h"
#include "Errors.h"
#include "IndexPlaces.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <span>

namespace numloom::python {

namespace {

/// The arguments (index, extent, wraps).
struct PlacesCall {
  PyObject *index;
  IndexBounds bounds;

  explicit PlacesCall(PyObject *args) {
    long long extent;
    int wraps;
    if (!PyArg_ParseTuple(args, "O!Lp", arrayType, &index, &extent, &wraps))
      throw PythonError();
    if (!isInteger(getDType(index)) || extent < 1)
      throwPython(PyExc_ValueError, "expected integers and entries");
    bounds = {extent, wraps != 0};
  }
  NodeRef getWide() const {
    return recordCast(getNodeRef(index), DType::Int64);
  }
};

/// find_places(index, extent, wraps): see recordPlaces.
PyObject *findPlacesOf(PyObject *, PyObject *args) {
  return guard([&] {
    PlacesCall call(args);
    markSourceLocation();
    auto [places, report] = recordPlaces(call.getWide(), call.bounds);
    PyRef reported = PyRef::steal(wrapNode(std::move(report)));
    return PyTuple_Pack(2, PyRef::steal(wrapNode(std::move(places))).get(),
                        reported.get());
  });
}

/// Makes a range known where a report of recordTargets() finds it.
PyRef makeRangeNote(Node &index, IndexBounds bounds) {
  auto note = [facts = getIndexFacts(index),
               bounds](std::optional<uint64_t> found) {
    bool areNegative = found == kSomeAreNegative && bounds.wraps;
    if (found != 0 && !areNegative)
      return false;
    int64_t least = areNegative ? bounds.getLeast() : 0;
    noteRange(*facts, {least, bounds.extent - 1});
    return true;
  };
  return makeNote(std::move(note));
}

/// find_targets(index, extent, wraps): see recordTargets.
PyObject *findTargets(PyObject *, PyObject *args) {
  return guard([&] {
    PlacesCall call(args);
    markSourceLocation();
    IndexTargets targets = recordTargets(call.getWide(), call.bounds);
    PyRef report = PyRef::steal(wrapNode(std::move(targets.places.report)));
    PyRef note = makeRangeNote(getNode(call.index), call.bounds);
    return PyTuple_Pack(
        4, PyRef::steal(wrapNode(std::move(targets.places.places))).get(),
        PyRef::steal(wrapNode(std::move(targets.areInside))).get(),
        report.get(), note.get());
  });
}

/// known_places(index, extent, wraps).
PyObject *getKnownPlaces(PyObject *, PyObject *args) {
  return guard([&] {
    PlacesCall call(args);
    markSourceLocation();
    NodeRef places = findPlaces(getNodeRef(call.index), call.bounds);
    return places ? wrapNode(std::move(places)) : Py_NewRef(Py_None);
  });
}

PyObject *makePair(IntegerRange range) {
  return Py_BuildValue("LL", static_cast<long long>(range.least),
                       static_cast<long long>(range.most));
}

/// known_range(array).
PyObject *getKnownRangeOf(PyObject *, PyObject *array) {
  return guard([&]() -> PyObject * {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    if (std::optional<IntegerRange> range = findKnownRange(getNode(array)))
      return makePair(*range);
    Py_RETURN_NONE;
  });
}

/// note_range(array, least, most).
PyObject *noteRangeOf(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array;
    long long least, most;
    if (!PyArg_ParseTuple(args, "O!LL", arrayType, &array, &least, &most))
      throw PythonError();
    noteRange(*getIndexFacts(getNode(array)), {least, most});
    Py_RETURN_NONE;
  });
}

/// note_direction(array, direction).
PyObject *noteDirectionOf(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array;
    int direction;
    if (!PyArg_ParseTuple(args, "O!i", arrayType, &array, &direction))
      throw PythonError();
    noteDirection(*getIndexFacts(getNode(array)), direction);
    Py_RETURN_NONE;
  });
}

/// known_direction(array).
PyObject *getKnownDirection(PyObject *, PyObject *array) {
  return guard([&] {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    return PyLong_FromLong(findDirection(getNode(array)));
  });
}

template <typename T>
PyObject *makeRange(const Node &node) {
  std::span elements(static_cast<const T *>(node.getData()),
                     static_cast<size_t>(node.getNumElements()));
  auto [least, most] = std::ranges::minmax_element(elements);
  return makePair({*least, *most});
}

/// find_range(array): the least and the greatest element, if that is a matter
/// of looking at a few in the host's memory.
PyObject *findRange(PyObject *, PyObject *array) {
  return guard([&]() -> PyObject * {
    // More are looked at faster by a kernel on all cores.
    constexpr int64_t kMostElements = 1 << 14;
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    NodeRef node = getNodeRef(array);
    bool isAtHand =
        node->isScalar() || (node->isEvaluated() && node->getDevice().isCpu() &&
                             node->isContiguous());
    int64_t size = node->getNumElements();
    if (isAtHand && size > 0 && size <= kMostElements) {
      if (node->getDType() == DType::Int64)
        return makeRange<int64_t>(*node);
      if (node->getDType() == DType::Int32)
        return makeRange<int32_t>(*node);
    }
    Py_RETURN_NONE;
  });
}

} // namespace

PyMethodDef indexFunctions[] = {
    {"find_places", findPlacesOf, METH_VARARGS,
     "find_places(index, extent, wraps, /)\n--\n\nThe integers `index` in "
     "[0, extent), as int64, and a report of how far the farthest lies from "
     "there."},
    {"find_targets", findTargets, METH_VARARGS,
     "find_targets(index, extent, wraps, /)\n--\n\nThe same for an update: "
     "the places, a 0-d bool array that says whether all were in bounds, the "
     "report, and a note that makes known what a check finds right."},
    {"known_places", getKnownPlaces, METH_VARARGS,
     "known_places(index, extent, wraps, /)\n--\n\nThe integers `index` in "
     "[0, extent), as int64, if they are known to be in bounds; else None."},
    {"known_range", getKnownRangeOf, METH_O,
     "known_range(array, /)\n--\n\nTwo numbers between which all integers of "
     "the array lie, if some were noted and nobody can have changed it."},
    {"note_range", noteRangeOf, METH_VARARGS,
     "note_range(array, least, most, /)\n--\n\nMakes known that all integers "
     "of the array lie between two numbers."},
    {"known_direction", getKnownDirection, METH_O,
     "known_direction(array, /)\n--\n\n1 if the elements of the vector are "
     "known to ascend, -1 if to descend, and nobody can have changed them; "
     "else 0."},
    {"note_direction", noteDirectionOf, METH_VARARGS,
     "note_direction(array, direction, /)\n--\n\nMakes known that the "
     "elements of the vector ascend, 1, or descend, -1."},
    {"find_range", findRange, METH_O,
     "find_range(array, /)\n--\n\nThe least and the greatest element of a few "
     "integers in the host's memory; else None."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
