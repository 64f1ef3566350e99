// RUN: numloom-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{encoding names 1 extents of a tensor of rank 2}}
func.func private @rank(tensor<?x?xf32, #array.params<[p0]>>)

// -----

// expected-error @+1 {{a static shape takes no encoding}}
func.func private @static(tensor<3xf32, #array.params<[3]>>)

// -----

// expected-error @+1 {{axis 1: dynamic extents are parameters, static ones constants}}
func.func private @unnamed(tensor<?x?xf32, #array.params<[p0, 3]>>)

// -----

// expected-error @+1 {{axis 1: encoding says 4, shape says 3}}
func.func private @contradiction(tensor<?x3xf32, #array.params<[p0, 4]>>)

// -----

// expected-error @+1 {{expected an integer or a parameter p<k>}}
func.func private @name(tensor<?xf32, #array.params<[q0]>>)

// -----

// expected-error @+1 {{expected an integer or a parameter p<k>}}
func.func private @manyParams(tensor<?xf32, #array.params<[p4294967296]>>)

// -----

// expected-error @+1 {{integer is out of range}}
func.func private @range(tensor<?xf32, #array.params<[-9223372036854775808]>>)

// -----

func.func @flat(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 must be tensor with static or named extents of NumPy dtype values}}
  %0 = array.add %x, %x : tensor<?xf32>, tensor<?xf32> -> tensor<?xf32>
  return
}

// -----

func.func @signless(%x: tensor<i32>) {
  // expected-error @+1 {{operand #0 must be tensor with static or named extents of NumPy dtype values}}
  %0 = array.add %x, %x : tensor<i32>, tensor<i32> -> tensor<i32>
  return
}

// -----

func.func @shapes(%x: tensor<?xf32, #array.params<[p0]>>, %y: tensor<?xf32, #array.params<[p1]>>) {
  // expected-error @+1 {{expects operands of the result's shape}}
  %0 = array.add %x, %y : tensor<?xf32, #array.params<[p0]>>, tensor<?xf32, #array.params<[p1]>> -> tensor<?xf32, #array.params<[p0]>>
  return
}

// -----

func.func @dtypes(%x: tensor<f32>, %y: tensor<f64>) {
  // expected-error @+1 {{expects dtypes of one of its signatures ??->? bb->b}}
  %0 = array.add %x, %y : tensor<f32>, tensor<f64> -> tensor<f64>
  return
}

// -----

func.func @bitcastSizes(%x: tensor<f32>) {
  // expected-error @+1 {{expects real dtypes of one size, got 'tensor<f32>' and 'tensor<f64>'}}
  %0 = array.bitcast %x : tensor<f32> -> tensor<f64>
  return
}

// -----

func.func @bitcastComplex(%x: tensor<complex<f32>>) {
  // expected-error @+1 {{expects real dtypes of one size}}
  %0 = array.bitcast %x : tensor<complex<f32>> -> tensor<f64>
  return
}

// -----

func.func @libmTypes(%x: f32) {
  // expected-error @+1 {{expects operands and results of one type}}
  %0 = array.libm "exp"(%x) : (f32) -> f64
  return
}

// -----

func.func @integerConstant() {
  // expected-error @+1 {{expects an integer value for int32}}
  %0 = array.constant(1.0 : f64) : tensor<si32>
  return
}

// -----

func.func @floatConstant() {
  // expected-error @+1 {{expects a float value for float32}}
  %0 = array.constant(1 : i64) : tensor<f32>
  return
}

// -----

func.func @wideConstant() {
  // expected-error @+1 {{value 256 is no uint8}}
  %0 = array.constant(256 : i64) : tensor<ui8>
  return
}

// -----

func.func @boolConstant() {
  // expected-error @+1 {{value 2 is no bool}}
  %0 = array.constant(2 : i64) : tensor<i1>
  return
}

// -----

func.func @iota() {
  // expected-error @+1 {{expects an axis below the rank 1, got 1}}
  %0 = array.iota axis 1 : tensor<3xsi64>
  return
}

// -----

func.func @reducedAxes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects distinct ascending axes below the rank 2, got [1, 0]}}
  %0 = array.sum %x axes [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}

// -----

func.func @equalAxes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects distinct ascending axes below the rank 2, got [0, 0]}}
  %0 = array.sum %x axes [0, 0] : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @reducedShape(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects result type 'tensor<3xf32>', got 'tensor<2xf32>'}}
  %0 = array.sum %x axes [0] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @scanAxes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects one axis, got [0, 1]}}
  %0 = array.scan_sum %x axes [0, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @scanShape(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects result type 'tensor<2x3xf32>', got 'tensor<2xf32>'}}
  %0 = array.scan_sum %x axes [1] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @deviationsDtype(%x: tensor<2xf16>) {
  // expected-error @+1 {{expects float32 or float64, got float16}}
  %0 = array.squared_deviations %x axes [0] : tensor<2xf16> -> tensor<f16>
  return
}

