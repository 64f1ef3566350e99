// The passes of the compiler, in the order in which a program meets them.
#ifndef NUMLOOM_TRANSFORMS_PASSES
#define NUMLOOM_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def SimplifyPass : Pass<"numloom-simplify", "::mlir::func::FuncOp"> {
  let summary = "Algebra that is exact in NumPy's arithmetic, folds and CSE";
  let description = [{
    Rewrites ops to cheaper ones with the same result to the bit, NaN, signed
    zeros and wrap-around included, then folds, canonicalises and removes equal
    and unused ops. Linear in the number of ops.
  }];
  let dependentDialects = ["::numloom::array::ArrayDialect"];
}

def FoldGemmEpiloguesPass
    : Pass<"numloom-fold-gemm-epilogues", "::mlir::func::FuncOp"> {
  let summary = "Lets matrix products scale and add what they give";
  let description = [{
    In programs for a GPU, `alpha * (x @ y) + beta * c + bias` becomes one
    `array.gemm`, where no kernel would be left to do it at no cost: what reads
    the result reads it from memory. The order of additions is kept; factors
    are scalar arguments, and bool has no epilogue. float16 and bfloat16 are not
    scaled: the library rounds once at the end, so that a product that has
    overflown would come back.
  }];
  let dependentDialects = ["::numloom::array::ArrayDialect"];
}

def OnePassDeviationsPass
    : Pass<"numloom-one-pass-deviations", "::mlir::func::FuncOp"> {
  let summary = "Sums squared distances from a mean without a second pass";
  let description = [{
    In programs for a GPU, `sum((x - c)**2)` with `c = sum(x) / d` of the same
    elements, or a product in place of the quotient, becomes
    `squared_deviations(x) + n * (sum(x) / n - c)**2`, where the rows do not stay
    in registers between two stages and no other reduction needs `x - c`.
    Whatever `d` is, both are equal but for rounding; where it is `n`, the second
    term is zero.
  }];
  let dependentDialects = ["::numloom::array::ArrayDialect"];
}

def FormFusionsPass : Pass<"numloom-form-fusions", "::mlir::func::FuncOp"> {
  let summary = "Groups the ops of a program into kernels";
  let description = [{
    Every elementwise op, view, index value, reduction and scan ends up in an
    `array.fusion` whose attribute `kind` says how to schedule it:

    - `loop`: all results over one space;
    - `row`: reductions that include the innermost axis; each row is walked once
      per stage, a later stage may use the reductions of the earlier ones;
    - `column`: one stage of reductions, vectorised along the kept axes;
    - `split`: one stage of reductions of everything, cut into chunks;
    - `scan`: running reductions along one axis;
    - `compress`: the elements that one mask lets through;
    - `scatter`: updates at computed places.

    Results are shaped as the kernel's space or as its reductions' results. A
    priority queue merges groups in the order of the bytes that a union saves;
    values that are read at another index, as in stencils, are recomputed by
    their readers where that costs less than storing them. `array.param_hints`
    of the function gives sizes to the cost model. The function's attribute
    `array.fusion_report` says why a kernel is not one with those it reads;
    `--debug-fusion` prints every decision.
  }];
  let dependentDialects = ["::numloom::array::ArrayDialect"];
}

