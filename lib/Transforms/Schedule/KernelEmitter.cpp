// Signatures and states of kernels on any machine.

#include "KernelEmitter.h"

#include "numloom/Transforms/Attributes.h"

using namespace mlir;

namespace numloom::array {

Type getMemoryType(Type tensorType) {
  DType dtype = getDType(tensorType);
  if (dtype == DType::Bool)
    return IntegerType::get(tensorType.getContext(), 8);
  return getRegisterType(tensorType.getContext(), dtype);
}

SmallVector<Value> flatten(ArrayRef<Elem> elems) {
  SmallVector<Value> values;
  for (const Elem &elem : elems) {
    values.push_back(elem.re);
    if (elem.im)
      values.push_back(elem.im);
  }
  return values;
}

SmallVector<Elem> unflatten(ArrayRef<Elem> like, ValueRange values) {
  SmallVector<Elem> elems;
  unsigned next = 0;
  for (const Elem &elem : like) {
    Elem copy = elem;
    copy.re = values[next++];
    if (elem.im)
      copy.im = values[next++];
    elems.push_back(copy);
  }
  return elems;
}

Monomial getProduct(ArrayRef<LoopDim> loops) {
  Monomial product(1);
  for (const LoopDim &loop : loops)
    product = product * loop.extent;
  return product;
}

KernelEmitter::KernelEmitter(func::FuncOp kernel, IterationSpace space)
    : kernel(kernel), space(std::move(space)),
      builder(kernel.getLoc(), kernel.getContext()),
      name(kernel.getName().str()) {}

int64_t KernelEmitter::getNumBuffers() {
  return kernel.getNumArguments() + kernel.getNumResults();
}

SmallVector<int64_t> KernelEmitter::getAllBufferIds() {
  return llvm::to_vector(llvm::seq<int64_t>(0, getNumBuffers()));
}

int64_t KernelEmitter::getNumParams() {
  auto params = kernel->getAttrOfType<IntegerAttr>(kNumParamsAttr);
  return params ? params.getInt() : 0;
}

bool KernelEmitter::isFullSpace(Value value) const {
  return cast<RankedTensorType>(value.getType()).getRank() ==
         static_cast<int64_t>(space.getExtents().size());
}

SmallVector<Type> KernelEmitter::getBufferTypes(ArrayRef<int64_t> bufferIds,
                                                ArrayRef<Type> partialTypes) {
  SmallVector<Type> tensors(kernel.getArgumentTypes());
  llvm::append_range(tensors, kernel.getResultTypes());
  SmallVector<Type> types;
  for (int64_t id : bufferIds)
    types.push_back(MemRefType::get(
        {}, id < getNumBuffers() ? getMemoryType(tensors[id])
                                 : partialTypes[id - getNumBuffers()]));
  return types;
}

} // namespace numloom::array
