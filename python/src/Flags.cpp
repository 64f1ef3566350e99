// `ndarray.flags`: what NumPy's object of that name says of a memory layout.
#include "Flags.h"

#include "Buffer.h"
#include "Errors.h"
#include "NumPyApi.h"

#include <cstring>
#include <string>

namespace numloom::python {

namespace {

struct FlagsObject {
  PyObject_HEAD PyObject *array;
};

PyTypeObject *flagsType = nullptr;

PyObject *getArray(PyObject *self) {
  return reinterpret_cast<FlagsObject *>(self)->array;
}

/// Parts of complex numbers lie apart from each other.
bool hasGaps(const Layout &layout) {
  return (layout.part == ElementPart::Real ||
          layout.part == ElementPart::Imag) &&
         layout.getNumElements() > 1;
}

bool isC(PyObject *array) {
  Layout layout = getLayout(array);
  return layout.isContiguous() && !hasGaps(layout);
}
bool isFortran(PyObject *array) {
  Layout layout = getLayout(array);
  return layout.isFortranContiguous() && !hasGaps(layout);
}
bool isEither(PyObject *array) { return isC(array) || isFortran(array); }
bool isOnlyFortran(PyObject *array) { return isFortran(array) && !isC(array); }
bool isWriteable(PyObject *array) { return !asArray(array)->isReadOnly; }
bool isWriteableC(PyObject *array) { return isWriteable(array) && isC(array); }
bool isWriteableF(PyObject *array) {
  return isWriteable(array) && isFortran(array) && !isC(array);
}
bool isAlways(PyObject *) { return true; }
bool isNever(PyObject *) { return false; }

/// The attributes, the keys that NumPy has for them, and their bits in `num`;
/// 0 for what follows from others.
struct Flag {
  const char *attribute;
  const char *key;
  const char *shortKey;
  bool (*get)(PyObject *array);
  long bit = 0;
};
constexpr Flag kFlags[] = {
    {"c_contiguous", "C_CONTIGUOUS", "C", isC, NPY_ARRAY_C_CONTIGUOUS},
    {"f_contiguous", "F_CONTIGUOUS", "F", isFortran, NPY_ARRAY_F_CONTIGUOUS},
    {"owndata", "OWNDATA", "O", isOwner, NPY_ARRAY_OWNDATA},
    {"writeable", "WRITEABLE", "W", isWriteable, NPY_ARRAY_WRITEABLE},
    {"aligned", "ALIGNED", "A", isAlways, NPY_ARRAY_ALIGNED},
    {"writebackifcopy", "WRITEBACKIFCOPY", "X", isNever},
    {"contiguous", "CONTIGUOUS", "CONTIGUOUS", isC},
    {"fortran", "FORTRAN", "FORTRAN", isFortran},
    {"behaved", "BEHAVED", "B", isWriteable},
    {"carray", "CARRAY", "CA", isWriteableC},
    {"farray", "FARRAY", "FA", isWriteableF},
    {"fnc", "FNC", "FNC", isOnlyFortran},
    {"forc", "FORC", "FORC", isEither}};
/// What the text shows.
constexpr size_t kNumShown = 6;

PyObject *getAttribute(PyObject *self, void *flag) {
  return guard([&] {
    return PyBool_FromLong(
        static_cast<const Flag *>(flag)->get(getArray(self)));
  });
}

long getBits(PyObject *self) {
  long bits = 0;
  for (const Flag &flag : kFlags)
    if (flag.bit && flag.get(getArray(self)))
      bits |= flag.bit;
  return bits;
}

PyObject *getNum(PyObject *self, void *) {
  return guard([&] { return PyLong_FromLong(getBits(self)); });
}

PyObject *compare(PyObject *self, PyObject *other, int comparison) {
  return guard([&]() -> PyObject * {
    if (Py_TYPE(self) != Py_TYPE(other) ||
        (comparison != Py_EQ && comparison != Py_NE))
      Py_RETURN_NOTIMPLEMENTED;
    bool isEqual = getBits(self) == getBits(other);
    return PyBool_FromLong(isEqual == (comparison == Py_EQ));
  });
}

int setWriteable(PyObject *self, PyObject *value) {
  return guardStatus([&] {
    int truth = value ? PyObject_IsTrue(value) : 0;
    checkStatus(truth);
    setReadOnly(getArray(self), !truth);
    return 0;
  });
}

int setAttribute(PyObject *self, PyObject *value, void *) {
  return setWriteable(self, value);
}

const Flag *findFlag(PyObject *key) {
  for (const Flag &flag : kFlags)
    if (PyUnicode_Check(key) &&
        (PyUnicode_CompareWithASCIIString(key, flag.key) == 0 ||
         PyUnicode_CompareWithASCIIString(key, flag.shortKey) == 0))
      return &flag;
  throwPython(PyExc_KeyError, "Unknown flag");
}

PyObject *getSubscript(PyObject *self, PyObject *key) {
  return guard(
      [&] { return PyBool_FromLong(findFlag(key)->get(getArray(self))); });
}

int setSubscript(PyObject *self, PyObject *key, PyObject *value) {
  return guardStatus([&] {
    if (std::strcmp(findFlag(key)->attribute, "writeable") != 0)
      throwPython(PyExc_KeyError, "Unknown flag");
    return setWriteable(self, value);
  });
}

PyObject *represent(PyObject *self) {
  return guard([&] {
    std::string text;
    for (const Flag &flag : std::span(kFlags).first(kNumShown))
      text += std::string("  ") + flag.key + " : " +
              (flag.get(getArray(self)) ? "True" : "False") + "\n";
    return PyUnicode_FromStringAndSize(text.data(), text.size());
  });
}

void deallocate(PyObject *self) {
  Py_DECREF(getArray(self));
  PyTypeObject *type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

} // namespace

PyObject *makeFlags(PyObject *array) {
  PyObject *object = PyRef::steal(flagsType->tp_alloc(flagsType, 0)).release();
  reinterpret_cast<FlagsObject *>(object)->array = Py_NewRef(array);
  return object;
}

void initFlagsType(PyObject *) {
  static PyGetSetDef attributes[std::size(kFlags) + 2];
  for (size_t i = 0; i < std::size(kFlags); ++i) {
    const Flag &flag = kFlags[i];
    bool isSettable = std::strcmp(flag.attribute, "writeable") == 0;
    attributes[i] = {flag.attribute, getAttribute,
                     isSettable ? setAttribute : nullptr, nullptr,
                     const_cast<Flag *>(&flag)};
  }
  attributes[std::size(kFlags)] = {
      "num", getNum, nullptr, "The flags as bits of one integer.", nullptr};
  PyType_Slot slots[] = {{Py_tp_getset, attributes},
                         slot(Py_tp_dealloc, deallocate),
                         slot(Py_mp_subscript, getSubscript),
                         slot(Py_mp_ass_subscript, setSubscript),
                         slot(Py_tp_repr, represent),
                         slot(Py_tp_richcompare, compare),
                         {0, nullptr}};
  PyType_Spec spec = {"numloom.flagsobj", sizeof(FlagsObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                      slots};
  flagsType = reinterpret_cast<PyTypeObject *>(
      PyRef::steal(PyType_FromSpec(&spec)).release());
}

} // namespace numloom::python
