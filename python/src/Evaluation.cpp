// Functions that compute arrays, or tell what computing them does or needs.
#include "Array.h"
#include "Errors.h"
#include "Module.h"

#include "numloom/Runtime/Stats.h"
#include "numloom/Trace/Dependence.h"
#include "numloom/Trace/Flush.h"

#include <algorithm>
#include <vector>

namespace numloom::python {

namespace {

std::vector<NodeRef> parseArrays(PyObject *arrays) {
  PyRef items = PyRef::steal(
      PySequence_Fast(arrays, "expected a sequence of numloom.ndarray"));
  std::vector<NodeRef> nodes;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    PyObject *array = PySequence_Fast_GET_ITEM(items.get(), i);
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray, not %s",
                  Py_TYPE(array)->tp_name);
    nodes.push_back(getNodeRef(array));
  }
  return nodes;
}

PyObject *evaluateArrays(PyObject *, PyObject *arrays) {
  return guard([&] {
    std::vector<NodeRef> nodes = parseArrays(arrays);
    {
      GilRelease release;
      evaluate(nodes);
    }
    Py_RETURN_NONE;
  });
}

PyObject *explainArrays(PyObject *, PyObject *arrays) {
  return guard([&] {
    std::vector<NodeRef> nodes = parseArrays(arrays);
    std::string text;
    {
      GilRelease release;
      text = explain(nodes);
    }
    return PyUnicode_FromStringAndSize(text.data(), text.size());
  });
}

/// Arrays of `known` broadcast to the axes.
void checkAxes(const NodeRef &value, Py_ssize_t first, Py_ssize_t count,
               const std::vector<NodeRef> &known) {
  bool isInside = first >= 0 && count >= 0 &&
                  count <= value->getRank() - first &&
                  std::ranges::all_of(known, [&](const NodeRef &node) {
                    return node->getRank() <= count;
                  });
  if (!isInside)
    throwPython(PyExc_ValueError, "expected axes of the value");
}

/// is_function_of(value, first, count, known): see isFunctionOf.
PyObject *isFunctionOfKnown(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *value, *others;
    Py_ssize_t first, count;
    if (!PyArg_ParseTuple(args, "O!nnO:is_function_of", arrayType, &value,
                          &first, &count, &others))
      throw PythonError();
    NodeRef node = getNodeRef(value);
    std::vector<NodeRef> known = parseArrays(others);
    checkAxes(node, first, count, known);
    AxisRange axes{static_cast<size_t>(first), static_cast<size_t>(count)};
    bool holds;
    {
      GilRelease release;
      holds = isFunctionOf(node, axes, known);
    }
    return PyBool_FromLong(holds);
  });
}

/// is_elementwise(array).
PyObject *isElementwise(PyObject *, PyObject *array) {
  return guard([&] {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    NodeRef node = getNodeRef(array);
    if (!node->isPending())
      Py_RETURN_FALSE;
    OpKind kind = getInfo(node->getOp()).kind;
    return PyBool_FromLong(kind == OpKind::Elementwise ||
                           kind == OpKind::View ||
                           node->getOp() == OpCode::Constant);
  });
}

template <void (*function)()>
PyObject *callWithoutGil(PyObject *, PyObject *) {
  return guard([&] {
    {
      GilRelease release;
      function();
    }
    Py_RETURN_NONE;
  });
}

struct Stats {
  TraceStats trace;
  CompilerStats compiler;
  RuntimeStats runtime;
};

/// Waits for an evaluation in progress, which may itself wait for the GIL.
Stats readStats() {
  GilRelease release;
  return {getTraceStats(), getCompilerStats(), getRuntimeStats()};
}

PyObject *getStats(PyObject *, PyObject *) {
  auto [trace, compiler, runtime] = readStats();
  return Py_BuildValue(
      "{sLsLsLsLsLsLsLsLsLsdsdsdsLsLsLsLsdsLsLsLsLsLsLsLsL}", //
      "nodes_recorded", trace.nodesRecorded,                  //
      "nodes_executed", trace.nodesExecuted,                  //
      "flushes", trace.flushes,                               //
      "submissions", trace.submissions,                       //
      "launches_ahead", trace.launchesAhead,                  //
      "launches_adopted", trace.launchesAdopted,              //
      "background_failures", trace.backgroundFailures,        //
      "cache_hits", trace.cacheHits,                          //
      "cache_misses", trace.cacheMisses,                      //
      "flush_ms", trace.flushMilliseconds,                    //
      "compile_ms", trace.compileMilliseconds,                //
      "execute_ms", trace.executeMilliseconds,                //
      "programs_compiled", compiler.programsCompiled,         //
      "kernels_compiled", compiler.kernelsCompiled,           //
      "kernels_from_memory", compiler.kernelsFromMemory, "kernels_from_disk",
      compiler.kernelsFromDisk,                    //
      "compiler_ms", compiler.compileMilliseconds, //
      "executions", runtime.executions,            //
      "launches", runtime.launches,                //
      "gemms", runtime.gemms,                      //
      "bytes_read", runtime.bytesRead,             //
      "bytes_written", runtime.bytesWritten,       //
      "arena_bytes", runtime.arenaBytes,           //
      "allocations", runtime.allocations,          //
      "pool_misses", runtime.poolMisses);
}

PyObject *resetStats(PyObject *, PyObject *) {
  {
    GilRelease release;
    resetTraceStats();
    resetCompilerStats();
    resetRuntimeStats();
  }
  Py_RETURN_NONE;
}

} // namespace

PyMethodDef evaluationFunctions[] = {
    {"evaluate", evaluateArrays, METH_O,
     "evaluate(arrays, /)\n--\n\nComputes the arrays in one program."},
    {"is_function_of", isFunctionOfKnown, METH_VARARGS,
     "is_function_of(value, first, count, known, /)\n--\n\nWhether elements "
     "of 'value' that lie apart along 'count' axes from 'first' on alone are "
     "sure to be equal wherever each of 'known', which broadcast to these "
     "axes, has equal elements."},
    {"is_elementwise", isElementwise, METH_O,
     "is_elementwise(array, /)\n--\n\nWhether elements are still to be "
     "computed, "
     "each from the operands' elements alone: by any kernel that reads them."},
    {"explain", explainArrays, METH_O,
     "explain(arrays, /)\n--\n\nThe program that computing the arrays would "
     "run, as text."},
    {"end_background_work", callWithoutGil<endBackgroundWork>, METH_NOARGS,
     "end_background_work()\n--\n\nWaits for programs that other threads "
     "compile; there will be no more."},
    {"prepare_fork", callWithoutGil<prepareFork>, METH_NOARGS,
     "prepare_fork()\n--\n\nWaits until nothing is computed; nothing is until "
     "finish_fork()."},
    {"finish_fork", callWithoutGil<finishFork>, METH_NOARGS,
     "finish_fork()\n--\n\nBy the thread that prepared it, in parent and "
     "child."},
    {"stats", getStats, METH_NOARGS,
     "stats()\n--\n\nCounters since the start or reset_stats()."},
    {"reset_stats", resetStats, METH_NOARGS,
     "reset_stats()\n--\n\nSets the counters to zero."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
