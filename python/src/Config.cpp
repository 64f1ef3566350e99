// Functions that set or show how the process computes.
#include "Errors.h"
#include "Module.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/ThreadPool.h"

#include <string>

namespace numloom::python {

namespace {

PyObject *getMemoryInfo(PyObject *, PyObject *) {
  MemoryInfo info = Allocator::get().getInfo();
  return Py_BuildValue("{snsnsnsn}", "used_bytes", info.usedBytes,
                       "total_bytes", info.totalBytes, "peak_bytes",
                       info.peakBytes, "limit_bytes", info.limitBytes);
}

PyObject *freeAllBlocks(PyObject *, PyObject *) {
  Allocator::get().freeAllBlocks();
  Py_RETURN_NONE;
}

PyObject *setMemoryLimit(PyObject *, PyObject *argument) {
  return guard([&] {
    Py_ssize_t bytes = PyNumber_AsSsize_t(argument, PyExc_OverflowError);
    if (bytes == -1 && PyErr_Occurred())
      throw PythonError();
    if (bytes < 0)
      throwPython(PyExc_ValueError, "the memory limit must not be negative");
    Allocator::get().setLimit(bytes);
    Py_RETURN_NONE;
  });
}

PyObject *resetPeakMemory(PyObject *, PyObject *) {
  Allocator::get().resetPeak();
  Py_RETURN_NONE;
}

PyObject *getThreads(PyObject *, PyObject *) {
  return PyLong_FromLong(getNumThreads());
}

PyObject *setThreads(PyObject *, PyObject *argument) {
  return guard([&] {
    long count = PyLong_AsLong(argument);
    if (count == -1 && PyErr_Occurred())
      throw PythonError();
    if (count < 1 || count > 4096)
      throwPython(PyExc_ValueError,
                  "the number of threads must be from 1 to 4096, not %ld",
                  count);
    {
      GilRelease release;
      setNumThreads(static_cast<int>(count));
    }
    Py_RETURN_NONE;
  });
}

PyObject *nameLibraryDir(PyObject *, PyObject *argument) {
  return guard([&] {
    const char *path = PyUnicode_AsUTF8(argument);
    if (!path)
      throw PythonError();
    setLibraryDir(path);
    Py_RETURN_NONE;
  });
}

PyObject *getBuildInfo(PyObject *, PyObject *) {
  return Py_BuildValue("{ssssss}", "version", NUMLOOM_VERSION, "build_type",
                       NUMLOOM_BUILD_TYPE, "compiler", __VERSION__);
}

} // namespace

PyMethodDef configFunctions[] = {
    {"memory_info", getMemoryInfo, METH_NOARGS,
     "memory_info()\n--\n\nBytes in use, held, at the peak, and the limit."},
    {"free_all_blocks", freeAllBlocks, METH_NOARGS,
     "free_all_blocks()\n--\n\nGives cached memory back to the system."},
    {"set_memory_limit", setMemoryLimit, METH_O,
     "set_memory_limit(bytes, /)\n--\n\nBounds the memory held; 0 removes the "
     "bound."},
    {"reset_peak_memory", resetPeakMemory, METH_NOARGS,
     "reset_peak_memory()\n--\n\nSets the peak to what is in use."},
    {"get_num_threads", getThreads, METH_NOARGS,
     "get_num_threads()\n--\n\nThe number of threads that compute."},
    {"set_num_threads", setThreads, METH_O,
     "set_num_threads(count, /)\n--\n\nSets the number of threads."},
    {"set_library_dir", nameLibraryDir, METH_O,
     "set_library_dir(path, /)\n--\n\nWhere OpenBLAS lies; before the first "
     "matrix product. Beside the module by default."},
    {"build_info", getBuildInfo, METH_NOARGS,
     "build_info()\n--\n\nVersion, build type and C++ compiler."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
