// The fake's streams, events and copies.
#include "FakeDriver.h"

#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

static constexpr Result kInvalidHandle = Result(400);

FakeStream &FakeDriver::getStream(StreamHandle handle, int device) {
  return handle ? *reinterpret_cast<FakeStream *>(handle) : nullStreams[device];
}

void FakeDriver::progress() {
  std::lock_guard lock(mutex);
  std::vector<FakeStream *> all(streams.begin(), streams.end());
  for (FakeStream &stream : nullStreams)
    all.push_back(&stream);
  for (bool hasRun = true; hasRun;) {
    hasRun = false;
    for (FakeStream *stream : all)
      while (!stream->isHeld && !stream->work.empty() &&
             stream->work.front()()) {
        stream->work.pop_front();
        hasRun = true;
      }
  }
}

static FakeEvent *toEvent(EventHandle handle) {
  return reinterpret_cast<FakeEvent *>(handle);
}

Result cuda::enqueueFake(const char *name, StreamHandle handle,
                         std::function<bool()> work) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  int device = enterFake(name);
  if (Result fault = fake.getFault(device); fault != Result::Success)
    return fault;
  FakeStream &stream = fake.getStream(handle, device);
  if (handle && !fake.streams.contains(&stream))
    return kInvalidHandle;
  if (stream.device != device)
    return kInvalidHandle;
  if (stream.capture) {
    auto &nodes = stream.capture->nodes;
    std::vector<size_t> before;
    if (!nodes.empty())
      before.push_back(nodes.size() - 1);
    nodes.push_back({std::move(work), before});
    return Result::Success;
  }
  stream.work.push_back(std::move(work));
  fake.progress();
  return Result::Success;
}

static Result copy(const char *name, DeviceAddress to, DeviceAddress from,
                   size_t bytes, StreamHandle stream) {
  return enqueueFake(name, stream, [=] {
    std::memmove(reinterpret_cast<void *>(to),
                 reinterpret_cast<const void *>(from), bytes);
    return true;
  });
}

/// Copies from memory that is not page-locked are done when they are enqueued,
/// into memory of the driver.
static Result copyToDevice(DeviceAddress to, const void *from, size_t bytes,
                           StreamHandle stream) {
  FakeDriver &fake = FakeDriver::get();
  if (!fake.isValid(to, bytes))
    return Result::InvalidValue;
  auto address = reinterpret_cast<DeviceAddress>(from);
  if (fake.isPinned(from))
    return copy("cuMemcpyHtoDAsync", to, address, bytes, stream);
  std::string staged(static_cast<const char *>(from), bytes);
  return enqueueFake("cuMemcpyHtoDAsync", stream, [=] {
    std::memcpy(reinterpret_cast<void *>(to), staged.data(), bytes);
    return true;
  });
}

static Result query(StreamHandle handle) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  int device = enterFake("cuStreamQuery");
  if (Result fault = fake.getFault(device); fault != Result::Success)
    return fault;
  fake.progress();
  bool isDone = fake.getStream(handle, device).work.empty();
  return isDone ? Result::Success : Result::NotReady;
}

static void fillCopyFunctions(Driver &table) {
  table.cuMemcpyHtoDAsync.pointer = copyToDevice;
  table.cuMemcpyDtoHAsync.pointer = [](void *to, DeviceAddress from,
                                       size_t bytes, StreamHandle stream) {
    if (!FakeDriver::get().isValid(from, bytes))
      return Result::InvalidValue;
    return copy("cuMemcpyDtoHAsync", reinterpret_cast<DeviceAddress>(to), from,
                bytes, stream);
  };
  table.cuMemcpyDtoDAsync.pointer = [](DeviceAddress to, DeviceAddress from,
                                       size_t bytes, StreamHandle stream) {
    return copy("cuMemcpyDtoDAsync", to, from, bytes, stream);
  };
  table.cuMemcpyPeerAsync.pointer = [](DeviceAddress to, ContextHandle,
                                       DeviceAddress from, ContextHandle,
                                       size_t bytes, StreamHandle stream) {
    return copy("cuMemcpyPeerAsync", to, from, bytes, stream);
  };
  table.cuMemsetD8Async.pointer = [](DeviceAddress to, unsigned char value,
                                     size_t bytes, StreamHandle stream) {
    if (!FakeDriver::get().isValid(to, bytes))
      return Result::InvalidValue;
    return enqueueFake("cuMemsetD8Async", stream, [=] {
      std::memset(reinterpret_cast<void *>(to), value, bytes);
      return true;
    });
  };
}

