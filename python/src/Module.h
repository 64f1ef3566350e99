// What the files of the module `_core` add to it.
#ifndef NUMLOOM_PYTHON_MODULE_H
#define NUMLOOM_PYTHON_MODULE_H

#include "PyRef.h"

#include <initializer_list>

namespace numloom::python {

/// Calls the Python function that `set_hook(name, fn)` registered; returns a
/// new reference. RuntimeError if there is none.
PyObject *callHook(const char *name,
                   std::initializer_list<PyObject *> arguments);

/// Null-terminated tables of the module's functions.
extern PyMethodDef checkFunctions[];
extern PyMethodDef indexFunctions[];
extern PyMethodDef scatterFunctions[];
extern PyMethodDef hookFunctions[];
extern PyMethodDef recordFunctions[];
extern PyMethodDef reductionFunctions[];
extern PyMethodDef matmulFunctions[];
extern PyMethodDef whereFunctions[];
extern PyMethodDef orderFunctions[];
extern PyMethodDef selectionFunctions[];
extern PyMethodDef viewFunctions[];
extern PyMethodDef continuationFunctions[];
extern PyMethodDef creationFunctions[];
extern PyMethodDef dtypeFunctions[];
extern PyMethodDef evaluationFunctions[];
extern PyMethodDef configFunctions[];
extern PyMethodDef deviceFunctions[];
extern PyMethodDef algorithmFunctions[];
extern PyMethodDef philoxFunctions[];
extern PyMethodDef listFunctions[];
extern PyMethodDef interpolationFunctions[];
extern PyMethodDef waitFunctions[];

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_MODULE_H
