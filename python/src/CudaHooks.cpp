// What the CUDA runtime calls back: memory hooks, the handler of memory
// pressure, the check for interrupts.
#include "Box.h"
#include "Cuda.h"

#include "numloom/Runtime/Cuda/Memory.h"
#include "numloom/Runtime/Cuda/MemoryHook.h"
#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Runtime/Cuda/Unlock.h"

#include <new>

namespace numloom::python {

namespace {

using cuda::MemoryHookEvent;

/// Calls the methods of a Python object, with CuPy's names for them and their
/// arguments. The object owns the hook.
class PythonHook : public cuda::MemoryHook {
public:
  explicit PythonHook(PyObject *object) : object(object) {}

  void beforeAllocate(const MemoryHookEvent &event) override {
    check("alloc_preprocess", [&] {
      return Py_BuildValue("{sisn}", "device_id", event.ordinal, "mem_size",
                           event.blockBytes);
    });
  }
  void afterAllocate(const MemoryHookEvent &event) noexcept override {
    notify("alloc_postprocess", [&] {
      return Py_BuildValue("{sisnsn}", "device_id", event.ordinal, "mem_size",
                           event.blockBytes, "mem_ptr", getAddress(event));
    });
  }
  void beforeMalloc(const MemoryHookEvent &event) override {
    check("malloc_preprocess", [&] {
      return Py_BuildValue("{sisnsn}", "device_id", event.ordinal, "size",
                           event.bytes, "mem_size", event.blockBytes);
    });
  }
  void afterMalloc(const MemoryHookEvent &event) noexcept override {
    notify("malloc_postprocess", [&] {
      return Py_BuildValue("{sisnsnsnsn}", "device_id", event.ordinal, "size",
                           event.bytes, "mem_size", event.blockBytes, "mem_ptr",
                           getAddress(event), "pmem_id", event.blockId);
    });
  }
  void beforeFree(const MemoryHookEvent &event) noexcept override {
    notifyOfFree("free_preprocess", event);
  }
  void afterFree(const MemoryHookEvent &event) noexcept override {
    notifyOfFree("free_postprocess", event);
  }

private:
  static Py_ssize_t getAddress(const MemoryHookEvent &event) {
    return reinterpret_cast<Py_ssize_t>(event.pointer);
  }

  void notifyOfFree(const char *method, const MemoryHookEvent &event) noexcept {
    notify(method, [&] {
      return Py_BuildValue("{sisnsnsn}", "device_id", event.ordinal, "mem_size",
                           event.blockBytes, "mem_ptr", getAddress(event),
                           "pmem_id", event.blockId);
    });
  }

  /// Calls a method; what it raises ends the allocation.
  template <typename Build>
  void check(const char *method, Build &&buildKeywords) {
    GilState gil;
    call(method, PyRef::steal(buildKeywords()));
  }

  /// Calls a method; what it raises has nobody to go to.
  template <typename Build>
  void notify(const char *method, Build &&buildKeywords) noexcept {
    if (!Py_IsInitialized())
      return;
    GilState gil;
    // Memory is also freed while an exception is on its way.
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    try {
      call(method, PyRef::steal(buildKeywords()));
    } catch (const PythonError &) {
      PyErr_WriteUnraisable(object);
    }
    PyErr_Restore(type, value, traceback);
  }

  void call(const char *method, PyRef keywords) {
    PyRef function = PyRef::steal(PyObject_GetAttrString(object, method));
    PyRef none = PyRef::steal(PyTuple_New(0));
    PyRef::steal(PyObject_Call(function.get(), none.get(), keywords.get()));
  }

  PyObject *object;
};

using HookBox = Box<std::unique_ptr<PythonHook>>;

PyObject *createHook(PyObject *, PyObject *object) {
  return guard(
      [&] { return HookBox::make(std::make_unique<PythonHook>(object)); });
}

PyObject *addHook(PyObject *, PyObject *hook) {
  return guard([&] {
    cuda::addMemoryHook(*HookBox::get(hook));
    Py_RETURN_NONE;
  });
}

PyObject *removeHook(PyObject *, PyObject *hook) {
  return guard([&] {
    cuda::removeMemoryHook(*HookBox::get(hook));
    Py_RETURN_NONE;
  });
}

/// Arrays in reference cycles hold memory until they are collected. By gc's
/// function: PyGC_Collect() does nothing while automatic collection is off.
bool collectGarbage(int, size_t) noexcept {
  if (!Py_IsInitialized())
    return false;
  GilState gil;
  try {
    PyRef module = PyRef::steal(PyImport_ImportModule("gc"));
    PyRef count =
        PyRef::steal(PyObject_CallMethod(module.get(), "collect", nullptr));
    return PyLong_AsLong(count.get()) > 0;
  } catch (const PythonError &) {
    PyErr_Clear();
    return false;
  }
}

/// Ends a wait by Ctrl-C: signal handlers run here.
void checkSignals() {
  GilState gil;
  checkStatus(PyErr_CheckSignals());
}

/// The GIL, for destructors that call the driver.
void *beginUnlocked() {
  bool isHeld = Py_IsInitialized() && PyGILState_Check();
  return isHeld ? new (std::nothrow) GilRelease : nullptr;
}

void endUnlocked(void *release) { delete static_cast<GilRelease *>(release); }

PyMethodDef functions[] = {
    {"create_hook", createHook, METH_O,
     "create_hook(object, /)\n--\n\nA hook that calls the object's methods; "
     "the "
     "object must outlive it."},
    {"add_hook", addHook, METH_O, "add_hook(hook, /)\n--\n\nFor this thread."},
    {"remove_hook", removeHook, METH_O, "remove_hook(hook, /)\n--\n\n"},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void initCudaHooks(PyObject *module) {
  checkStatus(PyModule_AddFunctions(module, functions));
  HookBox::initType(module, "numloom._core.cuda.MemoryHook", {});
  cuda::addMemoryPressureHandler(collectGarbage);
  cuda::setInterruptCheck(checkSignals);
  cuda::setUnlockHooks(beginUnlocked, endUnlocked);
}

} // namespace numloom::python
