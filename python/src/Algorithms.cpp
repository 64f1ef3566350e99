// Library algorithms: sorting, selecting, searching, counting. Arguments are
// checked by Python code; these functions take arrays of the right dtypes.
#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"

#include "numloom/Trace/Algorithms.h"

#include <algorithm>

namespace numloom::python {

namespace {

/// Runs `algorithm()` without the GIL and wraps the node that it returns.
template <typename Algorithm>
PyObject *runAlgorithm(Algorithm &&algorithm) {
  NodeRef result;
  {
    GilRelease release;
    result = algorithm();
  }
  return wrapNode(std::move(result));
}

const NodeRef &parseArray(PyObject *object) {
  if (!isArray(object))
    throwPython(PyExc_TypeError, "expected a numloom.ndarray, not %s",
                Py_TYPE(object)->tp_name);
  return getNodeRef(object);
}

const NodeRef &parseRows(PyObject *object) {
  const NodeRef &node = parseArray(object);
  if (node->getRank() == 0)
    throwPython(PyExc_ValueError, "expected an array with an axis");
  return node;
}

const NodeRef &parseArrayOf(PyObject *object, DType dtype) {
  const NodeRef &node = parseArray(object);
  if (node->getDType() != dtype)
    throwPython(PyExc_TypeError, "expected an array of %s", getName(dtype));
  return node;
}

using AlongAxisFn = NodeRef(const NodeRef &);

template <AlongAxisFn *algorithm>
PyObject *alongAxis(PyObject *, PyObject *array) {
  return guard([&] {
    NodeRef node = parseRows(array);
    return runAlgorithm([&] { return algorithm(node); });
  });
}

using AtRanksFn = NodeRef(const NodeRef &, std::span<const int64_t>);

template <AtRanksFn *algorithm>
PyObject *atRanks(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array, *rankObject;
    if (!PyArg_ParseTuple(args, "OO", &array, &rankObject))
      throw PythonError();
    NodeRef node = parseRows(array);
    std::vector<int64_t> ranks = parseIntegers(rankObject);
    std::ranges::sort(ranks);
    int64_t length = node->getShape().back();
    if (!ranks.empty() && (ranks.front() < 0 || ranks.back() >= length))
      throwPython(PyExc_ValueError, "kth out of bounds");
    return runAlgorithm([&] { return algorithm(node, ranks); });
  });
}

PyObject *searchsorted(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *sortedObject, *valueObject;
    int behindEqual;
    if (!PyArg_ParseTuple(args, "OOp:searchsorted", &sortedObject, &valueObject,
                          &behindEqual))
      throw PythonError();
    NodeRef sorted = parseRows(sortedObject);
    NodeRef values = parseArrayOf(valueObject, sorted->getDType());
    return runAlgorithm(
        [&] { return searchSorted(sorted, values, behindEqual); });
  });
}

PyObject *bincount(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *valueObject, *weightObject;
    Py_ssize_t bins;
    if (!PyArg_ParseTuple(args, "OOn:bincount", &valueObject, &weightObject,
                          &bins))
      throw PythonError();
    NodeRef values = parseArrayOf(valueObject, DType::Int64);
    if (weightObject == Py_None)
      return runAlgorithm([&] { return countBins(values, bins); });
    NodeRef weights = parseArrayOf(weightObject, DType::Float64);
    if (weights->getNumElements() != values->getNumElements())
      throwPython(PyExc_ValueError,
                  "The weights and list don't have the same length.");
    return runAlgorithm([&] { return sumBins(values, weights, bins); });
  });
}

using HistogramFn = NodeRef(const NodeRef &, const NodeRef &, bool);

template <HistogramFn *algorithm>
PyObject *intoBins(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *valueObject, *edgeObject;
    int isUniform;
    if (!PyArg_ParseTuple(args, "OOp", &valueObject, &edgeObject, &isUniform))
      throw PythonError();
    NodeRef values = parseArray(valueObject);
    NodeRef edges = parseArrayOf(edgeObject, DType::Float64);
    if (edges->getNumElements() < 2)
      throwPython(PyExc_ValueError, "expected two edges or more");
    return runAlgorithm([&] { return algorithm(values, edges, isUniform); });
  });
}

} // namespace

PyMethodDef algorithmFunctions[] = {
    {"sort", alongAxis<sort>, METH_O,
     "sort(a, /)\n--\n\nThe array sorted along its last axis."},
    {"argsort", alongAxis<argsort>, METH_O,
     "argsort(a, /)\n--\n\nThe positions that sort along the last axis, "
     "stably."},
    {"partition", atRanks<partition>, METH_VARARGS,
     "partition(a, kth, /)\n--\n\nThe array partitioned along its last axis at "
     "the non-negative positions `kth`."},
    {"argpartition", atRanks<argpartition>, METH_VARARGS,
     "argpartition(a, kth, /)\n--\n\nThe positions that partition along the "
     "last axis."},
    {"order_statistics", atRanks<orderStatistics>, METH_VARARGS,
     "order_statistics(a, ranks, /)\n--\n\nThe elements that sorting along the "
     "last axis puts at the non-negative `ranks`, which ascend in the result."},
    {"searchsorted", searchsorted, METH_VARARGS,
     "searchsorted(a, v, right, /)\n--\n\nWhere elements of `v` go in the "
     "sorted 1-d `a` of the same dtype."},
    {"bincount", bincount, METH_VARARGS,
     "bincount(x, weights, bins, /)\n--\n\nHow often 0 .. bins-1 occur in the "
     "int64 `x`, or the sums of their float64 weights."},
    {"count_histogram", intoBins<countHistogram>, METH_VARARGS,
     "count_histogram(x, edges, uniform, /)\n--\n\nHow many elements lie in "
     "each bin."},
    {"find_bins", intoBins<findBins>, METH_VARARGS,
     "find_bins(x, edges, uniform, /)\n--\n\nThe bin of each element; the "
     "number of bins for those in none."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
