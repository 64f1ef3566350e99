// The extension module `numloom._core`.
#define NUMLOOM_IMPORTS_NUMPY
#include "NumPyApi.h"

#include "Array.h"
#include "Cuda.h"
#include "Errors.h"
#include "Flags.h"
#include "Interchange.h"
#include "Module.h"
#include "SourceLocation.h"
#include "Ufunc.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Trace/Flush.h"

#include <string>

namespace numloom::python {

namespace {

/// The directory of the module's own file: the package's.
std::string getPackageDir(PyObject *module) {
  PyRef spec = PyRef::steal(PyObject_GetAttrString(module, "__spec__"));
  PyRef origin = PyRef::steal(PyObject_GetAttrString(spec.get(), "origin"));
  const char *text = PyUnicode_AsUTF8(origin.get());
  if (!text)
    throw PythonError();
  std::string path(text);
  return path.substr(0, path.rfind('/') + 1);
}

int initModule(PyObject *module) {
  return guardStatus([&] {
    checkStatus(PyArray_ImportNumPyAPI());
    for (PyMethodDef *functions :
         {checkFunctions,        indexFunctions,         scatterFunctions,
          hookFunctions,         recordFunctions,        reductionFunctions,
          matmulFunctions,       whereFunctions,         orderFunctions,
          selectionFunctions,    viewFunctions,          creationFunctions,
          continuationFunctions, dtypeFunctions,         evaluationFunctions,
          configFunctions,       deviceFunctions,        algorithmFunctions,
          philoxFunctions,       listFunctions,          interpolationFunctions,
          dlpackFunctions,       cudaInterfaceFunctions, ufuncDispatchFunctions,
          waitFunctions})
      checkStatus(PyModule_AddFunctions(module, functions));
    // Once for the process: interpreters that share the module share the GIL.
    [[maybe_unused]] static bool isLocked = UnlockedSection::setLocked();
    initErrors(module);
    initArrayType(module);
    initFlagsType(module);
    initUfuncType(module);
    initCuda(module);
    std::string packageDir = getPackageDir(module);
    setCompilerDirectory(packageDir);
    setLibraryDir(packageDir);
    initSourceLocations(packageDir);
    return 0;
  });
}

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void *>(initModule)},
                            {0, nullptr}};

PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                          "numloom._core",
                          "Recording and evaluation of arrays.",
                          0,
                          nullptr,
                          slots,
                          nullptr,
                          nullptr,
                          nullptr};

} // namespace

} // namespace numloom::python

PyMODINIT_FUNC PyInit__core() {
  return PyModuleDef_Init(&numloom::python::definition);
}
