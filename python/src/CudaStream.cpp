// Streams and events of CUDA.
#include "Array.h"
#include "Box.h"
#include "Checks.h"
#include "Cuda.h"

#include "numloom/Runtime/Cuda/Stream.h"

#include <memory>

namespace numloom::python {

namespace {

using cuda::Event;
using cuda::Stream;
using cuda::StreamPtr;
using StreamBox = Box<StreamPtr>;
using EventBox = Box<std::shared_ptr<Event>>;

const StreamPtr &getStream(PyObject *self) { return StreamBox::get(self); }
Event &getEvent(PyObject *self) { return *EventBox::get(self); }

Device getDevice(const Stream &stream) {
  return Device::cuda(stream.getOrdinal());
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

PyObject *createStream(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal, isNonBlocking, priority;
    if (!PyArg_ParseTuple(args, "ipi:create_stream", &ordinal, &isNonBlocking,
                          &priority))
      throw PythonError();
    Stream::Options options{isNonBlocking != 0, priority};
    return StreamBox::make(
        callDriver([&] { return Stream::create(ordinal, options); }));
  });
}

PyObject *wrapStream(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal;
    unsigned long long handle;
    if (!PyArg_ParseTuple(args, "iK:wrap_stream", &ordinal, &handle))
      throw PythonError();
    if (handle == 0)
      return StreamBox::make(Stream::getNull(ordinal));
    return StreamBox::make(
        Stream::wrap(ordinal, reinterpret_cast<cuda::StreamHandle>(handle)));
  });
}

PyObject *getCurrentStream(PyObject *, PyObject *ordinal) {
  return guard([&] {
    return StreamBox::make(
        Stream::getCurrent(static_cast<int>(parseInteger(ordinal))));
  });
}

/// Work that arrays wait for belongs to the stream that was current when it was
/// recorded: it is submitted before the stream changes.
PyObject *setCurrentStream(PyObject *, PyObject *stream) {
  return guard([&] {
    StreamPtr next = getStream(stream);
    submitPending(getDevice(*next));
    return StreamBox::make(Stream::setCurrent(std::move(next)));
  });
}

PyObject *synchronizeStream(PyObject *self, PyObject *) {
  return guard([&] {
    StreamPtr stream = getStream(self);
    submitPending(getDevice(*stream));
    callDriver([&] { stream->synchronize(); });
    runDeferredChecks(getDevice(*stream));
    Py_RETURN_NONE;
  });
}

PyObject *waitEvent(PyObject *self, PyObject *event) {
  return guard([&] {
    StreamPtr stream = getStream(self);
    std::shared_ptr<Event> awaited = EventBox::get(event);
    submitPending(getDevice(*stream));
    callDriver([&] { stream->waitEvent(*awaited); });
    Py_RETURN_NONE;
  });
}

/// A function of Python that a thread of the driver calls and drops.
class Callback {
public:
  explicit Callback(PyObject *function) : function(Py_NewRef(function)) {}
  ~Callback() { dropReference(function); }
  Callback(const Callback &) = delete;
  Callback &operator=(const Callback &) = delete;

  void run() const {
    if (!Py_IsInitialized())
      return;
    GilState gil;
    PyObject *result = PyObject_CallNoArgs(function);
    if (!result)
      PyErr_WriteUnraisable(function);
    Py_XDECREF(result);
  }

private:
  PyObject *function;
};

PyObject *addCallback(PyObject *self, PyObject *function) {
  return guard([&] {
    StreamPtr stream = getStream(self);
    submitPending(getDevice(*stream));
    auto callback = std::make_shared<Callback>(function);
    callDriver([&] { stream->addCallback([callback] { callback->run(); }); });
    Py_RETURN_NONE;
  });
}

PyObject *getStreamHandle(PyObject *self, void *) {
  return PyLong_FromVoidPtr(getStream(self)->getHandle());
}

PyObject *getStreamOrdinal(PyObject *self, void *) {
  return PyLong_FromLong(getStream(self)->getOrdinal());
}

PyObject *getStreamPriority(PyObject *self, void *) {
  return guard([&] {
    StreamPtr stream = getStream(self);
    return PyLong_FromLong(callDriver([&] { return stream->getPriority(); }));
  });
}

/// Pending work is not done.
PyObject *isStreamDone(PyObject *self, void *) {
  return guard([&] {
    StreamPtr stream = getStream(self);
    submitPending(getDevice(*stream));
    return PyBool_FromLong(callDriver([&] { return stream->isDone(); }));
  });
}

PyObject *isStreamCapturing(PyObject *self, void *) {
  return guard([&] {
    StreamPtr stream = getStream(self);
    return PyBool_FromLong(callDriver([&] { return stream->isCapturing(); }));
  });
}

