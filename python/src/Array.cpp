// The Python type `ndarray`: creation, destruction and the type itself.
#include "Array.h"

#include "ArraySlots.h"
#include "Module.h"
#include "PendingArrays.h"
#include "Selection.h"
#include "SharedMemory.h"

#include "numloom/Trace/Flush.h"

#include <array>
#include <cstddef>
#include <cstring>
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

namespace {

/// The objects of dead arrays, for the next ones: of the results of an
/// expression most live until the next one is there. Under the GIL.
class FreeObjects {
public:
  PyObject *take() {
    if (count == 0)
      return arrayType->tp_alloc(arrayType, 0);
    PyObject *object = objects[--count];
    std::memset(static_cast<void *>(asArray(object)), 0, sizeof(ArrayObject));
    return PyObject_Init(object, arrayType);
  }

  void give(PyObject *object) {
    if (count < objects.size())
      objects[count++] = object;
    else
      PyObject_Free(object);
  }

private:
  std::array<PyObject *, 256> objects;
  size_t count = 0;
};

FreeObjects freeObjects;

} // namespace

ArrayObject *makeArrayObject(NodeHandle node) {
  PyObject *object = freeObjects.take();
  if (!object)
    throw PythonError();
  new (&asArray(object)->node) NodeHandle(std::move(node));
  return asArray(object);
}

PyObject *wrapNode(NodeRef node) {
  ArrayObject *array = makeArrayObject(NodeHandle(detach(std::move(node))));
  notePending(array);
  return reinterpret_cast<PyObject *>(array);
}

PyObject *wrapResult(NodeRef node) {
  PyRef object = PyRef::steal(wrapNode(std::move(node)));
  ArrayObject *array = asArray(object.get());
  array->isScalarLike = array->node->getRank() == 0;
  if (isFlushDue(*array->node)) [[unlikely]]
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
  freeObjects.give(self);
  Py_DECREF(arrayType);
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
                 {Py_tp_methods, arrayMethods}};
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
