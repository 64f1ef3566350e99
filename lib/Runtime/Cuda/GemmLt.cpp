// Matrix products with epilogues through cublasLt.
#include "CublasTypes.h"
#include "StreamMemory.h"

#include <algorithm>
#include <array>
#include <map>

using namespace numloom;
using namespace numloom::cuda;

/// Partial sums are added in place or in the computation's type, never in that
/// of a 16-bit result.
static constexpr uint32_t kReductionSchemes = 1 | 2;
/// Calls that are kept; they are all dropped when there are more.
static constexpr size_t kMaxCalls = 512;

namespace {

/// The operands of a product in column-major order, in which c is transposed:
/// c^T = b^T @ a^T + addend^T, and a bias that is the same for each of its
/// columns.
struct LtProblem {
  const StridedGemm &gemm;
  CublasFactor alpha, beta;
  /// Data is null without one.
  DeviceMatrix addend, bias;
};

/// All that a choice of algorithm depends on.
using LtKey = std::array<int64_t, 22>;

/// A call of cublasLtMatmul but for its pointers.
class LtCall {
public:
  LtCall(const CublasLt &library, CublasHandle handle, const LtProblem &problem,
         size_t workspaceBytes);
  ~LtCall();
  LtCall(const LtCall &) = delete;
  LtCall &operator=(const LtCall &) = delete;

  /// Whether the library has an algorithm.
  bool isSupported() const { return found != 0; }
  void run(CublasHandle handle, const CublasWorkspace &lent,
           const LtProblem &problem, const Stream &stream);

private:
  explicit LtCall(const CublasLt &library) : lt(library) {}

  template <typename T>
  void set(CublasLtOperationAttribute attribute, T value) {
    lt.setOperation(operation, attribute, &value, sizeof(value));
  }
  void addLayout(CublasLtLayout &layout, CudaDataType type, int64_t rows,
                 int64_t cols, int64_t leadingDimension, int64_t batchStride,
                 int64_t batch);
  void findAlgorithm(CublasHandle handle, const LtProblem &problem,
                     size_t workspaceBytes);

  const CublasLt &lt;
  CublasLtOperation operation = nullptr;
  CublasLtLayout a = nullptr, b = nullptr, c = nullptr, d = nullptr;
  CublasLtHeuristic algorithm;
  int found = 0;
};

/// The calls made so far, and a handle for each device; the lease of a handle
/// of cuBLAS guards them.
struct LtCalls {
  std::map<LtKey, LtCall> calls;
  struct Handle {
    const CublasLt *library = nullptr;
    CublasHandle handle = nullptr;
  };
  std::map<int, Handle> handles;

  CublasHandle getHandle(const CublasLt &library, int ordinal) {
    Handle &entry = handles[ordinal];
    if (!entry.handle) {
      library.create(&entry.handle);
      entry.library = &library;
    }
    return entry.handle;
  }

  static LtCalls &get() {
    // Never destroyed: by then the library may be gone.
    static auto *calls = new LtCalls;
    return *calls;
  }
};

} // namespace

namespace {
/// What an algorithm must keep to.
class LtPreference {
public:
  explicit LtPreference(const CublasLt &lt) : lt(lt) {
    lt.createPreference(&handle);
  }
  ~LtPreference() { lt.destroyPreference.pointer(handle); }
  LtPreference(const LtPreference &) = delete;
  LtPreference &operator=(const LtPreference &) = delete;

  CublasLtPreference getHandle() const { return handle; }
  template <typename T>
  void set(CublasLtPreferenceAttribute attribute, T value) {
    lt.setPreference(handle, attribute, &value, sizeof(value));
  }

private:
  const CublasLt &lt;
  CublasLtPreference handle = nullptr;
};
} // namespace

/// The largest power of two up to 256 that the address is a multiple of; the
/// library makes no use of more.
static uint32_t getAlignment(const void *pointer) {
  auto address = reinterpret_cast<uintptr_t>(pointer) | 256;
  return uint32_t(address & -address);
}

