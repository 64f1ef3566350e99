// numloom.where with all three arguments.
#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include <array>

namespace numloom::python {

namespace {

/// An operand as elements of `dtype`; numbers become scalars on `device`. As in
/// NumPy, and other than in ufuncs, integers that do not fit wrap.
NodeRef convert(const Operand &operand, DType dtype, Device device) {
  if (Node *node = operand.getNode())
    return recordCast(NodeRef(node), dtype);
  const PyScalar &scalar = operand.getScalar();
  bool isInteger = scalar.getWeakKind() == WeakKind::Int;
  if (isInteger && !isFloat(dtype) && !isComplex(dtype) &&
      dtype != DType::Bool && !fitsInteger(scalar, dtype)) {
    DType wide =
        scalar.kind == PyScalar::Kind::Int ? DType::Int64 : DType::UInt64;
    return recordCast(recordScalar(scalar, wide, device), dtype);
  }
  return recordScalar(scalar, dtype, device);
}

NodeRef recordWhere(std::span<const Operand, 3> operands) {
  Node *const nodes[] = {operands[0].getNode(), operands[1].getNode(),
                         operands[2].getNode()};
  Device device = findDevice(nodes);
  OperandType types[] = {operands[1].getType(), operands[2].getType()};
  DType dtype = resultType(types);
  std::array<NodeRef, 3> converted = {convert(operands[0], DType::Bool, device),
                                      convert(operands[1], dtype, device),
                                      convert(operands[2], dtype, device)};
  std::array<std::span<const int64_t>, 3> shapes;
  for (size_t i = 0; i < shapes.size(); ++i)
    shapes[i] = converted[i]->getShape();
  int64_t shape[kMaxRank];
  size_t rank = broadcastShapes(shapes, shape);
  return record(OpCode::Where, converted, {shape, rank}, dtype);
}

PyObject *where(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 3)
      throwPython(PyExc_TypeError, "where takes 3 arguments but %zd were given",
                  count);
    ParsedOperands operands(std::span<PyObject *const, 3>(arguments, 3));
    markSourceLocation();
    return operands.wrap(recordWhere(operands.get()));
  });
}

} // namespace

PyMethodDef whereFunctions[] = {
    {"where", asCFunction(where), METH_FASTCALL,
     "where(condition, x, y, /)\n--\n\n`x` where `condition` holds, else `y`, "
     "of their common dtype and shape."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