// -----

func.func @argDtype(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects result type 'tensor<si64>', got 'tensor<f32>'}}
  %0 = array.argmax %x axes [0] : tensor<2xf32> -> tensor<f32>
  return
}

// -----

func.func @allDtype(%x: tensor<2xf32>) {
  // expected-error @+1 {{operand #0 must be tensor with static or named extents of 1-bit signless integer values}}
  %0 = array.all %x axes [0] : tensor<2xf32> -> tensor<f32>
  return
}

// -----

func.func @viewDtype(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects one element type, got 'f32' and 'f64'}}
  %0 = array.reshape %x : tensor<2xf32> -> tensor<2xf64>
  return
}

// -----

func.func @broadcastAxes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects ascending axes below the result's rank 2, got [1, 0]}}
  %0 = array.broadcast %x axes [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return
}

// -----

func.func @broadcastCount(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects 2 axes, one per axis, got 1}}
  %0 = array.broadcast %x axes [1] : tensor<2x3xf32> -> tensor<3x2xf32>
  return
}

// -----

func.func @broadcastExtent(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects operand axis 0 to have extent 1 or that of result axis 0}}
  %0 = array.broadcast %x axes [0] : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @permutation(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects a permutation of the axes, got [0, 0]}}
  %0 = array.transpose %x axes [0, 0] : tensor<2x3xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @permuted(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects the operand's extents permuted by [1, 0], got 'tensor<2x3xf32>'}}
  %0 = array.transpose %x axes [1, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @sliceRank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects a result of the operand's rank 2, got 1}}
  %0 = array.slice %x starts <[0, 0]> steps <[1, 1]> : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @sliceStep(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects steps other than 0}}
  %0 = array.slice %x starts <[0]> steps <[0]> : tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @sliceBounds(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects to stay within axis 0 of extent 4}}
  %0 = array.slice %x starts <[0]> steps <[2]> : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @stridedStorage(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be flat storage (tensor<?xT> without encoding)}}
  %0 = array.as_strided %x strides <[2]> : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @strides(%x: tensor<?xf32>) {
  // expected-error @+1 {{expects 1 strides, one per axis, got 2}}
  %0 = array.as_strided %x strides <[2, 1]> : tensor<?xf32> -> tensor<2xf32>
  return
}

// -----

func.func @reshape(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects as many elements as the operand has, 'tensor<4xf32>', got 'tensor<2x3xf32>'}}
  %0 = array.reshape %x : tensor<4xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @noOperands() {
  // expected-error @+1 {{expects at least one operand}}
  %0 = "array.concatenate"() <{axis = 0 : i64}> : () -> tensor<0xf32>
  return
}

// -----

func.func @concatenateShape(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{in axis 0 alone, got 'tensor<2x4xf32>'}}
  %0 = array.concatenate %x, %y axis 0 : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<4x3xf32>
  return
}

// -----

func.func @concatenateSum(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects the result's extent along axis 0 to be the operands' sum 4, got 5}}
  %0 = array.concatenate %x, %x axis 0 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<5x3xf32>
  return
}

// -----

func.func @reports_signed_numbers(%x: tensor<2xsi64>) {
  // expected-error @+1 {{operand #0 must be tensor with static or named extents}}
  %0 = array.report %x : tensor<2xsi64> -> tensor<ui64>
  return
}

// -----

func.func @reports_many(%x: tensor<2xui64>) {
  // expected-error @+1 {{result #0 must be 0D tensor of 64-bit unsigned integer values}}
  %0 = array.report %x : tensor<2xui64> -> tensor<2xui64>
  return
}

// -----

func.func @alongside_of_another_type(%x: tensor<2xf32>, %r: tensor<ui64>) {
  // expected-error @+1 {{failed to verify that all of {operand, result} have same type}}
  %0 = "array.alongside"(%x, %r) : (tensor<2xf32>, tensor<ui64>) -> tensor<3xf32>
  return
}