/// What was made is destroyed if what follows throws: the object exists when
/// the other constructor is done.
LtCall::LtCall(const CublasLt &library, CublasHandle handle,
               const LtProblem &problem, size_t workspaceBytes)
    : LtCall(library) {
  const StridedGemm &p = problem.gemm;
  CublasType type = getCublasType(p.dtype);
  lt.createOperation(&operation, type.compute, type.scale);
  ColumnMajor left = getTransposed(p.b, p.n), right = getTransposed(p.a, p.k);
  set(CublasLtOperationAttribute::TransposeA, left.operation);
  set(CublasLtOperationAttribute::TransposeB, right.operation);
  set(CublasLtOperationAttribute::Epilogue,
      problem.bias.data ? CublasLtEpilogue::Bias : CublasLtEpilogue::None);
  if (problem.bias.data)
    set(CublasLtOperationAttribute::Bias, problem.bias.data);
  auto add = [&](CublasLtLayout &layout, const ColumnMajor &matrix,
                 int64_t rows, int64_t cols, int64_t stride) {
    if (matrix.operation == CublasOperation::Transposed)
      std::swap(rows, cols);
    addLayout(layout, type.data, rows, cols, matrix.leadingDimension, stride,
              p.batch);
  };
  add(a, left, p.n, p.k, p.b.batchStride);
  add(b, right, p.k, p.m, p.a.batchStride);
  ColumnMajor result{CublasOperation::None, p.c.rowStride};
  add(d, result, p.n, p.m, p.c.batchStride);
  // What is updated in place has one layout.
  const DeviceMatrix &addend = problem.addend;
  if (addend.data && addend.data != p.c.data)
    add(c, {CublasOperation::None, addend.rowStride}, p.n, p.m,
        addend.batchStride);
  findAlgorithm(handle, problem, workspaceBytes);
}

LtCall::~LtCall() {
  for (CublasLtLayout layout : {a, b, c, d})
    if (layout)
      lt.destroyLayout.pointer(layout);
  if (operation)
    lt.destroyOperation.pointer(operation);
}

void LtCall::addLayout(CublasLtLayout &layout, CudaDataType type, int64_t rows,
                       int64_t cols, int64_t leadingDimension,
                       int64_t batchStride, int64_t batch) {
  using Attribute = CublasLtLayoutAttribute;
  lt.createLayout(&layout, type, uint64_t(rows), uint64_t(cols),
                  leadingDimension);
  if (batch == 1)
    return;
  auto count = int32_t(batch);
  lt.setLayout(layout, Attribute::BatchCount, &count, sizeof(count));
  lt.setLayout(layout, Attribute::BatchStride, &batchStride,
               sizeof(batchStride));
}

void LtCall::findAlgorithm(CublasHandle handle, const LtProblem &problem,
                           size_t workspaceBytes) {
  using Attribute = CublasLtPreferenceAttribute;
  const StridedGemm &p = problem.gemm;
  LtPreference preference(lt);
  preference.set(Attribute::WorkspaceBytes, uint64_t(workspaceBytes));
  preference.set(Attribute::ReductionSchemes, kReductionSchemes);
  const void *pointers[] = {
      p.b.data, p.a.data, problem.addend.data ? problem.addend.data : p.c.data,
      p.c.data};
  for (int i = 0; i < 4; ++i)
    preference.set(Attribute(int(Attribute::AlignmentA) + i),
                   getAlignment(pointers[i]));
  // An epilogue that the library lacks is no algorithm.
  CublasStatus status =
      lt.findAlgorithm.pointer(handle, operation, a, b, c ? c : d, d,
                               preference.getHandle(), 1, &algorithm, &found);
  if (status != CublasStatus::Success ||
      (found && algorithm.status != CublasStatus::Success))
    found = 0;
}

/// `lent` is a workspace to be used, if there is one.
void LtCall::run(CublasHandle handle, const CublasWorkspace &lent,
                 const LtProblem &problem, const Stream &stream) {
  const StridedGemm &p = problem.gemm;
  StreamMemory own;
  void *workspace = lent.memory;
  if (!workspace && algorithm.workspaceBytes)
    workspace = own.allocate(algorithm.workspaceBytes, stream);
  if (problem.bias.data)
    set(CublasLtOperationAttribute::Bias, problem.bias.data);
  const DeviceMatrix &addend = problem.addend;
  const void *beta =
      addend.data ? problem.beta.bytes : getCublasType(p.dtype).zero;
  lt.matmul(handle, operation, problem.alpha.bytes, p.b.data, a, p.a.data, b,
            beta, addend.data ? addend.data : p.c.data, c ? c : d, p.c.data, d,
            &algorithm.algorithm, workspace, algorithm.workspaceBytes,
            stream.getHandle());
}

