// `ndarray.flags`: what NumPy's object of that name says of a memory layout.
#include "Flags.h"

#include "Errors.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <structmember.h>

namespace numloom::python {

namespace {

struct FlagsObject {
  PyObject_HEAD char cContiguous, fContiguous, ownData, writeable, aligned;
};

PyTypeObject *flagsType = nullptr;

/// In NumPy's order; also the names of the attributes, in lower case.
struct Flag {
  const char *name;
  const char *shortName;
  Py_ssize_t offset;
};
constexpr Flag kFlags[] = {
    {"C_CONTIGUOUS", "C", offsetof(FlagsObject, cContiguous)},
    {"F_CONTIGUOUS", "F", offsetof(FlagsObject, fContiguous)},
    {"OWNDATA", "O", offsetof(FlagsObject, ownData)},
    {"WRITEABLE", "W", offsetof(FlagsObject, writeable)},
    {"ALIGNED", "A", offsetof(FlagsObject, aligned)}};

PyMemberDef members[] = {
    {"c_contiguous", T_BOOL, offsetof(FlagsObject, cContiguous), READONLY,
     nullptr},
    {"contiguous", T_BOOL, offsetof(FlagsObject, cContiguous), READONLY,
     nullptr},
    {"f_contiguous", T_BOOL, offsetof(FlagsObject, fContiguous), READONLY,
     nullptr},
    {"owndata", T_BOOL, offsetof(FlagsObject, ownData), READONLY, nullptr},
    {"writeable", T_BOOL, offsetof(FlagsObject, writeable), READONLY, nullptr},
    {"aligned", T_BOOL, offsetof(FlagsObject, aligned), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

bool getFlag(PyObject *self, const Flag &flag) {
  return *(reinterpret_cast<const char *>(self) + flag.offset);
}

/// True if the elements follow each other when the first axis runs fastest.
bool isFortranContiguous(const Node &node) {
  std::span<const int64_t> shape = node.getShape();
  // What is not in memory yet will be C-contiguous, as a scalar is.
  if (!node.isEvaluated())
    return std::ranges::count_if(shape, [](auto n) { return n != 1; }) <= 1;
  int64_t expected = 1;
  for (size_t i = 0; i < shape.size(); expected *= shape[i++])
    if (shape[i] != 1 && node.getStrides()[i] != expected)
      return node.getNumElements() == 0;
  return true;
}

PyObject *getSubscript(PyObject *self, PyObject *key) {
  return guard([&]() -> PyObject * {
    for (const Flag &flag : kFlags)
      if (PyUnicode_Check(key) &&
          (PyUnicode_CompareWithASCIIString(key, flag.name) == 0 ||
           PyUnicode_CompareWithASCIIString(key, flag.shortName) == 0))
        return PyBool_FromLong(getFlag(self, flag));
    throwPython(PyExc_KeyError, "Unknown flag");
  });
}

PyObject *represent(PyObject *self) {
  std::string text;
  for (const Flag &flag : kFlags)
    text += std::string("  ") + flag.name + " : " +
            (getFlag(self, flag) ? "True" : "False") + "\n";
  return PyUnicode_FromStringAndSize(text.data(), text.size());
}

} // namespace

PyObject *makeFlags(const ArrayObject &array) {
  PyObject *object = PyRef::steal(flagsType->tp_alloc(flagsType, 0)).release();
  auto *flags = reinterpret_cast<FlagsObject *>(object);
  const Node &node = *array.node;
  flags->cContiguous = !node.isEvaluated() || node.isContiguous();
  flags->fContiguous = isFortranContiguous(node);
  flags->ownData = !array.views || array.views->arrays == 1;
  flags->writeable = true;
  flags->aligned = true;
  return object;
}

void initFlagsType(PyObject *) {
  PyType_Slot slots[] = {{Py_tp_members, members},
                         slot(Py_mp_subscript, getSubscript),
                         slot(Py_tp_repr, represent),
                         {0, nullptr}};
  PyType_Spec spec = {"numloom.flagsobj", sizeof(FlagsObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                      slots};
  flagsType = reinterpret_cast<PyTypeObject *>(
      PyRef::steal(PyType_FromSpec(&spec)).release());
}

} // namespace numloom::python
