// Every op of the array dialect.
include "numloom/Dialect/Array/IR/ElementwiseOps.td"
include "numloom/Dialect/Array/IR/MathOps.td"
include "numloom/Dialect/Array/IR/ReductionOps.td"
include "numloom/Dialect/Array/IR/ViewOps.td"
include "numloom/Dialect/Array/IR/StructureOps.td"
include "numloom/Dialect/Array/IR/IndexingOps.td"
