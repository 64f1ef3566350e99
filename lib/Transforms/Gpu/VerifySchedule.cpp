// Checks the attributes of kernels before they are scheduled for a GPU.

#include "VerifySchedule.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace numloom::array {

namespace {
/// The values that an option of a schedule may have.
struct OptionRange {
  StringRef name;
  int64_t least, most;
  bool isPowerOfTwo;
};
} // namespace

static constexpr OptionRange kOptionRanges[] = {
    {"threads", 32, 1024, true},   {"vector", 1, 16, true},
    {"unroll", 1, 16, false},      {"height", 2, 1024, true},
    {"width", 2, 4096, true},      {"group", 1, 1024, true},
    {"across", 1, 1024, true},     {"steps", 1, 64, false},
    {"splits", 1, 1 << 16, false}, {"cluster", 1, 8, true},
    {"bands", 1, 64, false},
};
/// Of every other option.
static constexpr OptionRange kOtherOption = {"", 0, 1 << 16, false};

static LogicalResult verifyOption(func::FuncOp kernel, NamedAttribute option) {
  const OptionRange *range =
      llvm::find_if(kOptionRanges, [&](const OptionRange &candidate) {
        return candidate.name == option.getName().getValue();
      });
  if (range == std::end(kOptionRanges))
    range = &kOtherOption;
  auto value = dyn_cast<IntegerAttr>(option.getValue());
  if (value && value.getType().isSignlessInteger(64) &&
      value.getInt() >= range->least && value.getInt() <= range->most &&
      (!range->isPowerOfTwo || llvm::isPowerOf2_64(value.getInt())))
    return success();
  auto error = kernel.emitError("array.schedule: ")
               << option.getName() << " must be "
               << (range->isPowerOfTwo ? "a power of two" : "an integer")
               << " from " << range->least << " to " << range->most;
  return error;
}

static LogicalResult verifyGuards(func::FuncOp kernel) {
  Attribute attr = kernel->getAttr("array.guards");
  if (!attr)
    return success();
  auto guards = dyn_cast<ArrayAttr>(attr);
  bool isValid = guards && llvm::all_of(guards, [](Attribute each) {
                   auto guard = dyn_cast<GuardAttr>(each);
                   return guard && guard.getMultiple() > 0 &&
                          guard.getValue().getDivisor() > 0;
                 });
  if (!isValid)
    return kernel.emitError("array.guards must be a list of #array.guard with "
                            "positive multiples and divisors");
  return success();
}

/// Whether there is one element; reshaping gives a number dimensions.
static bool isNumber(RankedTensorType type) {
  return type.hasStaticShape() && type.getNumElements() == 1;
}

static LogicalResult verifyArguments(func::FuncOp kernel) {
  for (BlockArgument argument : kernel.getArguments())
    if (kernel.getArgAttr(argument.getArgNumber(), kScalarAttr) &&
        !isNumber(cast<RankedTensorType>(argument.getType())))
      return kernel.emitError("argument ")
             << argument.getArgNumber()
             << " is passed by value but is an array";
  Attribute attr = kernel->getAttr("array.in_place");
  if (!attr)
    return success();
  auto inPlace = dyn_cast<DenseI64ArrayAttr>(attr);
  bool isValid =
      inPlace && inPlace.size() == int64_t(kernel.getNumResults()) &&
      llvm::all_of(inPlace.asArrayRef(), [&](int64_t operand) {
        return operand >= -1 && operand < int64_t(kernel.getNumArguments());
      });
  if (!isValid)
    return kernel.emitError("array.in_place must name an operand, or -1, for "
                            "each result");
  return success();
}

LogicalResult verifyGpuSchedule(func::FuncOp kernel) {
  auto schedule = kernel->getAttrOfType<DictionaryAttr>("array.schedule");
  if (!schedule || !schedule.getAs<StringAttr>("name"))
    return kernel.emitError("array.schedule must be a dictionary with a name");
  for (NamedAttribute option : schedule)
    if (option.getName() != "name" && failed(verifyOption(kernel, option)))
      return failure();
  Attribute bits = kernel->getAttr(kIndexBitsAttr);
  auto width = dyn_cast_or_null<IntegerAttr>(bits);
  if (bits && (!width || (width.getValue() != 32 && width.getValue() != 64)))
    return kernel.emitError("array.index_bits must be 32 or 64");
  if (failed(verifyGuards(kernel)))
    return failure();
  return verifyArguments(kernel);
}

} // namespace numloom::array
