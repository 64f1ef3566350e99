// Binds the run-time parameters of a program to the shapes of its inputs.
#ifndef NUMLOOM_TOOLS_NUMLOOM_RUN_BINDING_H
#define NUMLOOM_TOOLS_NUMLOOM_RUN_BINDING_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "tools/numloom-run/Host.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/BitVector.h"

namespace numloom {

/// The values of a program's parameters, found from its arguments.
class ParamBinding {
public:
  /// Every parameter that `main` mentions anywhere.
  explicit ParamBinding(mlir::func::FuncOp main);

  /// Gives parameter `index` a value that no shape may contradict.
  mlir::LogicalResult set(int64_t index, int64_t value);

  /// Matches argument `index` of `main` with an array; a mismatch is an error
  /// at the argument's location.
  mlir::LogicalResult bindArgument(unsigned index, const HostArray &array,
                                   llvm::StringRef path);

  /// Fails with an error that names the first parameter without a value.
  mlir::LogicalResult verifyComplete();

  /// Dtypes and shapes of the results of `main`, once all values are known;
  /// fails where a result is not an array or has a negative extent.
  mlir::LogicalResult getResultTypes(std::vector<ResultType> &results);

  const std::vector<int64_t> &getValues() const { return values; }

private:
  /// Makes room for parameter `index`.
  void mention(int64_t index);
  /// Gives a parameter its value; false where it has another one.
  bool bindExtent(int64_t extent, int64_t value);

  mlir::func::FuncOp main;
  std::vector<int64_t> values;
  llvm::BitVector mentioned, bound;
  /// A parameter whose number is beyond the table of values.
  std::optional<int64_t> excess;
};

} // namespace numloom

#endif // NUMLOOM_TOOLS_NUMLOOM_RUN_BINDING_H