PyMethodDef streamMethods[] = {
    {"synchronize", synchronizeStream, METH_NOARGS,
     "synchronize()\n--\n\nSubmits, then waits for the stream's work."},
    {"wait_event", waitEvent, METH_O,
     "wait_event(event, /)\n--\n\nLater work waits for the event."},
    {"add_callback", addCallback, METH_O,
     "add_callback(function, /)\n--\n\nCalls it after the work enqueued so "
     "far."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef streamAttributes[] = {
    {"ptr", getStreamHandle, nullptr, "CUDA's handle.", nullptr},
    {"device_id", getStreamOrdinal, nullptr, "The device.", nullptr},
    {"priority", getStreamPriority, nullptr, "Lower runs first.", nullptr},
    {"done", isStreamDone, nullptr, "Whether all work is done.", nullptr},
    {"is_capturing", isStreamCapturing, nullptr,
     "Whether work is recorded into a graph.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

PyObject *createEvent(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal, isBlocking, hasTiming;
    if (!PyArg_ParseTuple(args, "ipp:create_event", &ordinal, &isBlocking,
                          &hasTiming))
      throw PythonError();
    Event::Options options{hasTiming != 0, isBlocking != 0};
    return EventBox::make(
        callDriver([&] { return std::make_shared<Event>(ordinal, options); }));
  });
}

PyObject *recordEvent(PyObject *self, PyObject *stream) {
  return guard([&] {
    StreamPtr target = getStream(stream);
    std::shared_ptr<Event> event = EventBox::get(self);
    submitPending(getDevice(*target));
    callDriver([&] { event->record(*target); });
    Py_RETURN_NONE;
  });
}

PyObject *synchronizeEvent(PyObject *self, PyObject *) {
  return guard([&] {
    std::shared_ptr<Event> event = EventBox::get(self);
    callDriver([&] { event->synchronize(); });
    Py_RETURN_NONE;
  });
}

PyObject *getElapsed(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *start, *end;
    if (!PyArg_ParseTuple(args, "OO:elapsed_time", &start, &end))
      throw PythonError();
    std::shared_ptr<Event> first = EventBox::get(start),
                           last = EventBox::get(end);
    return PyFloat_FromDouble(
        callDriver([&] { return cuda::getElapsedTime(*first, *last); }));
  });
}

PyObject *getEventHandle(PyObject *self, void *) {
  return PyLong_FromVoidPtr(getEvent(self).getHandle());
}

PyObject *getEventOrdinal(PyObject *self, void *) {
  return PyLong_FromLong(getEvent(self).getOrdinal());
}

PyObject *isEventDone(PyObject *self, void *) {
  return guard([&] {
    std::shared_ptr<Event> event = EventBox::get(self);
    return PyBool_FromLong(callDriver([&] { return event->isDone(); }));
  });
}

PyMethodDef eventMethods[] = {
    {"record", recordEvent, METH_O,
     "record(stream, /)\n--\n\nMoves the event behind the stream's work."},
    {"synchronize", synchronizeEvent, METH_NOARGS,
     "synchronize()\n--\n\nWaits for the work before the event."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef eventAttributes[] = {
    {"ptr", getEventHandle, nullptr, "CUDA's handle.", nullptr},
    {"device_id", getEventOrdinal, nullptr, "The device.", nullptr},
    {"done", isEventDone, nullptr, "Whether the work before is done.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef functions[] = {
    {"create_stream", createStream, METH_VARARGS,
     "create_stream(ordinal, non_blocking, priority, /)\n--\n\n"},
    {"wrap_stream", wrapStream, METH_VARARGS,
     "wrap_stream(ordinal, ptr, /)\n--\n\nA stream made elsewhere; 0 is the "
     "null stream."},
    {"current_stream", getCurrentStream, METH_O,
     "current_stream(ordinal, /)\n--\n\nThe thread's stream of the device."},
    {"set_current_stream", setCurrentStream, METH_O,
     "set_current_stream(stream, /)\n--\n\nReturns the one before."},
    {"create_event", createEvent, METH_VARARGS,
     "create_event(ordinal, blocking, timing, /)\n--\n\n"},
    {"elapsed_time", getElapsed, METH_VARARGS,
     "elapsed_time(start, end, /)\n--\n\nMilliseconds."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void initCudaStreams(PyObject *module) {
  checkStatus(PyModule_AddFunctions(module, functions));
  StreamBox::initType(
      module, "numloom._core.cuda.Stream",
      {{Py_tp_methods, streamMethods}, {Py_tp_getset, streamAttributes}});
  EventBox::initType(
      module, "numloom._core.cuda.Event",
      {{Py_tp_methods, eventMethods}, {Py_tp_getset, eventAttributes}});
}

} // namespace numloom::python
