// The Python type `ndarray`: creation, destruction and the type itself.
#include "Array.h"

#include "ArraySlots.h"
#include "Errors.h"
#include "PendingArrays.h"

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

PyObject *wrapNode(NodeRef node) {
  PyObject *object = arrayType->tp_alloc(arrayType, 0);
  if (!object)
    throw PythonError();
  new (&asArray(object)->node) NodeHandle(std::move(node));
  notePending(asArray(object));
  return object;
}

PyObject *wrapResult(NodeRef node) {
  PyRef object = PyRef::steal(wrapNode(std::move(node)));
  ArrayObject *array = asArray(object.get());
  array->isScalarLike = array->node->getRank() == 0;
  if (isFlushDue(*array->node))
    evaluateNode(array->node.get());
  return object.release();
}

PyObject *wrapView(PyObject *base, NodeRef node) {
  PyRef object = PyRef::steal(wrapNode(std::move(node)));
  ArrayObject *baseArray = asArray(base);
  if (!baseArray->views)
    baseArray->views = new ViewCounter{1};
  ++baseArray->views->arrays;
  asArray(object.get())->views = baseArray->views;
  return object.release();
}

namespace {

/// True if only the interpreter's stack refers to `object`.
bool isTemporary(PyObject *object) {
#if PY_VERSION_HEX >= 0x030E0000
  return PyUnstable_Object_IsUniqueReferencedTemporary(object);
#else
  return Py_REFCNT(object) == 1;
#endif
}

/// The other arrays that see updates of `array`'s memory.
Py_ssize_t countOtherViews(ArrayObject *array, PyObject *operand) {
  if (!array->views)
    return 0;
  Py_ssize_t others = array->views->arrays - 1;
  bool operandDies = operand && isArray(operand) && asArray(operand) != array &&
                     asArray(operand)->views == array->views &&
                     isTemporary(operand);
  return others - operandDies;
}

void deallocate(PyObject *self) {
  ArrayObject *array = asArray(self);
  if (array->weakReferences)
    PyObject_ClearWeakRefs(self);
  if (array->views && --array->views->arrays == 0)
    delete array->views;
  forgetPending(array);
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

void rebind(PyObject *object, NodeRef node, PyObject *operand) {
  ArrayObject *array = asArray(object);
  if (countOtherViews(array, operand) > 0)
    throwPython(PyExc_NotImplementedError,
                "updating an array in place while another array is a view of "
                "the same memory is not implemented; update a copy()");
  array->node = NodeHandle(std::move(node));
  notePending(array);
  if (isFlushDue(*array->node)) {
    NodeRef current = array->node.get();
    evaluateNode(current);
  }
}

void initArrayType(PyObject *module) {
  Slots slots = {slot(Py_tp_dealloc, deallocate),
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
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                      slots.data()};
  arrayType = reinterpret_cast<PyTypeObject *>(
      PyRef::steal(PyType_FromSpec(&spec)).release());
  checkStatus(PyModule_AddObjectRef(module, "ndarray",
                                    reinterpret_cast<PyObject *>(arrayType)));
}

} // namespace numloom::python
