// Matches arrays with a function's arguments.
#include "tools/numloom-run/Binding.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;
using namespace numloom;

/// Bounds the table of values: a parameter's number is a slot of it.
static constexpr int64_t kMaxTableSize = 1 << 20;

/// The dtype of a tensor that can cross the program's boundary.
static std::optional<DType> getArrayDType(Type type) {
  if (!array::hasNamedExtents(type) && !array::isFlatStorage(type))
    return std::nullopt;
  Type element = cast<RankedTensorType>(type).getElementType();
  for (size_t i = 0; i < kNumDTypes; ++i)
    if (array::getElementType(type.getContext(), DType(i)) == element)
      return DType(i);
  return std::nullopt;
}

ParamBinding::ParamBinding(func::FuncOp main) : main(main) {
  AttrTypeWalker walker;
  walker.addWalk([&](array::ParamsAttr attr) {
    for (int64_t value : attr.getValues())
      if (isParam(value))
        mention(getParamIndex(value));
  });
  walker.walk(main->getAttrDictionary());
  main.walk([&](Operation *op) {
    walker.walk(op->getAttrDictionary());
    for (Type type : op->getResultTypes())
      walker.walk(type);
  });
}

void ParamBinding::mention(int64_t index) {
  if (index >= kMaxTableSize) {
    excess = index;
    return;
  }
  if (index >= static_cast<int64_t>(values.size())) {
    values.resize(index + 1);
    mentioned.resize(index + 1);
    bound.resize(index + 1);
  }
  mentioned.set(index);
}

LogicalResult ParamBinding::set(int64_t index, int64_t value) {
  if (index < 0 || index >= static_cast<int64_t>(values.size()) ||
      !mentioned[index])
    return main.emitError() << "has no parameter p" << index;
  values[index] = value;
  bound.set(index);
  return success();
}

bool ParamBinding::bindExtent(int64_t extent, int64_t value) {
  if (!isParam(extent))
    return extent == value;
  int64_t index = getParamIndex(extent);
  if (index >= kMaxTableSize)
    return false;
  if (!bound[index]) {
    values[index] = value;
    bound.set(index);
  }
  return values[index] == value;
}

LogicalResult ParamBinding::bindArgument(unsigned index, const HostArray &array,
                                         StringRef path) {
  BlockArgument argument = main.getArgument(index);
  std::optional<DType> dtype = getArrayDType(argument.getType());
  if (!dtype)
    return emitError(argument.getLoc())
           << "argument " << index << " of type " << argument.getType()
           << " is not an array";
  bool matches = dtype == array.dtype;
  if (array::isFlatStorage(argument.getType())) {
    matches &= array.shape.size() == 1;
  } else {
    SmallVector<int64_t> extents = array::getExtents(argument.getType());
    matches &= extents.size() == array.shape.size();
    for (size_t axis = 0; matches && axis < extents.size(); ++axis)
      matches = bindExtent(extents[axis], array.shape[axis]);
  }
  if (matches)
    return success();
  InFlightDiagnostic diagnostic = emitError(argument.getLoc());
  diagnostic << "argument " << index << " is " << argument.getType() << ", but "
             << path << " holds " << getName(array.dtype) << '[';
  llvm::interleaveComma(array.shape, diagnostic);
  return diagnostic << "]";
}

LogicalResult ParamBinding::verifyComplete() {
  if (excess)
    return main.emitError()
           << "has a parameter p" << *excess << ", but none beyond p"
           << kMaxTableSize - 1 << " can have a value";
  for (unsigned index : mentioned.set_bits())
    if (!bound[index])
      return main.emitError() << "parameter p" << index
                              << " is the extent of no argument; give it with "
                                 "--param "
                              << index << "=<value>";
  return success();
}

LogicalResult ParamBinding::getResultTypes(std::vector<ResultType> &results) {
  for (auto [index, type] : llvm::enumerate(main.getResultTypes())) {
    std::optional<DType> dtype = getArrayDType(type);
    if (!dtype || array::isFlatStorage(type))
      return main.emitError()
             << "result " << index << " of type " << type << " is not an array";
    ResultType result{*dtype, {}};
    for (int64_t extent : array::getExtents(type))
      result.shape.push_back(evaluate(extent, values.data()));
    if (llvm::any_of(result.shape, [](int64_t extent) { return extent < 0; }))
      return main.emitError()
             << "result " << index << " of type " << type
             << " has a negative extent under these parameters";
    results.push_back(std::move(result));
  }
  return success();
}
