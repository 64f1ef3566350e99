// RUN: numloom-opt %s | numloom-opt | FileCheck %s

!i1 = tensor<i1>
!ui8 = tensor<ui8>
!si32 = tensor<si32>
!ui64 = tensor<ui64>
!f32 = tensor<f32>
!f64 = tensor<f64>
!c64 = tensor<complex<f32>>

// CHECK-LABEL: @elementwise
func.func @elementwise(%i1: !i1, %f64: !f64, %f32: !f32, %si32: !si32,
                       %ui64: !ui64) {
  // CHECK: array.absolute %{{.*}} : tensor<f32> -> tensor<f32>
  %0 = array.absolute %f32 : !f32 -> !f32
  // CHECK: array.add %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %1 = array.add %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.arccos %{{.*}} : tensor<f32> -> tensor<f32>
  %2 = array.arccos %f32 : !f32 -> !f32
  // CHECK: array.arccosh %{{.*}} : tensor<f32> -> tensor<f32>
  %3 = array.arccosh %f32 : !f32 -> !f32
  // CHECK: array.arcsin %{{.*}} : tensor<f32> -> tensor<f32>
  %4 = array.arcsin %f32 : !f32 -> !f32
  // CHECK: array.arcsinh %{{.*}} : tensor<f32> -> tensor<f32>
  %5 = array.arcsinh %f32 : !f32 -> !f32
  // CHECK: array.arctan %{{.*}} : tensor<f32> -> tensor<f32>
  %6 = array.arctan %f32 : !f32 -> !f32
  // CHECK: array.arctan2 %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %7 = array.arctan2 %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.arctanh %{{.*}} : tensor<f32> -> tensor<f32>
  %8 = array.arctanh %f32 : !f32 -> !f32
  // CHECK: array.bitwise_and %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %9 = array.bitwise_and %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.bitwise_count %{{.*}} : tensor<si32> -> tensor<ui8>
  %10 = array.bitwise_count %si32 : !si32 -> !ui8
  // CHECK: array.bitwise_or %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %11 = array.bitwise_or %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.bitwise_xor %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %12 = array.bitwise_xor %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.cast %{{.*}} : tensor<f32> -> tensor<f64>
  %13 = array.cast %f32 : !f32 -> !f64
  // CHECK: array.cbrt %{{.*}} : tensor<f32> -> tensor<f32>
  %14 = array.cbrt %f32 : !f32 -> !f32
  // CHECK: array.ceil %{{.*}} : tensor<f32> -> tensor<f32>
  %15 = array.ceil %f32 : !f32 -> !f32
  // CHECK: array.clip %{{.*}}, %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32>, tensor<f32> -> tensor<f32>
  %16 = array.clip %f32, %f32, %f32 : !f32, !f32, !f32 -> !f32
  // CHECK: array.conjugate %{{.*}} : tensor<f32> -> tensor<f32>
  %17 = array.conjugate %f32 : !f32 -> !f32
  // CHECK: array.copysign %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %18 = array.copysign %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.cos %{{.*}} : tensor<f32> -> tensor<f32>
  %19 = array.cos %f32 : !f32 -> !f32
  // CHECK: array.cosh %{{.*}} : tensor<f32> -> tensor<f32>
  %20 = array.cosh %f32 : !f32 -> !f32
  // CHECK: array.deg2rad %{{.*}} : tensor<f32> -> tensor<f32>
  %21 = array.deg2rad %f32 : !f32 -> !f32
  // CHECK: array.degrees %{{.*}} : tensor<f32> -> tensor<f32>
  %22 = array.degrees %f32 : !f32 -> !f32
  // CHECK: array.divide %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %23 = array.divide %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.equal %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %24 = array.equal %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.exp %{{.*}} : tensor<f32> -> tensor<f32>
  %25 = array.exp %f32 : !f32 -> !f32
  // CHECK: array.exp2 %{{.*}} : tensor<f32> -> tensor<f32>
  %26 = array.exp2 %f32 : !f32 -> !f32
  // CHECK: array.expm1 %{{.*}} : tensor<f32> -> tensor<f32>
  %27 = array.expm1 %f32 : !f32 -> !f32
  // CHECK: array.fabs %{{.*}} : tensor<f32> -> tensor<f32>
  %28 = array.fabs %f32 : !f32 -> !f32
  // CHECK: array.float_power %{{.*}}, %{{.*}} : tensor<f64>, tensor<f64> -> tensor<f64>
  %29 = array.float_power %f64, %f64 : !f64, !f64 -> !f64
  // CHECK: array.floor %{{.*}} : tensor<f32> -> tensor<f32>
  %30 = array.floor %f32 : !f32 -> !f32
  // CHECK: array.floor_divide %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %31 = array.floor_divide %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.fmax %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %32 = array.fmax %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.fmin %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %33 = array.fmin %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.fmod %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %34 = array.fmod %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.frexp_exponent %{{.*}} : tensor<f32> -> tensor<si32>
  %35 = array.frexp_exponent %f32 : !f32 -> !si32
  // CHECK: array.frexp_mantissa %{{.*}} : tensor<f32> -> tensor<f32>
  %36 = array.frexp_mantissa %f32 : !f32 -> !f32
  // CHECK: array.gcd %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %37 = array.gcd %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.greater %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %38 = array.greater %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.greater_equal %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %39 = array.greater_equal %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.heaviside %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %40 = array.heaviside %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.hypot %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %41 = array.hypot %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.imag %{{.*}} : tensor<f32> -> tensor<f32>
  %42 = array.imag %f32 : !f32 -> !f32
  // CHECK: array.invert %{{.*}} : tensor<si32> -> tensor<si32>
  %43 = array.invert %si32 : !si32 -> !si32
  // CHECK: array.isfinite %{{.*}} : tensor<f32> -> tensor<i1>
  %44 = array.isfinite %f32 : !f32 -> !i1
  // CHECK: array.isinf %{{.*}} : tensor<f32> -> tensor<i1>
  %45 = array.isinf %f32 : !f32 -> !i1
  // CHECK: array.isnan %{{.*}} : tensor<f32> -> tensor<i1>
  %46 = array.isnan %f32 : !f32 -> !i1
  // CHECK: array.lcm %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %47 = array.lcm %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.ldexp %{{.*}}, %{{.*}} : tensor<f32>, tensor<si32> -> tensor<f32>
  %48 = array.ldexp %f32, %si32 : !f32, !si32 -> !f32
  // CHECK: array.left_shift %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %49 = array.left_shift %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.less %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %50 = array.less %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.less_equal %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %51 = array.less_equal %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.log %{{.*}} : tensor<f32> -> tensor<f32>
  %52 = array.log %f32 : !f32 -> !f32
  // CHECK: array.log10 %{{.*}} : tensor<f32> -> tensor<f32>
  %53 = array.log10 %f32 : !f32 -> !f32
  // CHECK: array.log1p %{{.*}} : tensor<f32> -> tensor<f32>
  %54 = array.log1p %f32 : !f32 -> !f32
  // CHECK: array.log2 %{{.*}} : tensor<f32> -> tensor<f32>
  %55 = array.log2 %f32 : !f32 -> !f32
  // CHECK: array.logaddexp %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %56 = array.logaddexp %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.logaddexp2 %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %57 = array.logaddexp2 %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.logical_and %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %58 = array.logical_and %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.logical_not %{{.*}} : tensor<f32> -> tensor<i1>
  %59 = array.logical_not %f32 : !f32 -> !i1
  // CHECK: array.logical_or %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %60 = array.logical_or %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.logical_xor %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %61 = array.logical_xor %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.make_complex %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<complex<f32>>
  %62 = array.make_complex %f32, %f32 : !f32, !f32 -> !c64
  // CHECK: array.maximum %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %63 = array.maximum %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.minimum %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %64 = array.minimum %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.modf_fraction %{{.*}} : tensor<f32> -> tensor<f32>
  %65 = array.modf_fraction %f32 : !f32 -> !f32
  // CHECK: array.multiply %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %66 = array.multiply %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.negative %{{.*}} : tensor<f32> -> tensor<f32>
  %67 = array.negative %f32 : !f32 -> !f32
  // CHECK: array.nextafter %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %68 = array.nextafter %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.not_equal %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<i1>
  %69 = array.not_equal %f32, %f32 : !f32, !f32 -> !i1
  // CHECK: array.philox_half %{{.*}}, %{{.*}}, %{{.*}} : tensor<ui64>, tensor<ui64>, tensor<ui64> -> tensor<ui64>
  %philox_half = array.philox_half %ui64, %ui64, %ui64 : !ui64, !ui64, !ui64 -> !ui64
  // CHECK: array.philox_inner %{{.*}}, %{{.*}}, %{{.*}} : tensor<ui64>, tensor<ui64>, tensor<ui64> -> tensor<ui64>
  %philox_inner = array.philox_inner %ui64, %ui64, %ui64 : !ui64, !ui64, !ui64 -> !ui64
  // CHECK: array.philox_outer %{{.*}}, %{{.*}}, %{{.*}} : tensor<ui64>, tensor<ui64>, tensor<ui64> -> tensor<ui64>
  %philox_outer = array.philox_outer %ui64, %ui64, %ui64 : !ui64, !ui64, !ui64 -> !ui64
  // CHECK: array.philox_word %{{.*}}, %{{.*}}, %{{.*}} : tensor<ui64>, tensor<ui64>, tensor<ui64> -> tensor<ui64>
  %philox_word = array.philox_word %ui64, %ui64, %ui64 : !ui64, !ui64, !ui64 -> !ui64
  // CHECK: array.positive %{{.*}} : tensor<f32> -> tensor<f32>
  %70 = array.positive %f32 : !f32 -> !f32
  // CHECK: array.power %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %71 = array.power %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.rad2deg %{{.*}} : tensor<f32> -> tensor<f32>
  %72 = array.rad2deg %f32 : !f32 -> !f32
  // CHECK: array.radians %{{.*}} : tensor<f32> -> tensor<f32>
  %73 = array.radians %f32 : !f32 -> !f32
  // CHECK: array.real %{{.*}} : tensor<f32> -> tensor<f32>
  %74 = array.real %f32 : !f32 -> !f32
  // CHECK: array.reciprocal %{{.*}} : tensor<f32> -> tensor<f32>
  %75 = array.reciprocal %f32 : !f32 -> !f32
  // CHECK: array.remainder %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %76 = array.remainder %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.right_shift %{{.*}}, %{{.*}} : tensor<si32>, tensor<si32> -> tensor<si32>
  %77 = array.right_shift %si32, %si32 : !si32, !si32 -> !si32
  // CHECK: array.rint %{{.*}} : tensor<f32> -> tensor<f32>
  %78 = array.rint %f32 : !f32 -> !f32
  // CHECK: array.sign %{{.*}} : tensor<f32> -> tensor<f32>
  %79 = array.sign %f32 : !f32 -> !f32
  // CHECK: array.signbit %{{.*}} : tensor<f32> -> tensor<i1>
  %80 = array.signbit %f32 : !f32 -> !i1
  // CHECK: array.sin %{{.*}} : tensor<f32> -> tensor<f32>
  %81 = array.sin %f32 : !f32 -> !f32
  // CHECK: array.sinh %{{.*}} : tensor<f32> -> tensor<f32>
  %82 = array.sinh %f32 : !f32 -> !f32
  // CHECK: array.spacing %{{.*}} : tensor<f32> -> tensor<f32>
  %83 = array.spacing %f32 : !f32 -> !f32
  // CHECK: array.sqrt %{{.*}} : tensor<f32> -> tensor<f32>
  %84 = array.sqrt %f32 : !f32 -> !f32
  // CHECK: array.square %{{.*}} : tensor<f32> -> tensor<f32>
  %85 = array.square %f32 : !f32 -> !f32
  // CHECK: array.subtract %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>
  %86 = array.subtract %f32, %f32 : !f32, !f32 -> !f32
  // CHECK: array.tan %{{.*}} : tensor<f32> -> tensor<f32>
  %87 = array.tan %f32 : !f32 -> !f32
  // CHECK: array.tanh %{{.*}} : tensor<f32> -> tensor<f32>
  %88 = array.tanh %f32 : !f32 -> !f32
  // CHECK: array.trunc %{{.*}} : tensor<f32> -> tensor<f32>
  %89 = array.trunc %f32 : !f32 -> !f32
  // CHECK: array.where %{{.*}}, %{{.*}}, %{{.*}} : tensor<i1>, tensor<f32>, tensor<f32> -> tensor<f32>
  %90 = array.where %i1, %f32, %f32 : !i1, !f32, !f32 -> !f32
  return
}
