// The array dialect: registration, its attribute and its types.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

#include "numloom/Dialect/Array/IR/ArrayDialect.cpp.inc"
#include "numloom/Dialect/Array/IR/ArrayEnums.cpp.inc"
#include "numloom/Dialect/Array/IR/ArrayInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "numloom/Dialect/Array/IR/ArrayAttrs.cpp.inc"

void ArrayDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "numloom/Dialect/Array/IR/ArrayOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "numloom/Dialect/Array/IR/ArrayAttrs.cpp.inc"
      >();
}

Operation *ArrayDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  if (!isa<IntegerAttr, FloatAttr>(value) || !hasNamedExtents(type))
    return nullptr;
  return ConstantOp::create(builder, loc, type, value);
}

const OpInfo &array::getInfo(Operation *op) {
  static const llvm::StringMap<const OpInfo *> infos = [] {
    llvm::StringMap<const OpInfo *> map;
    for (const OpInfo &info : kOpInfos)
      map[info.mnemonic] = &info;
    return map;
  }();
  return *infos.at(op->getName().stripDialect());
}

//===----------------------------------------------------------------------===//
// Attributes of functions and their arguments
//===----------------------------------------------------------------------===//

static bool isIndexBits(Attribute attr) {
  auto bits = dyn_cast<IntegerAttr>(attr);
  return bits && (bits.getValue() == 32 || bits.getValue() == 64);
}

LogicalResult ArrayDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attr) {
  StringRef name = attr.getName();
  if ((name == kParamHintsAttr || name == kDonationsAttr) &&
      !isa<DenseI64ArrayAttr>(attr.getValue()))
    return op->emitError() << name << " must be an array of i64";
  if (name == kGpuAttr && !isa<UnitAttr>(attr.getValue()))
    return op->emitError() << name << " must be unit";
  if (name == kIndexBitsAttr && !isIndexBits(attr.getValue()))
    return op->emitError() << name << " must be 32 or 64";
  return success();
}

LogicalResult ArrayDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                     unsigned argument,
                                                     NamedAttribute attr) {
  StringRef name = attr.getName();
  bool isFlag =
      llvm::is_contained({StringRef(kScalarAttr), StringRef(kUnalignedAttr),
                          StringRef(kDonatedAttr)},
                         name);
  if (isFlag && !isa<UnitAttr>(attr.getValue()))
    return op->emitError() << name << " of argument " << argument
                           << " must be unit";
  return success();
}

//===----------------------------------------------------------------------===//
// ParamsAttr
//===----------------------------------------------------------------------===//

/// Parses `p<k>` or an integer that is not in the range of parameters.
static ParseResult parseConstantOrParam(AsmParser &parser, int64_t &value) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef name;
  if (succeeded(parser.parseOptionalKeyword(&name))) {
    int64_t index;
    if (!name.consume_front("p") || name.getAsInteger(10, index) || index < 0 ||
        index >= kMaxParams)
      return parser.emitError(loc, "expected an integer or a parameter p<k>");
    value = makeParam(index);
    return success();
  }
  if (parser.parseInteger(value))
    return failure();
  if (isParam(value))
    return parser.emitError(loc, "integer is out of range");
  return success();
}

Attribute ParamsAttr::parse(AsmParser &parser, Type) {
  SmallVector<int64_t> values;
  auto parseElement = [&] {
    return parseConstantOrParam(parser, values.emplace_back());
  };
  if (parser.parseLess() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     parseElement) ||
      parser.parseGreater())
    return {};
  return get(parser.getContext(), values);
}

void ParamsAttr::print(AsmPrinter &printer) const {
  printer << "<[";
  llvm::interleaveComma(getValues(), printer, [&](int64_t value) {
    if (isParam(value))
      printer << 'p' << getParamIndex(value);
    else
      printer << value;
  });
  printer << "]>";
}

LogicalResult
ParamsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                           function_ref<InFlightDiagnostic()> emitError) const {
  if (size() != shape.size())
    return emitError() << "encoding names " << size()
                       << " extents of a tensor of rank " << shape.size();
  if (!ShapedType::isDynamicShape(shape))
    return emitError() << "a static shape takes no encoding";
  for (auto [axis, extent, value] : llvm::enumerate(shape, getValues())) {
    if (ShapedType::isDynamic(extent) != isParam(value))
      return emitError() << "axis " << axis
                         << ": dynamic extents are parameters, static ones "
                            "constants";
    if (!isParam(value) && value != extent)
      return emitError() << "axis " << axis << ": encoding says " << value
                         << ", shape says " << extent;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// What schedules tell the plan
//===----------------------------------------------------------------------===//

LogicalResult SizeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ParamsAttr, int64_t, int64_t divisor, int64_t,
                               ParamsAttr) {
  if (divisor <= 0)
    return emitError() << "expects a positive divisor, got " << divisor;
  return success();
}

LogicalResult GuardAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                SizeAttr, int64_t, int64_t, int64_t multiple) {
  if (multiple <= 0)
    return emitError() << "expects a positive multiple, got " << multiple;
  return success();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool array::hasNamedExtents(Type tensorType) {
  auto type = dyn_cast<RankedTensorType>(tensorType);
  if (!type)
    return false;
  // The encoding's own verifier has compared it to the shape.
  return type.getEncoding() ? isa<ParamsAttr>(type.getEncoding())
                            : type.hasStaticShape();
}

bool array::isFlatStorage(Type tensorType) {
  auto type = dyn_cast<RankedTensorType>(tensorType);
  return type && type.getRank() == 1 && type.isDynamicDim(0) &&
         !type.getEncoding();
}

SmallVector<int64_t> array::getExtents(Type tensorType) {
  assert(hasNamedExtents(tensorType) && "extents have no names");
  auto type = cast<RankedTensorType>(tensorType);
  if (auto params = dyn_cast_or_null<ParamsAttr>(type.getEncoding()))
    return llvm::to_vector(params.getValues());
  return llvm::to_vector(type.getShape());
}

LinearExpr array::getBufferOffset(Type tensorType, ArrayRef<LinearExpr> point) {
  if (isFlatStorage(tensorType))
    return point.front();
  LinearExpr offset;
  for (auto [index, stride] :
       llvm::zip_equal(point, getRowMajorStrides(getExtents(tensorType))))
    offset = offset + index * stride;
  return offset;
}

RankedTensorType array::getTensorType(MLIRContext *context, DType dtype,
                                      ArrayRef<int64_t> extents) {
  SmallVector<int64_t> shape;
  for (int64_t extent : extents)
    shape.push_back(isParam(extent) ? ShapedType::kDynamic : extent);
  Attribute encoding;
  if (ShapedType::isDynamicShape(shape))
    encoding = ParamsAttr::get(context, extents);
  return RankedTensorType::get(shape, getElementType(context, dtype), encoding);
}
