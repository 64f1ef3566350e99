// Where programs report: words that the host reads.
#include "numloom/Trace/Reports.h"
#include "numloom/Runtime/Cuda/Reports.h"

#include <cstring>

using namespace numloom;

StorageRef numloom::allocateReport(Device device) {
  if (device.isCpu()) {
    StorageRef memory = StorageRef::allocate(sizeof(uint64_t));
    std::memset(memory->getData(), 0, sizeof(uint64_t));
    return memory;
  }
  cuda::Report *report = cuda::Report::take(device.getOrdinal());
  auto release = [](void *owner, void *, size_t) {
    cuda::Report::release(static_cast<cuda::Report *>(owner));
  };
  return StorageRef::external(report->getWord(), sizeof(uint64_t), release,
                              report, device);
}

std::optional<uint64_t> numloom::readReport(const Node &report) {
  if (report.getDevice().isCpu())
    return *static_cast<const uint64_t *>(report.getData());
  return static_cast<cuda::Report *>(report.getStorage()->getOwner())->read();
}