static void fillEventFunctions(Driver &table) {
  table.cuEventCreate.pointer = [](EventHandle *event, unsigned flags) {
    int device = enterFake("cuEventCreate");
    if (device < 0)
      return FakeDriver::kInvalidContext;
    FakeDriver &fake = FakeDriver::get();
    std::lock_guard lock(fake.mutex);
    fake.events.push_back(std::make_unique<FakeEvent>(device, flags));
    *event = reinterpret_cast<EventHandle>(fake.events.back().get());
    return Result::Success;
  };
  table.cuEventDestroy.pointer = [](EventHandle) {
    enterFake("cuEventDestroy");
    return Result::Success;
  };
  table.cuEventRecord.pointer = [](EventHandle handle, StreamHandle stream) {
    std::lock_guard lock(FakeDriver::get().mutex);
    FakeEvent *event = toEvent(handle);
    int64_t number = ++event->recorded;
    return enqueueFake("cuEventRecord", stream, [=] {
      event->completed = number;
      return true;
    });
  };
  table.cuStreamWaitEvent.pointer = [](StreamHandle stream, EventHandle handle,
                                       unsigned) {
    std::lock_guard lock(FakeDriver::get().mutex);
    FakeEvent *event = toEvent(handle);
    int64_t number = event->recorded;
    return enqueueFake("cuStreamWaitEvent", stream,
                       [=] { return event->completed >= number; });
  };
  table.cuEventQuery.pointer = [](EventHandle event) {
    std::lock_guard lock(FakeDriver::get().mutex);
    FakeDriver::get().progress();
    return toEvent(event)->isDone() ? Result::Success : Result::NotReady;
  };
  table.cuEventElapsedTime.pointer = [](float *time, EventHandle, EventHandle) {
    *time = 1.5f;
    return Result::Success;
  };
}

static void fillWaitFunctions(Driver &table) {
  table.cuStreamQuery.pointer = query;
  // A wait ends whatever holds the stream.
  table.cuStreamSynchronize.pointer = [](StreamHandle stream) {
    FakeDriver &fake = FakeDriver::get();
    int device = enterFake("cuStreamSynchronize");
    fake.getStream(stream, device).isHeld = false;
    return query(stream);
  };
  table.cuCtxSynchronize.pointer = [] {
    FakeDriver &fake = FakeDriver::get();
    int device = enterFake("cuCtxSynchronize");
    fake.progress();
    return fake.getFault(device);
  };
}

static void fillCaptureFunctions(Driver &table) {
  table.cuStreamIsCapturing.pointer = [](StreamHandle handle, int *status) {
    *status = handle && FakeDriver::get().getStream(handle).capture;
    return Result::Success;
  };
  table.cuStreamBeginCapture.pointer = [](StreamHandle handle,
                                          StreamCaptureMode) {
    enterFake("cuStreamBeginCapture");
    if (!handle)
      return Result::InvalidValue;
    FakeDriver::get().getStream(handle).capture = std::make_unique<FakeGraph>();
    return Result::Success;
  };
  table.cuStreamEndCapture.pointer = [](StreamHandle handle,
                                        GraphHandle *graph) {
    enterFake("cuStreamEndCapture");
    FakeStream &stream = FakeDriver::get().getStream(handle);
    *graph = reinterpret_cast<GraphHandle>(stream.capture.release());
    return *graph ? Result::Success : Result::InvalidValue;
  };
}

void cuda::fillStreamFunctions(Driver &table) {
  table.cuStreamCreateWithPriority.pointer = [](StreamHandle *stream,
                                                unsigned flags, int priority) {
    FakeDriver &fake = FakeDriver::get();
    std::lock_guard lock(fake.mutex);
    int device = enterFake("cuStreamCreateWithPriority");
    if (device < 0)
      return FakeDriver::kInvalidContext;
    auto *created = new FakeStream{device, flags, priority, false, {}, {}};
    fake.streams.insert(created);
    *stream = reinterpret_cast<StreamHandle>(created);
    return Result::Success;
  };
  table.cuStreamDestroy.pointer = [](StreamHandle handle) {
    FakeDriver &fake = FakeDriver::get();
    std::lock_guard lock(fake.mutex);
    enterFake("cuStreamDestroy");
    auto *stream = reinterpret_cast<FakeStream *>(handle);
    if (!fake.streams.erase(stream))
      return kInvalidHandle;
    delete stream;
    return Result::Success;
  };
  table.cuStreamGetPriority.pointer = [](StreamHandle stream, int *priority) {
    *priority = FakeDriver::get().getStream(stream).priority;
    return Result::Success;
  };
  table.cuLaunchHostFunc.pointer = [](StreamHandle stream, HostFunction fn,
                                      void *data) {
    return enqueueFake("cuLaunchHostFunc", stream, [=] {
      fn(data);
      return true;
    });
  };
  fillWaitFunctions(table);
  fillCaptureFunctions(table);
  fillEventFunctions(table);
  fillCopyFunctions(table);
}
