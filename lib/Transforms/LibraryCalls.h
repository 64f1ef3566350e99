// Calls of math libraries on scalars: what the lowerings of all targets share.
#ifndef NUMLOOM_LIB_TRANSFORMS_LIBRARYCALLS_H
#define NUMLOOM_LIB_TRANSFORMS_LIBRARYCALLS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"

#include <functional>
#include <optional>

namespace numloom {

/// On an op that few elements take: its function stays one, which is called.
inline constexpr llvm::StringLiteral kOutOfLineAttr = "array.out_of_line";

/// A function by its name in the C library, and SLEEF's suffix for the variant
/// within 1 ULP, empty where the vector library has none that is exact enough.
struct LibraryFunction {
  llvm::StringRef name, accuracy;
};

/// The library function of an op of the math dialect or of an `array.libm` on
/// scalars and vectors of one dimension; none for what is an instruction.
std::optional<LibraryFunction> getLibraryFunction(mlir::Operation *op);

/// Calls `call`, which takes float32 and float64, in float32 on half types.
llvm::SmallVector<mlir::Value>
callWidened(mlir::ImplicitLocOpBuilder &b, mlir::ValueRange operands,
            mlir::TypeRange results,
            llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange,
                                                              mlir::TypeRange)>
                call);

/// Declares the functions of a library where they are called, and calls them.
class LibraryCalls {
public:
  /// The symbol of the C library's `function` for float32 or float64.
  using NameFn =
      std::function<std::string(llvm::StringRef function, mlir::Type)>;

  LibraryCalls(mlir::Operation *module, NameFn getName)
      : symbols(module), getName(std::move(getName)) {}

  /// One call per lane, which nobody inlines if it is `outOfLine`. Functions
  /// with two results return a struct of them.
  llvm::SmallVector<mlir::Value> callPerLane(mlir::ImplicitLocOpBuilder &b,
                                             llvm::StringRef function,
                                             mlir::ValueRange operands,
                                             mlir::TypeRange results,
                                             bool outOfLine = false);

  /// The declaration of `symbol`, which has no effects.
  mlir::LLVM::LLVMFuncOp declare(mlir::ImplicitLocOpBuilder &b,
                                 const llvm::Twine &symbol,
                                 llvm::ArrayRef<mlir::Type> operands,
                                 mlir::Type result);

private:
  llvm::SmallVector<mlir::Value> callScalar(mlir::ImplicitLocOpBuilder &b,
                                            llvm::StringRef function,
                                            mlir::ValueRange operands,
                                            mlir::TypeRange results,
                                            bool outOfLine);

  mlir::SymbolTable symbols;
  NameFn getName;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_LIBRARYCALLS_H
