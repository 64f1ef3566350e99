// Pools of CUDA memory.
#include "Cuda.h"
#include "CudaMemory.h"

#include "numloom/Runtime/Cuda/MemoryAsyncPool.h"
#include "numloom/Runtime/Cuda/MemoryPool.h"
#include "numloom/Trace/IndexFacts.h"

#include <stdexcept>
#include <string_view>

namespace numloom::python {

namespace {

using cuda::MemoryAsyncPool;
using cuda::MemoryPool;

template <typename Pool>
using PoolBox = Box<std::shared_ptr<Pool>>;

/// A figure of a pool on one device.
template <typename Pool, size_t (Pool::*getFigure)(int)>
PyObject *getSize(PyObject *self, PyObject *ordinal) {
  return guard([&] {
    Pool &pool = *PoolBox<Pool>::get(self);
    return PyLong_FromSize_t(
        (pool.*getFigure)(static_cast<int>(parseInteger(ordinal))));
  });
}

/// The pool in the role of an allocator.
template <typename Pool>
PyObject *getAllocator(PyObject *self, void *) {
  return guard([&] { return AllocatorBox::make(PoolBox<Pool>::get(self)); });
}

//===----------------------------------------------------------------------===//
// The library's pool
//===----------------------------------------------------------------------===//

PyObject *createPool(PyObject *, PyObject *base) {
  return guard([&] {
    return PoolBox<MemoryPool>::make(MemoryPool::create(
        base == Py_None ? nullptr : AllocatorBox::get(base)));
  });
}

PyObject *getDefaultPool(PyObject *, PyObject *) {
  return guard(
      [] { return PoolBox<MemoryPool>::make(MemoryPool::getDefault()); });
}

/// free_all_blocks(ordinal, stream or None)
PyObject *freeAllBlocks(PyObject *self, PyObject *args) {
  return guard([&] {
    int ordinal;
    PyObject *stream;
    if (!PyArg_ParseTuple(args, "iO:free_all_blocks", &ordinal, &stream))
      throw PythonError();
    std::shared_ptr<MemoryPool> pool = PoolBox<MemoryPool>::get(self);
    cuda::StreamPtr only =
        stream == Py_None ? nullptr : Box<cuda::StreamPtr>::get(stream);
    {
      GilRelease release;
      freeLastEntries(Device::cuda(ordinal));
      pool->freeAllBlocks(ordinal, only.get());
    }
    Py_RETURN_NONE;
  });
}

PyObject *setLimit(PyObject *self, PyObject *args) {
  return guard([&] {
    int ordinal;
    Py_ssize_t bytes;
    if (!PyArg_ParseTuple(args, "in:set_limit", &ordinal, &bytes))
      throw PythonError();
    PoolBox<MemoryPool>::get(self)->setLimit(ordinal, bytes);
    Py_RETURN_NONE;
  });
}

PyObject *setLimitFraction(PyObject *self, PyObject *args) {
  return guard([&] {
    int ordinal;
    double fraction;
    if (!PyArg_ParseTuple(args, "id:set_limit_fraction", &ordinal, &fraction))
      throw PythonError();
    try {
      PoolBox<MemoryPool>::get(self)->setLimitFraction(ordinal, fraction);
    } catch (const std::invalid_argument &error) {
      throwPython(PyExc_ValueError, "%s", error.what());
    }
    Py_RETURN_NONE;
  });
}

PyObject *getPeak(PyObject *self, PyObject *ordinal) {
  return guard([&] {
    MemoryInfo info = PoolBox<MemoryPool>::get(self)->getInfo(
        static_cast<int>(parseInteger(ordinal)));
    return PyLong_FromSize_t(info.peakBytes);
  });
}

PyObject *resetPeak(PyObject *self, PyObject *ordinal) {
  return guard([&] {
    PoolBox<MemoryPool>::get(self)->resetPeak(
        static_cast<int>(parseInteger(ordinal)));
    Py_RETURN_NONE;
  });
}

PyMethodDef poolMethods[] = {
    {"used_bytes", getSize<MemoryPool, &MemoryPool::getUsedBytes>, METH_O,
     nullptr},
    {"free_bytes", getSize<MemoryPool, &MemoryPool::getFreeBytes>, METH_O,
     nullptr},
    {"total_bytes", getSize<MemoryPool, &MemoryPool::getTotalBytes>, METH_O,
     nullptr},
    {"n_free_blocks", getSize<MemoryPool, &MemoryPool::countFreeBlocks>, METH_O,
     nullptr},
    {"get_limit", getSize<MemoryPool, &MemoryPool::getLimit>, METH_O, nullptr},
    {"peak_bytes", getPeak, METH_O, nullptr},
    {"reset_peak", resetPeak, METH_O, nullptr},
    {"set_limit", setLimit, METH_VARARGS, nullptr},
    {"set_limit_fraction", setLimitFraction, METH_VARARGS, nullptr},
    {"free_all_blocks", freeAllBlocks, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef poolAttributes[] = {
    {"allocator", getAllocator<MemoryPool>, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

//===----------------------------------------------------------------------===//
// The driver's pools
//===----------------------------------------------------------------------===//

MemoryAsyncPool::Source parseSource(std::string_view name) {
  if (name == "current")
    return MemoryAsyncPool::Source::Current;
  if (name == "default")
    return MemoryAsyncPool::Source::Default;
  if (name == "create")
    return MemoryAsyncPool::Source::Created;
  throwPython(PyExc_ValueError,
              "a pool is 'current', 'default' or 'create', not '%s'",
              std::string(name).c_str());
}

PyObject *createAsyncPool(PyObject *, PyObject *source) {
  return guard([&] {
    const char *name = PyUnicode_AsUTF8(source);
    if (!name)
      throw PythonError();
    return PoolBox<MemoryAsyncPool>::make(
        std::make_shared<MemoryAsyncPool>(parseSource(name)));
  });
}

PyObject *freeAllAsyncBlocks(PyObject *self, PyObject *ordinal) {
  return guard([&] {
    int device = static_cast<int>(parseInteger(ordinal));
    std::shared_ptr<MemoryAsyncPool> pool = PoolBox<MemoryAsyncPool>::get(self);
    {
      GilRelease release;
      pool->freeAllBlocks(device);
    }
    Py_RETURN_NONE;
  });
}

PyMethodDef asyncPoolMethods[] = {
    {"used_bytes", getSize<MemoryAsyncPool, &MemoryAsyncPool::getUsedBytes>,
     METH_O, nullptr},
    {"free_bytes", getSize<MemoryAsyncPool, &MemoryAsyncPool::getFreeBytes>,
     METH_O, nullptr},
    {"total_bytes", getSize<MemoryAsyncPool, &MemoryAsyncPool::getTotalBytes>,
     METH_O, nullptr},
    {"free_all_blocks", freeAllAsyncBlocks, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef asyncPoolAttributes[] = {
    {"allocator", getAllocator<MemoryAsyncPool>, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef functions[] = {
    {"create_pool", createPool, METH_O,
     "create_pool(allocator, /)\n--\n\nA pool of an allocator's memory; None: "
     "of the driver's."},
    {"default_pool", getDefaultPool, METH_NOARGS,
     "default_pool()\n--\n\nThe pool that arrays come from unless told "
     "otherwise."},
    {"create_async_pool", createAsyncPool, METH_O,
     "create_async_pool(source, /)\n--\n\nThe driver's pools: 'current', "
     "'default' or 'create'."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void initCudaPools(PyObject *module) {
  checkStatus(PyModule_AddFunctions(module, functions));
  PoolBox<MemoryPool>::initType(
      module, "numloom._core.cuda.MemoryPool",
      {{Py_tp_methods, poolMethods}, {Py_tp_getset, poolAttributes}});
  PoolBox<MemoryAsyncPool>::initType(
      module, "numloom._core.cuda.MemoryAsyncPool",
      {{Py_tp_methods, asyncPoolMethods}, {Py_tp_getset, asyncPoolAttributes}});
}

} // namespace numloom::python