def PlanBuffersPass : Pass<"numloom-plan-buffers", "::mlir::func::FuncOp"> {
  let summary = "Assigns buffers to the values between kernels";
  let description = [{
    Every op outside kernels that is no view gets `array.slots`, for each result
    a slot of the arena, or -(k + 1) for output k of the program. A slot is
    reused once its value is dead, by values whose bytes are the same formula. A
    `loop` kernel may write a result over an operand that dies there, an output
    over an argument that was donated: `array.in_place` names the operand, or
    -1, for each result. A result that
    is nothing but an operand of one concatenation, or the value of an update,
    shares the other's slot, at the place that `array.into` says. Updates have
    their base's slot: ops are moved, and bases copied, until that is right.
    `array.donations` of the function names the donated argument, or -1, in
    whose memory each result lies. The function's `array.arena` lists the
    slots: the product of each is its bytes. Near-linear in the number of ops.
  }];
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

def OutlineKernelsPass : Pass<"numloom-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Makes a function of every fusion";
  let description = [{
    Replaces the module's functions by one function per `array.fusion`, with
    the run-time parameters renumbered by first use: the form in which kernels
    are compared, cached and scheduled. The compiler outlines fusions one by
    one and keeps the program.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

def ScheduleCpuPass : Pass<"numloom-schedule-cpu", "::mlir::ModuleOp"> {
  let summary = "Turns outlined kernels into vectorised loops for the CPU";
  let description = [{
    One function on buffers, or several, for a part of a kernel's work items:
    loops of `scf` over `vector` and `memref`, by the kernel's `array.kind`.
    `array.work` and `array.item_cost` say how many items there are and what one
    costs, `array.buffers` what each argument is.
  }];
  let options = [
    Option<"vectorBytes", "vector-bytes", "int64_t", /*default=*/"64",
           "Bytes of the machine's vector registers">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
    "::mlir::LLVM::LLVMDialect",
  ];
}

def ExpandMathPass : Pass<"numloom-expand-math"> {
  let summary = "Replaces math functions by approximations in registers";
  let description = [{
    Functions of float32 and float64 whose approximation in line is faster than
    a library call, which clobbers every vector register. Within 1.1 ULP, for
    machines with fused multiply-add. Arguments outside the range of an
    approximation branch to the library.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
  ];
}

def LowerMathToLibraryPass
    : Pass<"numloom-lower-math-to-library", "::mlir::ModuleOp"> {
  let summary = "Turns math functions into calls of vector and C libraries";
  let description = [{
    Ops of the math dialect without an instruction, and `array.libm`, become
    calls of SLEEF's functions within 1 ULP on vectors of the machine's width;
    functions that SLEEF lacks, and all of them under `vector-abi=scalar`, are
    called in the C library lane by lane.
  }];
  let options = [
    Option<"vectorAbi", "vector-abi", "std::string", /*default=*/"\"avx512\"",
           "Registers of the vector functions: avx512, avx2 or scalar">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect",
  ];
}

def ConvertKernelsToLLVMPass
    : Pass<"numloom-convert-kernels-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Converts scheduled kernels to the LLVM dialect";
  let description = [{
    One conversion for all dialects that schedules use; buffers are bare
    pointers.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

//===----------------------------------------------------------------------===//
// Kernels on the GPU
//===----------------------------------------------------------------------===//

def ScheduleGpuPass : Pass<"numloom-schedule-gpu", "::mlir::ModuleOp"> {
  let summary = "Turns outlined kernels into functions of a gpu.module";
  let description = [{
    One thread's loops over `vector` and `memref`, in `gpu.module @kernels`, or
    in `@kernels_wide` for kernels whose indices need 64 bits. `array.schedule`
    of a kernel names its schedule with its parameters, `array.guards` what it
    relies on; where they are missing they are chosen, guided by
    `array.param_hints`.
  }];
  let options = [
    Option<"computeCapability", "compute-capability", "int", /*default=*/"90",
           "10 * major + minor">,
    Option<"multiprocessors", "multiprocessors", "int", /*default=*/"132",
           "Multiprocessors of the device">,
    Option<"sharedBytes", "shared-bytes", "int64_t", /*default=*/"227 * 1024",
           "Shared memory that a block may have">,
    Option<"cacheBytes", "cache-bytes", "int64_t", /*default=*/"60 << 20",
           "The device's second-level cache">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
  ];
}

def ExpandDeviceMathPass
    : Pass<"numloom-expand-device-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Computes functions by sequences that share branches";
  let description = [{
    Divisions and square roots of float32 vectors, correctly rounded as before,
    and logarithms, within 1.1 ULP: lanes side by side, and one branch to the
    plain op for what the sequence is not right for, such as zeros, infinities
    and numbers near them. So are exp, log, sin and cos of float64, within 1.6
    ULP, the two of one argument together. Loads come before the branches.
    Quotients of float16 stay correctly rounded, and exponentials are within
    0.51 ULP, without branches.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect",
  ];
}

def LowerMathToLibdevicePass
    : Pass<"numloom-lower-math-to-libdevice", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Turns math functions into calls of the device's library";
  let description = [{
    Ops of the math dialect without an instruction, and `array.libm`, become
    calls lane by lane: of libdevice (`__nv_expf`), and for complex numbers of
    Numloom's own functions in the same manner (`__numloom_cexp`).
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::vector::VectorDialect",
  ];
}

def ConvertGpuKernelsToNVVMPass
    : Pass<"numloom-convert-gpu-kernels-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Converts scheduled GPU kernels to the LLVM and NVVM dialects";
  let description = [{
    One conversion for all dialects that schedules use. Buffers are bare
    pointers; indices have the bits that the module's attribute
    `array.index_bits` says, 64 without it.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

#endif // NUMLOOM_TRANSFORMS_PASSES
