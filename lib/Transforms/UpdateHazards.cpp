// Compares the elements that a kernel reads with those that it writes.
#include "UpdateHazards.h"

#include "numloom/Transforms/Destinations.h"

#include <numeric>
#include <set>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

Value numloom::getRoot(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<ViewOpInterface>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

int64_t numloom::findOperand(FusionOp fusion, Value root) {
  for (auto [i, input] : llvm::enumerate(fusion.getInputs()))
    if (getRoot(input) == root)
      return i;
  return -1;
}

//===----------------------------------------------------------------------===//
// Disjoint indices
//===----------------------------------------------------------------------===//

/// a - b over points that do not know each other: the dimensions of `b` get
/// numbers of their own.
static LinearExpr subtract(const LinearExpr &a, const LinearExpr &b,
                           unsigned rank) {
  LinearExpr negated = b * Monomial(-1);
  for (auto &[dim, coefficient] : negated.terms)
    dim += rank;
  return a + negated;
}

/// Whether all of `difference` but its constant are multiples of a number that
/// does not divide that: it is never 0. The number is a constant, or a
/// parameter where the constant is 1 or -1: parameters are numbers other than
/// those and 0 (Trace/ParamTable.h).
static bool isOffMultiple(const LinearExpr &difference) {
  int64_t rest = 0, divisor = 0;
  std::optional<SmallVector<int64_t, 2>> params;
  auto add = [&](const Monomial &multiple) {
    divisor = std::gcd(divisor, multiple.factor);
    SmallVector<int64_t, 2> common = params.value_or(multiple.params);
    llvm::erase_if(common, [&](int64_t param) {
      return !llvm::is_contained(multiple.params, param);
    });
    params = common;
  };
  for (const Monomial &constant : difference.constants)
    if (constant.isConstant())
      rest = constant.factor;
    else
      add(constant);
  for (const auto &[dim, coefficient] : difference.terms)
    add(coefficient);
  if (rest == 0 || !params)
    return rest != 0;
  return rest % divisor != 0 || (std::abs(rest) == 1 && !params->empty());
}

/// Whether `difference` is a constant plus dimensions times constants, all of
/// one sign, and the constant is not 0.
static bool hasOneSign(const LinearExpr &difference) {
  if (difference.constants.size() != 1 ||
      !difference.constants.front().isConstant())
    return false;
  bool isPositive = difference.constants.front().factor > 0;
  return llvm::all_of(difference.terms, [&](const auto &term) {
    return term.second.isConstant() && (term.second.factor > 0) == isPositive;
  });
}

/// Whether `difference` is one product of parameters, none of which is 0.
static bool isProduct(const LinearExpr &difference) {
  return difference.terms.empty() && difference.constants.size() == 1;
}

/// Whether `difference` is that of two starts, which are parameters: those have
/// different numbers only if they differ, and `isExtent` knows the others.
static bool isOfStarts(const LinearExpr &difference,
                       function_ref<bool(int64_t)> isExtent) {
  auto isStart = [&](const Monomial &constant) {
    return constant.params.size() == 1 && !isExtent(constant.params.front());
  };
  return difference.terms.empty() && difference.constants.size() == 2 &&
         llvm::all_of(difference.constants, isStart) &&
         std::abs(difference.constants.front().factor) == 1 &&
         difference.constants.front().factor ==
             -difference.constants.back().factor;
}

/// Whether two elements of one array can never be one.
static bool areDisjoint(ArrayRef<LinearExpr> a, ArrayRef<LinearExpr> b,
                        unsigned rank, function_ref<bool(int64_t)> isExtent) {
  return llvm::any_of(llvm::zip_equal(a, b), [&](auto pair) {
    LinearExpr difference =
        subtract(std::get<0>(pair), std::get<1>(pair), rank);
    return isProduct(difference) || isOffMultiple(difference) ||
           hasOneSign(difference) || isOfStarts(difference, isExtent);
  });
}

//===----------------------------------------------------------------------===//
// Reads
//===----------------------------------------------------------------------===//

/// The index of an element of `type`, along each of its axes.
static SmallVector<LinearExpr> getPoint(Type type) {
  SmallVector<LinearExpr> point;
  for (auto [dim, extent] : llvm::enumerate(getExtents(type)))
    point.push_back(extent == 1 ? LinearExpr() : LinearExpr::dim(dim));
  return point;
}

namespace {

/// The parameters that are extents.
class Extents {
public:
  void add(Type type) {
    if (hasNamedExtents(type))
      for (int64_t extent : getExtents(type))
        extents.insert(extent);
  }
  void add(TypeRange types) {
    for (Type type : types)
      add(type);
  }
  bool isEmpty() const { return extents.empty(); }
  bool contains(int64_t param) const {
    return extents.contains(makeParam(param));
  }

private:
  std::set<int64_t> extents;
};

/// The element that is written at a point, in the base and in its buffer.
struct Target {
  Target(OpResult result, UpdateOp update)
      : base(update.getBase()), root(getRoot(base)),
        index(*getDestinationIndex(update.getValueMutable(), result.getType())),
        offset(getBufferOffset(base.getType(), index)) {}

  bool isAt(Type type, ArrayRef<LinearExpr> point) const {
    return getBufferOffset(type, point) == offset;
  }

  Value base, root;
  SmallVector<LinearExpr> index;
  LinearExpr offset;
};

/// Walks the elements that a fusion reads for all its results, one of which is
/// the value of an update.
class ReadChecker {
public:
  ReadChecker(OpResult result, UpdateOp update)
      : fusion(cast<FusionOp>(result.getOwner())), target(result, update) {}

  bool run() {
    Operation *yield = fusion.getBody().front().getTerminator();
    return llvm::all_of(yield->getOperands(), [&](Value result) {
      // The rest of the base is no other update's: FuseUpdates sees to that.
      if (auto update = result.getDefiningOp<UpdateOp>())
        result = update.getValue();
      Point point = getPoint(result.getType());
      rank = point.size();
      return visit(result, point);
    });
  }

private:
  using Point = SmallVector<LinearExpr>;

  bool visit(Value value, const Point &point) {
    SmallVector<Point> &seen = visited[value];
    if (llvm::is_contained(seen, point))
      return true;
    seen.push_back(point);
    if (auto argument = dyn_cast<BlockArgument>(value))
      return visitRead(argument, point);
    Operation *op = value.getDefiningOp();
    if (auto view = dyn_cast<ViewOpInterface>(op)) {
      Point operandPoint;
      return succeeded(view.mapIndex(point, operandPoint)) &&
             visit(op->getOperand(0), operandPoint);
    }
    bool isElementwise = isa<ElementwiseOpInterface>(op);
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      return isElementwise ? visit(operand, point) : !reachesBase(operand);
    });
  }

  bool visitRead(BlockArgument argument, const Point &point) {
    Value input = fusion.getInputs()[argument.getArgNumber()];
    if (getRoot(input) != target.root || target.isAt(argument.getType(), point))
      return true;
    return argument.getType() == target.base.getType() &&
           areDisjoint(target.index, point, rank,
                       [&](int64_t param) { return isExtent(param); });
  }

  /// Whether `param` is an extent of something in the kernel.
  bool isExtent(int64_t param) {
    if (extents.isEmpty()) {
      extents.add(fusion.getBody().getArgumentTypes());
      fusion.getBody().walk(
          [&](Operation *op) { extents.add(op->getResultTypes()); });
    }
    return extents.contains(param);
  }

  /// Whether `value`, at whatever point, takes elements of the base.
  bool reachesBase(Value value) {
    SmallVector<Value> stack{value};
    DenseSet<Value> seen;
    while (!stack.empty()) {
      Value next = stack.pop_back_val();
      if (!seen.insert(next).second)
        continue;
      if (auto argument = dyn_cast<BlockArgument>(next)) {
        if (getRoot(fusion.getInputs()[argument.getArgNumber()]) == target.root)
          return true;
        continue;
      }
      llvm::append_range(stack, next.getDefiningOp()->getOperands());
    }
    return false;
  }

  FusionOp fusion;
  Target target;
  unsigned rank = 0;
  /// Collected when they are asked for.
  Extents extents;
  DenseMap<Value, SmallVector<Point>> visited;
};

