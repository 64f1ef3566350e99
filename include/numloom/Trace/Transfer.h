// Arrays from one device to another.
#ifndef NUMLOOM_TRACE_TRANSFER_H
#define NUMLOOM_TRACE_TRANSFER_H

#include "numloom/Trace/Node.h"

namespace numloom {

/// The elements of `node`, which is computed if need be, on `device`: `node`
/// itself if it lies there. A copy to the CPU is complete on return, one to a
/// GPU is ordered behind what its current stream holds. Call it without the
/// interpreter's lock.
NodeRef transfer(const NodeRef &node, Device device);

/// The elements of `node`, which is computed if need be, row-major in memory of
/// their own on its device. Call it without the interpreter's lock.
NodeRef duplicate(const NodeRef &node);

/// Computes `node` if need be and writes its elements, row-major, to `memory`,
/// an evaluated contiguous node of its dtype and size. Call it without the
/// interpreter's lock.
void overwrite(const Node &memory, const NodeRef &node);

/// Computes `node` if need be and writes its elements, row-major, to host
/// memory; complete on return. Call it without the interpreter's lock.
void copyToHost(const NodeRef &node, void *destination);

/// An array on `device` with a copy of row-major elements in host memory, which
/// may change on return. Zero-dimensional ones become numbers.
NodeRef copyFromHost(DType dtype, std::span<const int64_t> shape,
                     const void *source, Device device);

/// Copies bytes between the memories of two devices, complete on return where
/// the CPU is one of them.
void copyBytes(Device toDevice, void *to, Device fromDevice, const void *from,
               size_t bytes);

} // namespace numloom

#endif // NUMLOOM_TRACE_TRANSFER_H
