// The Python type `ndarray`: creation, destruction and the type itself.
#include "Array.h"

#include "ArraySlots.h"
#include "Errors.h"
#include "Module.h"
#include "PendingArrays.h"
#include "Selection.h"
#include "SharedMemory.h"

#include "numloom/Trace/Flush.h"

#include <cstddef>
#include <memory>
#include <structmember.h>

namespace numloom::python {

PyTypeObject *arrayType = nullptr;

void evaluateNode(const NodeRef &node) {
  if (!node->isPending())
    return;
  GilRelease release;
  evaluate(node);
}

void submitNode(const NodeRef &node) {
  if (!node->isPending())
    return;
  GilRelease release;
  submit(node);
}

PyObject *wrapNode(NodeRef node) {
  PyObject *object = arrayType->tp_alloc(arrayType, 0);
  if (!object)
    throw PythonError();
  new (&asArray(object)->node) NodeHandle(detach(std::move(node)));
  notePending(asArray(object));
  return object;
}

PyObject *wrapResult(NodeRef node) {
  PyRef object = PyRef::steal(wrapNode(std::move(node)));
  ArrayObject *array = asArray(object.get());
  array->isScalarLike = array->node->getRank() == 0;
  if (isFlushDue(*array->node))
    submitNode(array->node.get());
  return object.release();
}

namespace {

/// NumPy's constructor; the arguments are looked at in Python.
PyObject *construct(PyTypeObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    PyRef keywords =
        kwargs ? PyRef::borrow(kwargs) : PyRef::steal(PyDict_New());
    return callHook("construct", {args, keywords.get()});
  });
}

void deallocate(PyObject *self) {
  ArrayObject *array = asArray(self);
  if (array->weakReferences)
    PyObject_ClearWeakRefs(self);
  forgetPending(array);
  leaveBuffer(array);
  dropSelection(array);
  std::destroy_at(&array->node);
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyMemberDef members[] = {{"__weaklistoffset__", T_PYSSIZET,
                          offsetof(ArrayObject, weakReferences), READONLY,
                          nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

constexpr const char kDoc[] =
    "An n-dimensional array whose operations are recorded, fused and compiled.";

} // namespace

void initArrayType(PyObject *module) {
  Slots slots = {slot(Py_tp_new, construct),
                 slot(Py_tp_dealloc, deallocate),
                 {Py_tp_doc, const_cast<char *>(kDoc)},
                 {Py_tp_members, members},
                 {Py_tp_getset, arrayAttributes},
                 {Py_tp_methods, arrayMethods},
                 slot(Py_tp_hash, PyObject_HashNotImplemented)};
  addNumberSlots(slots);
  addConversionSlots(slots);
  addIndexingSlots(slots);
  slots.push_back({0, nullptr});
  PyType_Spec spec = {"numloom.ndarray", sizeof(ArrayObject), 0,
                      Py_TPFLAGS_DEFAULT, slots.data()};
  arrayType = reinterpret_cast<PyTypeObject *>(
      PyRef::steal(PyType_FromSpec(&spec)).release());
  checkStatus(PyModule_AddObjectRef(module, "ndarray",
                                    reinterpret_cast<PyObject *>(arrayType)));
}

} // namespace numloom::python