static LtKey getKey(const LtProblem &problem, int ordinal) {
  const StridedGemm &p = problem.gemm;
  ColumnMajor left = getTransposed(p.b, p.n), right = getTransposed(p.a, p.k);
  const DeviceMatrix &addend = problem.addend;
  return {ordinal,
          int64_t(p.dtype),
          p.m,
          p.n,
          p.k,
          p.batch,
          int64_t(left.operation),
          left.leadingDimension,
          p.b.batchStride,
          int64_t(right.operation),
          right.leadingDimension,
          p.a.batchStride,
          p.c.rowStride,
          p.c.batchStride,
          addend.rowStride,
          addend.batchStride,
          addend.data != nullptr,
          problem.addend.data == p.c.data,
          problem.bias.data != nullptr,
          getAlignment(p.a.data) << 16 | getAlignment(p.b.data),
          getAlignment(p.c.data),
          getAlignment(addend.data)};
}

static bool isBias(const DeviceMatrix &matrix, DType dtype) {
  return matrix.rowStride == 0 && matrix.colStride == 1 &&
         matrix.batchStride == 0 && !isComplex(dtype);
}

/// Whether the rows of `matrix` lie one behind the other, as the result's.
static bool isRowMajor(const DeviceMatrix &matrix, int64_t cols) {
  return matrix.colStride == 1 && matrix.rowStride >= cols &&
         matrix.batchStride >= 0;
}

/// What of the epilogue is c, and what is the bias; nothing if it is no such
/// epilogue.
static std::optional<LtProblem> translate(const StridedGemm &p) {
  const DeviceEpilogue &epilogue = p.epilogue;
  auto alpha = getCublasFactor(epilogue.factors[0], p.dtype);
  auto beta = getCublasFactor(epilogue.factors[1], p.dtype);
  if (!alpha || !beta || !isForGemm(p))
    return std::nullopt;
  LtProblem problem{p, *alpha, *beta, {}, epilogue.addends[1]};
  if (!epilogue.addends[1].data && epilogue.factors[1].isOne() &&
      isBias(epilogue.addends[0], p.dtype))
    problem.bias = epilogue.addends[0];
  else
    problem.addend = epilogue.addends[0];
  if ((problem.bias.data && !isBias(problem.bias, p.dtype)) ||
      (problem.addend.data && !isRowMajor(problem.addend, p.n)))
    return std::nullopt;
  return problem;
}

void cuda::dropCublasLtCalls() {
  LtCalls &kept = LtCalls::get();
  kept.calls.clear();
  for (const auto &[ordinal, entry] : kept.handles)
    if (entry.handle)
      entry.library->destroy.pointer(entry.handle);
  kept.handles.clear();
}

bool cuda::launchCublasLt(const StridedGemm &p, const Stream &stream) {
  const Cublas &cublas = Cublas::get();
  if (!cublas.lt.matmul.pointer)
    return false;
  auto problem = translate(p);
  if (!problem)
    return false;
  CublasLease lease(cublas, stream);
  auto &calls = LtCalls::get().calls;
  CublasHandle handle =
      LtCalls::get().getHandle(cublas.lt, stream.getOrdinal());
  LtKey key = getKey(*problem, stream.getOrdinal());
  auto call = calls.find(key);
  if (call == calls.end()) {
    if (calls.size() == kMaxCalls)
      calls.clear();
    call = calls
               .try_emplace(key, cublas.lt, handle, *problem,
                            getCublasWorkspaceBytes(stream.getOrdinal()))
               .first;
  }
  if (!call->second.isSupported())
    return false;
  call->second.run(handle, lease.getWorkspace(), *problem, stream);
  return true;
}
