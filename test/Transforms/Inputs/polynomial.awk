# A polynomial of n coefficients, each a constant, by Horner's rule: a kernel.
BEGIN {
  v = "tensor<?xf32, #array.params<[p0]>>"
  printf "func.func @polynomial(%%x: %s) -> %s ", v, v
  print "attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {"
  for (i = 0; i < n; ++i) {
    last = i ? "%r" (i - 1) : "%x"
    printf "%%c%d = array.constant(%d.5 : f64) : %s\n", i, i, v
    printf "%%m%d = array.multiply %s, %%x : %s, %s -> %s\n", i, last, v, v, v
    printf "%%r%d = array.add %%m%d, %%c%d : %s, %s -> %s\n", i, i, i, v, v, v
  }
  printf "return %%r%d : %s\n}\n", n - 1, v
}