/// Compares the operands of a matrix product with what it writes.
class ProductChecker {
public:
  ProductChecker(OpResult result, UpdateOp update)
      : product(result.getOwner()), target(result, update) {
    extents.add(target.base.getType());
    extents.add(result.getType());
  }

  bool run() {
    return llvm::all_of(product->getOpOperands(), [&](OpOperand &operand) {
      return getRoot(operand.get()) != target.root || isHarmless(operand);
    });
  }

private:
  bool isHarmless(OpOperand &operand);
  /// The library adds at a point what it is to write there.
  bool isFirstAddend(OpOperand &operand) const {
    auto gemm = dyn_cast<GemmOp>(product);
    return gemm && !gemm.getAddends().empty() &&
           operand.getOperandNumber() ==
               gemm.getAddends().getBeginOperandIndex();
  }

  Operation *product;
  Target target;
  Extents extents;
};

} // namespace

static Value stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value;
}

bool ProductChecker::isHarmless(OpOperand &operand) {
  Value value = operand.get(), base = target.base;
  SmallVector<LinearExpr> point = getPoint(value.getType());
  unsigned rank = point.size();
  while (value.getType() != base.getType() ||
         stripReshapes(value) != stripReshapes(base)) {
    extents.add(value.getType());
    auto view = value.getDefiningOp<ViewOpInterface>();
    SmallVector<LinearExpr> operandPoint;
    if (!view || failed(view.mapIndex(point, operandPoint)))
      return false;
    point = std::move(operandPoint);
    value = view->getOperand(0);
  }
  return (isFirstAddend(operand) && target.isAt(base.getType(), point)) ||
         areDisjoint(target.index, point, rank,
                     [&](int64_t param) { return extents.contains(param); });
}

bool numloom::readsOnlyWhatItWrites(OpResult result, UpdateOp update) {
  auto fusion = dyn_cast<FusionOp>(result.getOwner());
  if (!fusion)
    return ProductChecker(result, update).run();
  return findOperand(fusion, getRoot(update.getBase())) < 0 ||
         ReadChecker(result, update).run();
}
