// The module `numloom._core.cuda`, on which the package numloom.cuda builds.
#ifndef NUMLOOM_PYTHON_CUDA_H
#define NUMLOOM_PYTHON_CUDA_H

#include "PyRef.h"

namespace numloom::python {

/// Creates the module and adds it to `core`. Touches nothing of CUDA.
void initCuda(PyObject *core);

// What its files add to it.
void initCudaStreams(PyObject *module);
void initCudaMemory(PyObject *module);
void initCudaAllocators(PyObject *module);
void initCudaPools(PyObject *module);
void initCudaPinnedMemory(PyObject *module);
void initCudaHooks(PyObject *module);

/// Null-terminated.
extern PyMethodDef cudaDeviceFunctions[];

/// The result of `function`, which calls the driver: that may wait, also for
/// callbacks, which need the GIL.
template <typename Fn>
auto callDriver(Fn &&function) {
  GilRelease release;
  return function();
}

/// The integer `object`; raises what Python raises for anything else.
long long parseInteger(PyObject *object);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_CUDA_H
