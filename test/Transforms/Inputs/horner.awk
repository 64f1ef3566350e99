# A polynomial of n coefficients, each a number given at run time, by Horner's
# rule: 2 n operations.
BEGIN {
  v = "tensor<?xf64, #array.params<[p0]>>"
  s = "tensor<f64>"
  printf "func.func @main(%%x: %s", v
  for (i = 0; i < n; ++i)
    printf ", %%c%d: %s", i, s
  printf ") -> %s attributes {array.param_hints = array<i64: 1000000>} {\n", v
  for (i = 0; i < n; ++i) {
    last = i ? "%r" (i - 1) : "%x"
    printf "%%b%d = array.broadcast %%c%d axes [] : %s -> %s\n", i, i, s, v
    printf "%%m%d = array.multiply %s, %%x : %s, %s -> %s\n", i, last, v, v, v
    printf "%%r%d = array.add %%m%d, %%b%d : %s, %s -> %s\n", i, i, i, v, v, v
  }
  printf "return %%r%d : %s\n}\n", n - 1, v
}
