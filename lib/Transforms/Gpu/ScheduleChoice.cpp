// The choice of schedules: formulas, guards, attributes.

#include "ScheduleChoice.h"

#include "ElementwiseChoice.h"

#include "numloom/Transforms/Attributes.h"

using namespace mlir;

namespace numloom::array {

std::optional<int64_t> SizeHints::evaluate(const Monomial &size) const {
  int64_t product = size.factor;
  for (int64_t param : size.params) {
    if (param >= static_cast<int64_t>(hints.size()))
      return std::nullopt;
    product *= hints[param];
  }
  return product;
}

ArrayRef<int64_t> getInPlace(func::FuncOp kernel) {
  auto inPlace = kernel->getAttrOfType<DenseI64ArrayAttr>(kInPlaceAttr);
  return inPlace ? inPlace.asArrayRef() : ArrayRef<int64_t>();
}

bool isWrittenInPlace(func::FuncOp kernel) {
  return llvm::any_of(getInPlace(kernel),
                      [](int64_t operand) { return operand >= 0; });
}

static ParamsAttr getParams(MLIRContext *context, const Monomial &product) {
  SmallVector<int64_t> factors;
  for (int64_t param : product.params)
    factors.push_back(makeParam(param));
  return ParamsAttr::get(context, factors);
}

SizeAttr getSizeAttr(MLIRContext *context, const Monomial &factors,
                     int64_t divisor, int64_t scale, const Monomial &outer) {
  return SizeAttr::get(context, getParams(context, factors), factors.factor,
                       divisor, scale * outer.factor,
                       outer.isConstant() ? ParamsAttr()
                                          : getParams(context, outer));
}

GuardAttr getGuard(MLIRContext *context, const Monomial &size, int64_t multiple,
                   int64_t minimum, int64_t maximum) {
  return GuardAttr::get(context, getSizeAttr(context, size), minimum, maximum,
                        multiple);
}

void ScheduleChoice::addGuard(MLIRContext *context, const Monomial &size,
                              int64_t minimum, int64_t maximum) {
  if (size.isConstant())
    return;
  GuardAttr guard = getGuard(context, size, /*multiple=*/1, minimum, maximum);
  if (!llvm::is_contained(guards, guard))
    guards.push_back(guard);
}

bool ScheduleChoice::assumeSide(MLIRContext *context, const Monomial &size,
                                int64_t value, int64_t least) {
  if (value >= least)
    addGuard(context, size, least, std::numeric_limits<int64_t>::max());
  else
    addGuard(context, size, 0, least - 1);
  return value >= least;
}

void chooseGpuSchedule(func::FuncOp kernel, ArrayRef<int64_t> hintValues,
                       const CudaTarget &target) {
  FailureOr<IterationSpace> space = IterationSpace::analyze(kernel);
  if (failed(space))
    return;
  SizeHints hints(hintValues);
  ScheduleChoice choice =
      space->getReductions().empty()
          ? chooseElementwiseSchedule(kernel, *space, hints)
          : chooseReductionSchedule(kernel, *space, hints, target);
  Builder builder(kernel.getContext());
  SmallVector<NamedAttribute> schedule{
      builder.getNamedAttr("name", builder.getStringAttr(choice.name))};
  for (auto [option, value] : choice.options)
    schedule.push_back(
        builder.getNamedAttr(option, builder.getI64IntegerAttr(value)));
  kernel->setAttr(kScheduleAttr, builder.getDictionaryAttr(schedule));
  SmallVector<Attribute> guards(choice.guards.begin(), choice.guards.end());
  kernel->setAttr(kGuardsAttr, builder.getArrayAttr(guards));
}

} // namespace numloom::array
