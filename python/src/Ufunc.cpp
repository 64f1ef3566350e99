// The Python type `ufunc`: creation, calls and attributes.
#include "Ufunc.h"

#include "Array.h"
#include "Errors.h"
#include "Ops.h"
#include "PlainOperands.h"
#include "SourceLocation.h"

#include <cstddef>
#include <map>
#include <structmember.h>

namespace numloom::python {

namespace {

struct UfuncObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  const UfuncInfo *info;
  PyObject *doc;
};

PyTypeObject *ufuncType = nullptr;

const UfuncInfo &getUfunc(PyObject *self) {
  return *reinterpret_cast<UfuncObject *>(self)->info;
}

/// The ops of a ufunc: several for several results. NumPy has the ufunc `clip`,
/// but not in its namespace.
std::vector<OpCode> lookUpOps(std::string_view name) {
  if (name == "divmod")
    return {OpCode::FloorDivide, OpCode::Remainder};
  if (name == "modf")
    return {OpCode::ModfFraction, OpCode::Trunc};
  if (name == "frexp")
    return {OpCode::FrexpMantissa, OpCode::FrexpExponent};
  if (name == "clip")
    return {OpCode::Clip};
  if (std::optional<OpCode> op = lookUpUfunc(name))
    return {*op};
  return {};
}

/// All ufuncs that were made, each once; they live as long as the process.
std::map<std::string, PyObject *, std::less<>> &getRegistry() {
  static auto *registry = new std::map<std::string, PyObject *, std::less<>>;
  return *registry;
}

/// A call with operands alone that need no parsing; null for all others.
template <size_t count>
PyObject *recordPlain(const UfuncInfo &info, PyObject *const *arguments) {
  PlainOperands<count> operands;
  if (info.getNumOutputs() != 1 ||
      !operands.parse(std::span<PyObject *const, count>(arguments, count)))
    return nullptr;
  markSourceLocation();
  return wrapResult(recordElementwise(info.getOp(), operands.get()));
}

PyObject *vectorcall(PyObject *self, PyObject *const *arguments, size_t flags,
                     PyObject *keywords) {
  return guard([&] {
    const UfuncInfo &info = getUfunc(self);
    size_t count = PyVectorcall_NARGS(flags);
    if (count != info.numInputs || keywords)
      return callUfunc(info,
                       parseUfuncArguments(info, arguments, count, keywords));
    PyObject *result = count == 1   ? recordPlain<1>(info, arguments)
                       : count == 2 ? recordPlain<2>(info, arguments)
                                    : nullptr;
    if (result)
      return result;
    UfuncArguments plain;
    plain.inputs = arguments;
    return callUfunc(info, plain);
  });
}

PyObject *makeUfunc(std::string_view name) {
  std::vector<OpCode> ops = lookUpOps(name);
  if (ops.empty())
    throwPython(PyExc_LookupError, "no ufunc is named '%s'",
                std::string(name).c_str());
  PyObject *object = PyRef::steal(ufuncType->tp_alloc(ufuncType, 0)).release();
  auto *ufunc = reinterpret_cast<UfuncObject *>(object);
  size_t numInputs = getInfo(ops.front()).numOperands;
  ufunc->vectorcall = vectorcall;
  ufunc->info = new UfuncInfo{std::string(name), numInputs, std::move(ops)};
  ufunc->doc = Py_NewRef(Py_None);
  return object;
}

/// ufunc(name): the ufunc that NumPy calls so.
PyObject *create(PyTypeObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    static const char *names[] = {"name", nullptr};
    const char *name = nullptr;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s:ufunc",
                                     const_cast<char **>(names), &name))
      throw PythonError();
    auto &registry = getRegistry();
    auto entry = registry.find(name);
    if (entry == registry.end())
      entry = registry.emplace(name, makeUfunc(name)).first;
    return Py_NewRef(entry->second);
  });
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

PyObject *getName(PyObject *self, void *) {
  return PyUnicode_FromString(getUfunc(self).name.c_str());
}

PyObject *getNumInputs(PyObject *self, void *) {
  return PyLong_FromSize_t(getUfunc(self).numInputs);
}

PyObject *getNumOutputs(PyObject *self, void *) {
  return PyLong_FromSize_t(getUfunc(self).getNumOutputs());
}

PyObject *getNumArguments(PyObject *self, void *) {
  const UfuncInfo &info = getUfunc(self);
  return PyLong_FromSize_t(info.numInputs + info.getNumOutputs());
}

