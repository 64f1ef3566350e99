// Functions on dtypes: result_type, promote_types, can_cast.
#include "Convert.h"
#include "DTypeConvert.h"
#include "Errors.h"
#include "Module.h"

namespace numloom::python {

namespace {

/// What promotion sees of an array, number or dtype.
OperandType parseType(PyObject *object) {
  if (PyArray_DescrCheck(object) || PyType_Check(object) ||
      PyUnicode_Check(object))
    return {parseDType(object)};
  OperandHolder holder;
  holder.parseAny(object, Device());
  return holder.get().getType();
}

PyObject *resultTypeOf(PyObject *, PyObject *const *arguments,
                       Py_ssize_t count) {
  return guard([&] {
    if (count == 0)
      throwPython(PyExc_ValueError, "at least one array or dtype is required");
    std::vector<OperandType> types(count);
    for (Py_ssize_t i = 0; i < count; ++i)
      types[i] = parseType(arguments[i]);
    return getNumPyDType(resultType(types)).release();
  });
}

PyObject *promote(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 2)
      throwPython(PyExc_TypeError, "promote_types() takes two dtypes");
    DType first = parseDType(arguments[0]), second = parseDType(arguments[1]);
    return getNumPyDType(promoteTypes(first, second)).release();
  });
}

PyObject *canCastTo(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    static const char *names[] = {"from_", "to", "casting", nullptr};
    PyObject *from, *to;
    const char *rule = "safe";
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|s:can_cast",
                                     const_cast<char **>(names), &from, &to,
                                     &rule))
      throw PythonError();
    std::optional<Casting> casting = getCastingFromName(rule);
    if (!casting)
      throwPython(PyExc_ValueError,
                  "casting must be one of 'no', 'equiv', 'safe', 'same_kind', "
                  "'unsafe' (got '%s')",
                  rule);
    OperandType source = parseType(from);
    if (source.weak != WeakKind::None)
      throwPython(PyExc_TypeError,
                  "can_cast() does not support Python ints, floats, and "
                  "complex because the result used to depend on the value.\n"
                  "This change was part of adopting NEP 50, we may explicitly "
                  "allow them again in the future.");
    return PyBool_FromLong(canCast(source.dtype, parseDType(to), *casting));
  });
}

} // namespace

PyMethodDef dtypeFunctions[] = {
    {"result_type", asCFunction(resultTypeOf), METH_FASTCALL,
     "result_type(*arrays_and_dtypes)\n--\n\nThe dtype that an operation on "
     "these has (NEP 50)."},
    {"promote_types", asCFunction(promote), METH_FASTCALL,
     "promote_types(type1, type2, /)\n--\n\nThe smallest dtype to which both "
     "cast safely."},
    {"can_cast", asCFunction(canCastTo), METH_VARARGS | METH_KEYWORDS,
     "can_cast(from_, to, casting='safe')\n--\n\nWhether the rule allows the "
     "cast."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
