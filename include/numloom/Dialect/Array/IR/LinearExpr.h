// Index expressions that are linear in loop dimensions, with coefficients that
// are products of run-time parameters.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_LINEAREXPR_H
#define NUMLOOM_DIALECT_ARRAY_IR_LINEAREXPR_H

#include "numloom/Support/Param.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace numloom::array {

/// A constant times a product of parameters (indices, ascending).
struct Monomial {
  int64_t factor = 1;
  llvm::SmallVector<int64_t, 2> params;

  Monomial() = default;
  /// From an integer that is a constant or a parameter (Support/Param.h).
  explicit Monomial(int64_t constantOrParam);

  bool isZero() const { return factor == 0; }
  bool isOne() const { return factor == 1 && params.empty(); }
  bool isConstant() const { return params.empty(); }

  Monomial operator*(const Monomial &other) const;
  bool operator==(const Monomial &other) const = default;
};

/// sum(coefficient * iv_d) + sum(constants).
struct LinearExpr {
  /// Loop dimensions and their coefficients, ascending, no zeros. A dimension
  /// occurs twice only where two coefficients have different parameters, as on
  /// a diagonal: i * p1 + i.
  llvm::SmallVector<std::pair<unsigned, Monomial>, 2> terms;
  /// Ascending by parameters, no zeros; equal parameters are merged.
  llvm::SmallVector<Monomial, 1> constants;

  static LinearExpr dim(unsigned d);
  static LinearExpr constant(int64_t constantOrParam);

  /// The coefficient of loop dimension `d`, zero if absent. It must be one
  /// monomial.
  Monomial getCoefficient(unsigned d) const;
  bool dependsOn(unsigned d) const;

  LinearExpr operator+(const LinearExpr &other) const;
  LinearExpr operator*(const Monomial &factor) const;
  bool operator==(const LinearExpr &other) const = default;
};

/// The row-major strides of `extents` (constants or parameters).
llvm::SmallVector<Monomial> getRowMajorStrides(llvm::ArrayRef<int64_t> extents);

} // namespace numloom::array

#endif // NUMLOOM_DIALECT_ARRAY_IR_LINEAREXPR_H