PyObject *getNumTypes(PyObject *self, void *) {
  return PyLong_FromSize_t(getLoops(getUfunc(self).getOp()).size());
}

/// "dd->d"; the further results are those that the further ops have for the
/// same operands.
std::string formatLoop(const UfuncInfo &info, const Loop &loop) {
  std::string text;
  std::array<OperandType, kMaxLoopOperands> types;
  for (size_t i = 0; i < info.numInputs; ++i) {
    text += getInfo(loop.inputs[i]).typeChar;
    types[i] = {loop.inputs[i]};
  }
  text += "->";
  for (OpCode op : info.ops) {
    int index = resolveLoop(op, std::span(types.data(), info.numInputs));
    text += getInfo(getLoops(op)[index].output).typeChar;
  }
  return text;
}

PyObject *getTypes(PyObject *self, void *) {
  return guard([&] {
    const UfuncInfo &info = getUfunc(self);
    PyRef list = PyRef::steal(PyList_New(0));
    for (const Loop &loop : getLoops(info.getOp())) {
      PyRef text =
          PyRef::steal(PyUnicode_FromString(formatLoop(info, loop).c_str()));
      checkStatus(PyList_Append(list.get(), text.get()));
    }
    return list.release();
  });
}

PyObject *getIdentity(PyObject *self, void *) {
  return guard([&]() -> PyObject * {
    const UfuncInfo &info = getUfunc(self);
    std::string text(getInfo(info.getOp()).identity);
    if (text == "None" || info.getNumOutputs() > 1)
      Py_RETURN_NONE;
    if (text == "True" || text == "False")
      return PyBool_FromLong(text == "True");
    if (text == "-inf")
      return PyFloat_FromDouble(-HUGE_VAL);
    return PyLong_FromString(text.c_str(), nullptr, 10);
  });
}

PyObject *getNone(PyObject *, void *) { Py_RETURN_NONE; }

PyObject *getDoc(PyObject *self, void *) {
  return Py_NewRef(reinterpret_cast<UfuncObject *>(self)->doc);
}

int setDoc(PyObject *self, PyObject *value, void *) {
  Py_XSETREF(reinterpret_cast<UfuncObject *>(self)->doc,
             Py_NewRef(value ? value : Py_None));
  return 0;
}

PyGetSetDef attributes[] = {
    {"__name__", getName, nullptr, nullptr, nullptr},
    {"__qualname__", getName, nullptr, nullptr, nullptr},
    {"__doc__", getDoc, setDoc, nullptr, nullptr},
    {"nin", getNumInputs, nullptr, "Number of operands.", nullptr},
    {"nout", getNumOutputs, nullptr, "Number of results.", nullptr},
    {"nargs", getNumArguments, nullptr, "Operands and results.", nullptr},
    {"ntypes", getNumTypes, nullptr, "Number of type signatures.", nullptr},
    {"types", getTypes, nullptr, "The type signatures, such as 'dd->d'.",
     nullptr},
    {"identity", getIdentity, nullptr,
     "What reductions over no elements give, or None.", nullptr},
    {"signature", getNone, nullptr, "None: ufuncs work on elements.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

//===----------------------------------------------------------------------===//
// Methods and the type
//===----------------------------------------------------------------------===//

PyObject *represent(PyObject *self) {
  return PyUnicode_FromFormat("<ufunc '%s'>", getUfunc(self).name.c_str());
}

/// Pickles by name, as functions do.
PyObject *reduce(PyObject *self, PyObject *) { return getName(self, nullptr); }

PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET,
                          offsetof(UfuncObject, vectorcall), READONLY, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

} // namespace

void initUfuncType(PyObject *module) {
  PyType_Slot slots[] = {slot(Py_tp_new, create),
                         slot(Py_tp_call, PyVectorcall_Call),
                         slot(Py_tp_repr, represent),
                         {Py_tp_getset, attributes},
                         {Py_tp_methods, methods},
                         {Py_tp_members, members},
                         {0, nullptr}};
  PyType_Spec spec = {"numloom.ufunc", sizeof(UfuncObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, slots};
  ufuncType = reinterpret_cast<PyTypeObject *>(
      PyRef::steal(PyType_FromSpec(&spec)).release());
  checkStatus(PyModule_AddObjectRef(module, "ufunc",
                                    reinterpret_cast<PyObject *>(ufuncType)));
}

} // namespace numloom::python
