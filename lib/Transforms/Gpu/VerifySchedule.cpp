// Checks the attributes of kernels before they are scheduled for a GPU.

#include "VerifySchedule.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Attributes.h"

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
    {"threads", 32, 1024, true},
    {"vector", 1, 16, true},
    {"unroll", 1, 16, false},
    {"height", 2, 1024, true},
    {"width", 2, 4096, true},
    {"group", 1, 1024, true},
    {"across", 1, 1024, true},
    {"steps", 1, 64, false},
    {"splits", 1, 1 << 16, false},
    {"cluster", 1, 8, true},
    {"bands", 1, 64, false},
    {"turns", 1, 64, false},
    {"kept_blocks", 1, std::numeric_limits<int32_t>::max(), false},
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
  Attribute attr = kernel->getAttr(kGuardsAttr);
  if (!attr)
    return success();
  auto guards = dyn_cast<ArrayAttr>(attr);
  if (!guards || !llvm::all_of(guards, llvm::IsaPred<GuardAttr>))
    return kernel.emitError("array.guards must be a list of #array.guard");
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
  Attribute attr = kernel->getAttr(kInPlaceAttr);
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
  auto schedule = kernel->getAttrOfType<DictionaryAttr>(kScheduleAttr);
  if (!schedule || !schedule.getAs<StringAttr>("name"))
    return kernel.emitError("array.schedule must be a dictionary with a name");
  for (NamedAttribute option : schedule)
    if (option.getName() != "name" && failed(verifyOption(kernel, option)))
      return failure();
  if (failed(verifyGuards(kernel)))
    return failure();
  return verifyArguments(kernel);
}

} // namespace numloom::array
