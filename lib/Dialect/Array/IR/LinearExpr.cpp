// Arithmetic of linear index expressions.
#include "numloom/Dialect/Array/IR/LinearExpr.h"

#include "llvm/ADT/STLExtras.h"

using namespace numloom;
using namespace numloom::array;

//===----------------------------------------------------------------------===//
// Monomial
//===----------------------------------------------------------------------===//

Monomial::Monomial(int64_t constantOrParam) {
  if (isParam(constantOrParam))
    params.push_back(getParamIndex(constantOrParam));
  else
    factor = constantOrParam;
}

Monomial Monomial::operator*(const Monomial &other) const {
  Monomial product;
  // Wraps, as the index arithmetic that it stands for does.
  product.factor = int64_t(uint64_t(factor) * uint64_t(other.factor));
  // Zero has one representation, so that equality is structural.
  if (product.isZero())
    return product;
  product.params.resize(params.size() + other.params.size());
  std::merge(params.begin(), params.end(), other.params.begin(),
             other.params.end(), product.params.begin());
  return product;
}

//===----------------------------------------------------------------------===//
// LinearExpr
//===----------------------------------------------------------------------===//

LinearExpr LinearExpr::dim(unsigned d) {
  LinearExpr expr;
  expr.terms.emplace_back(d, Monomial(1));
  return expr;
}

LinearExpr LinearExpr::constant(int64_t constantOrParam) {
  LinearExpr expr;
  Monomial value(constantOrParam);
  if (!value.isZero())
    expr.constants.push_back(value);
  return expr;
}

bool LinearExpr::dependsOn(unsigned d) const {
  return llvm::any_of(terms, [&](const auto &term) { return term.first == d; });
}

Monomial LinearExpr::getCoefficient(unsigned d) const {
  Monomial coefficient(0);
  for (const auto &[dim, monomial] : terms) {
    if (dim != d)
      continue;
    assert(coefficient.isZero() && "the coefficient is a sum");
    coefficient = monomial;
  }
  return coefficient;
}

/// Adds `value` to the monomial of `sum` that has the same `key`; `sum` is
/// ordered by `getKey` and keeps no zeros.
template <typename T, typename KeyFn, typename MonomialFn>
static void accumulate(llvm::SmallVectorImpl<T> &sum,
                       const std::type_identity_t<T> &value, KeyFn getKey,
                       MonomialFn getMonomial) {
  auto *it = llvm::lower_bound(sum, value, [&](const auto &a, const auto &b) {
    return getKey(a) < getKey(b);
  });
  if (it == sum.end() || getKey(*it) != getKey(value)) {
    sum.insert(it, value);
    return;
  }
  Monomial &monomial = getMonomial(*it);
  monomial.factor =
      int64_t(uint64_t(monomial.factor) + uint64_t(getMonomial(value).factor));
  if (monomial.isZero())
    sum.erase(it);
}

static void addTerm(LinearExpr &sum, unsigned dim, const Monomial &factor) {
  accumulate(
      sum.terms, {dim, factor},
      [](const auto &t) { return std::tie(t.first, t.second.params); },
      [](auto &t) -> auto & { return t.second; });
}

static void addConstant(LinearExpr &sum, const Monomial &value) {
  accumulate(
      sum.constants, value, [](const auto &m) { return std::tie(m.params); },
      [](auto &m) -> auto & { return m; });
}

LinearExpr LinearExpr::operator+(const LinearExpr &other) const {
  LinearExpr sum = *this;
  for (const auto &[dim, coefficient] : other.terms)
    addTerm(sum, dim, coefficient);
  for (const Monomial &value : other.constants)
    addConstant(sum, value);
  return sum;
}

LinearExpr LinearExpr::operator*(const Monomial &factor) const {
  LinearExpr product;
  if (factor.isZero())
    return product;
  for (const auto &[dim, coefficient] : terms)
    addTerm(product, dim, coefficient * factor);
  for (const Monomial &value : constants)
    addConstant(product, value * factor);
  return product;
}

llvm::SmallVector<Monomial>
array::getRowMajorStrides(llvm::ArrayRef<int64_t> extents) {
  llvm::SmallVector<Monomial> strides(extents.size());
  Monomial stride(1);
  for (size_t d = extents.size(); d-- > 0;) {
    strides[d] = stride;
    stride = stride * Monomial(extents[d]);
  }
  return strides;
}
