// What all kinds of machines share.

#include "KernelBackend.h"

using namespace mlir;

namespace numloom {

SmallVector<int64_t> KernelUse::getHints() const {
  func::FuncOp function = program;
  auto known =
      function->getAttrOfType<DenseI64ArrayAttr>(array::kParamHintsAttr);
  SmallVector<int64_t> hints;
  for (int64_t param : params) {
    if (!known || param >= known.size())
      return {};
    hints.push_back(known[param]);
  }
  return hints;
}

bool KernelUse::hasInputAttr(BufferRef buffer, StringRef attr) const {
  return buffer.kind == BufferKind::Input &&
         func::FuncOp(program).getArgAttr(buffer.index, attr);
}

SizeFormula getFormula(array::SizeAttr size) {
  SizeFormula formula;
  auto assign = [](std::vector<int64_t> &to, array::ParamsAttr from) {
    if (from)
      to.assign(from.getValues().begin(), from.getValues().end());
  };
  assign(formula.factors, size.getFactors());
  assign(formula.outer, size.getOuter());
  formula.multiplier = size.getMultiplier();
  formula.divisor = size.getDivisor();
  formula.scale = size.getScale();
  return formula;
}

std::string getEntryName(StringRef hash, StringRef function) {
  return ("numloom_" + hash.take_front(24) + "_" + function).str();
}

} // namespace numloom
