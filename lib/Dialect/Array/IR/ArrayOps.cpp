// Verifiers, index maps and custom syntax of the array dialect's ops.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Dialect/Array/IR/Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

#define GET_OP_CLASSES
#include "numloom/Dialect/Array/IR/ArrayOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Elementwise ops
//===----------------------------------------------------------------------===//

/// The dtypes of an op as NumPy writes signatures: `ff->f`.
static std::string getSignature(Operation *op) {
  std::string signature;
  for (Type type : op->getOperandTypes())
    signature += getInfo(array::getDType(type)).typeChar;
  signature += "->";
  for (Type type : op->getResultTypes())
    signature += getInfo(array::getDType(type)).typeChar;
  return signature;
}

static LogicalResult verifyBitcast(BitcastOp op) {
  DType from = array::getDType(op.getX().getType()),
        to = array::getDType(op.getType());
  if (getBytes(from) != getBytes(to) || isComplex(from) || isComplex(to) ||
      from == DType::Bool || to == DType::Bool)
    return op.emitOpError("expects real dtypes of one size, got ")
           << op.getX().getType() << " and " << op.getType();
  return success();
}

LogicalResult array::verifyElementwise(Operation *op) {
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  for (Type type : op->getOperandTypes()) {
    auto operand = cast<RankedTensorType>(type);
    if (operand.getShape() != result.getShape() ||
        operand.getEncoding() != result.getEncoding())
      return op->emitOpError("expects operands of the result's shape ")
             << result << ", got " << operand;
  }
  if (auto bitcast = dyn_cast<BitcastOp>(op))
    return verifyBitcast(bitcast);
  // Without signatures any dtypes go, as in casts.
  StringRef loops = array::getInfo(op).loops;
  if (loops.empty())
    return success();
  std::string signature = getSignature(op);
  if (!llvm::is_contained(llvm::split(loops, ' '), signature))
    return op->emitOpError("expects dtypes of one of its signatures ")
           << loops << ", got " << signature;
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

LogicalResult array::verifyReduction(Operation *op) {
  auto reduction = cast<ReductionOpInterface>(op);
  ArrayRef<int64_t> axes = reduction.getReducedAxes();
  SmallVector<int64_t> extents = getExtents(op->getOperand(0).getType());
  int64_t rank = extents.size();
  if (!llvm::is_sorted(axes, std::less_equal<>()) ||
      llvm::any_of(axes, [&](int64_t a) { return a < 0 || a >= rank; }))
    return op->emitOpError("expects distinct ascending axes below the rank ")
           << rank << ", got [" << axes << "]";

  if (reduction.isScan() && axes.size() != 1)
    return op->emitOpError("expects one axis, got [") << axes << "]";

  SmallVector<int64_t> kept;
  for (auto [axis, extent] : llvm::enumerate(extents))
    if (reduction.isScan() || !llvm::is_contained(axes, int64_t(axis)))
      kept.push_back(extent);
  Type expected =
      getTensorType(op->getContext(), reduction.getStateDTypes().back(), kept);
  if (op->getResult(0).getType() != expected)
    return op->emitOpError("expects result type ")
           << expected << ", got " << op->getResult(0).getType();
  return success();
}

//===----------------------------------------------------------------------===//
// Ops whose elements are functions of the index
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::verify() {
  DType dtype = array::getDType(getType());
  auto integer = dyn_cast<IntegerAttr>(getValue());
  if (!integer) {
    if (dtype == DType::Bool || isInteger(dtype))
      return emitOpError("expects an integer value for ") << getName(dtype);
    return success();
  }
  if (dtype != DType::Bool && !isInteger(dtype))
    return emitOpError("expects a float value for ") << getName(dtype);
  unsigned bits = getRegisterType(getContext(), dtype).getIntOrFloatBitWidth();
  bool isSigned = getKind(dtype) == DTypeKind::Signed;
  int64_t value = integer.getInt();
  if (bits < 64 &&
      !(isSigned ? llvm::isIntN(bits, value) : llvm::isUIntN(bits, value)))
    return emitOpError() << "value " << value << " is no " << getName(dtype);
  return success();
}

Elem ConstantOp::emitAtIndex(ElementBuilder &builder, ArrayRef<Value>,
                             function_ref<Value(const Monomial &)>) {
  DType dtype = array::getDType(getType());
  if (auto value = dyn_cast<FloatAttr>(getValue()))
    return builder.constant(dtype, value.getValueAsDouble());
  // An int64 is not always a double.
  return builder.integerConstant(dtype, cast<IntegerAttr>(getValue()).getInt());
}

bool ConstantOp::isUniform() { return true; }

Elem EmptyOp::emitAtIndex(ElementBuilder &builder, ArrayRef<Value>,
                          function_ref<Value(const Monomial &)>) {
  return builder.constant(array::getDType(getType()), 0);
}

bool EmptyOp::isUniform() { return true; }

/// `index` (a scalar or a vector of them) as int64 elements.
static Elem castIndexToInt64(ElementBuilder &builder, Value index) {
  Type type = builder.getI64Type();
  if (auto vector = dyn_cast<VectorType>(index.getType()))
    type = vector.clone(type);
  return {DType::Int64, arith::IndexCastOp::create(builder, type, index),
          Value()};
}

LogicalResult IotaOp::verify() {
  int64_t rank = getType().getRank();
  if (int64_t(getAxis()) < 0 || int64_t(getAxis()) >= rank)
    return emitOpError("expects an axis below the rank ")
           << rank << ", got " << int64_t(getAxis());
  return success();
}

Elem IotaOp::emitAtIndex(ElementBuilder &builder, ArrayRef<Value> index,
                         function_ref<Value(const Monomial &)>) {
  return castIndexToInt64(builder, index[getAxis()]);
}

Elem ExtentOp::emitAtIndex(ElementBuilder &builder, ArrayRef<Value>,
                           function_ref<Value(const Monomial &)> getParam) {
  Monomial product(1);
  for (int64_t factor : getFactors().getValues())
    product = product * Monomial(factor);
  return castIndexToInt64(builder, getParam(product));
}

bool ExtentOp::isUniform() { return true; }

//===----------------------------------------------------------------------===//
// Concatenate and matmul
//===----------------------------------------------------------------------===//

LogicalResult ConcatenateOp::verify() {
  SmallVector<int64_t> extents = getExtents(getType());
  int64_t rank = extents.size(), axis = getAxis();
  if (getOperands().empty())
    return emitOpError("expects at least one operand");
  if (axis < 0 || axis >= rank)
    return emitOpError("expects an axis below the rank ")
           << rank << ", got " << axis;
  uint64_t length = 0;
  bool isStatic = !isParam(extents[axis]);
  for (Type type : getOperands().getTypes()) {
    SmallVector<int64_t> operand = getExtents(type);
    if (operand.size() == extents.size()) {
      isStatic &= !isParam(operand[axis]);
      length += isStatic ? operand[axis] : 0;
      operand[axis] = extents[axis];
    }
    if (operand != extents ||
        array::getDType(type) != array::getDType(getType()))
      return emitOpError("expects operands that differ from the result ")
             << getType() << " in axis " << axis << " alone, got " << type;
  }
  if (isStatic && int64_t(length) != extents[axis])
    return emitOpError("expects the result's extent along axis ")
           << axis << " to be the operands' sum " << length << ", got "
           << extents[axis];
  return success();
}

/// What products of matrices have in common.
static LogicalResult verifyProduct(Operation *op, Type typeX, Type typeY) {
  SmallVector<int64_t> x = getExtents(typeX), y = getExtents(typeY);
  size_t rank = x.size();
  if (rank < 2 || y.size() != rank)
    return op->emitOpError("expects operands of one rank of at least 2, got ")
           << rank << " and " << y.size();
  ArrayRef<int64_t> batch = ArrayRef(x).drop_back(2);
  if (batch != ArrayRef(y).drop_back(2))
    return op->emitOpError("expects equal batch extents, got ")
           << typeX << " and " << typeY;
  if (x[rank - 1] != y[rank - 2])
    return op->emitOpError("expects columns of ")
           << typeX << " to be rows of " << typeY;
  DType dtype = array::getDType(typeX);
  if (dtype != array::getDType(typeY))
    return op->emitOpError("expects operands of one dtype");
  SmallVector<int64_t> extents(batch);
  extents.append({x[rank - 2], y[rank - 1]});
  Type expected = getTensorType(op->getContext(), dtype, extents);
  Type type = op->getResult(0).getType();
  if (type != expected)
    return op->emitOpError("expects result type ")
           << expected << ", got " << type;
  return success();
}

LogicalResult MatmulOp::verify() {
  return verifyProduct(*this, getX().getType(), getY().getType());
}

LogicalResult GemmOp::verify() {
  if (failed(verifyProduct(*this, getX().getType(), getY().getType())))
    return failure();
  if (getAddends().size() > 2)
    return emitOpError("expects at most 2 addends, got ")
           << getAddends().size();
  for (Type type : getAddends().getTypes())
    if (type != getType())
      return emitOpError("expects addends of type ")
             << getType() << ", got " << type;
  if (getAddends().empty() && (getBeta() || getNegateAddend()))
    return emitOpError("expects an addend where one is scaled");
  Type scalar = getTensorType(getContext(), array::getDType(getType()), {});
  for (Value factor : {getAlpha(), getBeta()})
    if (factor && factor.getType() != scalar)
      return emitOpError("expects factors of type ")
             << scalar << ", got " << factor.getType();
  return success();
}

//===----------------------------------------------------------------------===//
// LibmOp
//===----------------------------------------------------------------------===//

LogicalResult LibmOp::verify() {
  auto types = llvm::to_vector_of<Type>(getOperandTypes());
  llvm::append_range(types, getResultTypes());
  if (getOperands().empty() || !llvm::all_equal(types))
    return emitOpError("expects operands and results of one type");
  return success();
}

//===----------------------------------------------------------------------===//
// FusionOp
//===----------------------------------------------------------------------===//

LogicalResult FusionOp::verifyRegions() {
  if (getBody().getArgumentTypes() != getInputs().getTypes())
    return emitOpError("expects block arguments of its inputs' types");
  auto yield = cast<YieldOp>(getBody().front().getTerminator());
  if (yield.getValues().getTypes() != getResultTypes())
    return emitOpError("expects to yield values of its results' types");
  return success();
}

/// `(%x = %a, %y = %b : type, type) -> (type) attributes {...} {...}`
ParseResult FusionOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> inputs;
  SmallVector<Type> inputTypes;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLParen())
    return failure();
  if (failed(parser.parseOptionalRParen())) {
    auto parseBinding = [&] {
      return failure(parser.parseArgument(arguments.emplace_back()) ||
                     parser.parseEqual() ||
                     parser.parseOperand(inputs.emplace_back()));
    };
    if (parser.parseCommaSeparatedList(parseBinding) ||
        parser.parseColonTypeList(inputTypes) || parser.parseRParen())
      return failure();
  }
  if (parser.resolveOperands(inputs, inputTypes, loc, result.operands) ||
      parser.parseArrow() || parser.parseLParen())
    return failure();
  if (failed(parser.parseOptionalRParen()) &&
      (parser.parseTypeList(result.types) || parser.parseRParen()))
    return failure();
  for (auto [argument, type] : llvm::zip(arguments, inputTypes))
    argument.type = type;
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.parseRegion(*result.addRegion(), arguments))
    return failure();
  ensureTerminator(*result.regions.front(), parser.getBuilder(),
                   result.location);
  return success();
}

void FusionOp::print(OpAsmPrinter &printer) {
  printer << " (";
  auto bindings = llvm::zip(getBody().getArguments(), getInputs());
  llvm::interleaveComma(bindings, printer, [&](auto binding) {
    auto [argument, input] = binding;
    printer << argument << " = " << input;
  });
  if (!getInputs().empty())
    printer << " : " << getInputs().getTypes();
  printer << ") -> (" << getResultTypes() << ')';
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
