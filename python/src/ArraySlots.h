// The slots, methods and attributes of `ndarray`, one function per file that
// defines them. Array.cpp joins them to the type.
#ifndef NUMLOOM_PYTHON_ARRAYSLOTS_H
#define NUMLOOM_PYTHON_ARRAYSLOTS_H

#include "PyRef.h"

#include <vector>

namespace numloom::python {

using Slots = std::vector<PyType_Slot>;

/// Adds the operators (ArrayNumber.cpp).
void addNumberSlots(Slots &slots);
/// Adds bool(), int(), float() and operator.index (ArrayConversions.cpp).
void addConversionSlots(Slots &slots);
/// Adds subscripts, len() and iteration (ArrayIndexing.cpp).
void addIndexingSlots(Slots &slots);

/// Null-terminated tables.
extern PyGetSetDef arrayAttributes[]; // ArrayAttributes.cpp
extern PyMethodDef arrayMethods[];    // ArrayMethods.cpp

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_ARRAYSLOTS_H
