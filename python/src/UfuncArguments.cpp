// The arguments of a ufunc's call.
#include "Array.h"
#include "DTypeConvert.h"
#include "Errors.h"
#include "Ufunc.h"

namespace numloom::python {

namespace {

/// Text of a str object, valid as long as that lives.
std::string_view getText(PyObject *object) {
  Py_ssize_t length = 0;
  const char *text = PyUnicode_AsUTF8AndSize(object, &length);
  if (!text)
    throw PythonError();
  return {text, static_cast<size_t>(length)};
}

class ArgumentParser {
public:
  explicit ArgumentParser(const UfuncInfo &info) : info(info) {}

  UfuncArguments parse(PyObject *const *arguments, size_t numPositional,
                       PyObject *keywords) {
    checkCount(numPositional);
    result.inputs = arguments;
    for (size_t i = info.numInputs; i < numPositional; ++i)
      setOut(i - info.numInputs, arguments[i]);
    hasPositionalOut = numPositional > info.numInputs;
    hasOut = result.outs[0] || result.outs[1];
    size_t numKeywords = keywords ? PyTuple_GET_SIZE(keywords) : 0;
    for (size_t i = 0; i < numKeywords; ++i)
      parseKeyword(PyTuple_GET_ITEM(keywords, i), arguments[numPositional + i]);
    if (result.where && !hasOut)
      warnOfNoOutput();
    return result;
  }

private:
  void checkCount(size_t count) const {
    size_t least = info.numInputs, most = least + info.getNumOutputs();
    if (count < least || count > most)
      throwPython(PyExc_TypeError,
                  "%s() takes from %zu to %zu positional arguments but %zu %s "
                  "given",
                  info.name.c_str(), least, most, count,
                  count == 1 ? "was" : "were");
  }

  void parseKeyword(PyObject *keyword, PyObject *value) {
    std::string_view name = getText(keyword);
    if (name == "out")
      parseOut(value);
    else if (name == "where")
      result.where = value == Py_True ? nullptr : value;
    else if (name == "casting")
      parseCasting(value);
    else if (name == "dtype")
      parseOutputDType(value);
    else if (name == "signature" || name == "sig")
      parseSignature(value);
    else if (name == "order")
      result.order = parseOrder(value);
    else if (name == "subok")
      checkSubok(value);
    else
      throwPython(PyExc_TypeError,
                  "%s() got an unexpected keyword argument '%s'",
                  info.name.c_str(), std::string(name).c_str());
  }

  LoopRequest &getRequest() {
    if (!result.request)
      result.request.emplace();
    return *result.request;
  }

  void setOut(size_t i, PyObject *value) {
    if (value == Py_None)
      return;
    if (!isArray(value))
      throwPython(PyExc_TypeError, "return arrays must be of ArrayType");
    result.outs[i] = value;
  }

  static void warnOfNoOutput() {
    checkStatus(PyErr_WarnEx(
        PyExc_UserWarning,
        "'where' used without 'out', expect unitialized memory in output. If "
        "this is intentional, use out=None.",
        1));
  }

  void parseOut(PyObject *value) {
    hasOut = true;
    if (hasPositionalOut)
      throwPython(
          PyExc_TypeError,
          "cannot specify 'out' as both a positional and keyword argument");
    if (!PyTuple_Check(value)) {
      if (info.getNumOutputs() > 1 && value != Py_None)
        throwPython(PyExc_TypeError, "'out' must be a tuple of arrays");
      return setOut(0, value);
    }
    size_t count = PyTuple_GET_SIZE(value);
    if (count != info.getNumOutputs())
      throwPython(
          PyExc_ValueError,
          "The 'out' tuple must have exactly one entry per ufunc output");
    for (size_t i = 0; i < count; ++i)
      setOut(i, PyTuple_GET_ITEM(value, i));
  }

  void parseCasting(PyObject *value) {
    if (!PyUnicode_Check(value))
      throwPython(PyExc_TypeError, "casting must be str, not %s",
                  Py_TYPE(value)->tp_name);
    std::optional<Casting> casting = getCastingFromName(getText(value));
    if (!casting)
      throwPython(PyExc_ValueError,
                  "casting must be one of 'no', 'equiv', 'safe', 'same_kind', "
                  "'unsafe' (got '%s')",
                  std::string(getText(value)).c_str());
    getRequest().casting = *casting;
  }

  void parseOutputDType(PyObject *value) {
    if (value == Py_None)
      return;
    if (hasSignature)
      throwPython(PyExc_TypeError,
                  "cannot specify both 'signature' and 'dtype'");
    hasDType = true;
    getRequest().output = parseDType(value);
  }

  void parseSignature(PyObject *value) {
    if (hasSignature)
      throwPython(PyExc_TypeError, "cannot specify both 'sig' and 'signature'");
    if (hasDType)
      throwPython(PyExc_TypeError,
                  "cannot specify both 'signature' and 'dtype'");
    hasSignature = true;
    if (!PyUnicode_Check(value) && !PyTuple_Check(value))
      throwPython(PyExc_TypeError,
                  "the signature object to ufunc must be a string or a tuple.");
    Py_ssize_t count = PyObject_Length(value);
    checkStatus(static_cast<int>(count));
    if (count == 1)
      throwPython(PyExc_TypeError,
                  "Use `dtype` or  fill the tuple with more than one 'None'.");
    if (PyUnicode_Check(value))
      return parseTypeString(getText(value));
    size_t expected = info.numInputs + info.getNumOutputs();
    if (static_cast<size_t>(count) != expected)
      throwPython(PyExc_ValueError,
                  "a type-tuple must be specified of length %zu for "
                  "ufunc '%s'",
                  expected, info.name.c_str());
    for (size_t i = 0; i < expected; ++i)
      demand(i, parseOptionalDType(PyTuple_GET_ITEM(value, i)));
  }

  /// "dd->d"
  void parseTypeString(std::string_view text) {
    size_t arrow = text.find("->");
    std::string types(text.substr(0, arrow));
    if (arrow != std::string_view::npos)
      types += text.substr(arrow + 2);
    if (arrow != info.numInputs ||
        types.size() != info.numInputs + info.getNumOutputs())
      throwPython(PyExc_ValueError,
                  "a type-string for %s, %zu typecode(s) before and "
                  "%zu after the -> sign",
                  info.name.c_str(), info.numInputs, info.getNumOutputs());
    for (size_t i = 0; i < types.size(); ++i) {
      std::optional<DType> dtype = getDTypeFromChar(types[i]);
      if (!dtype)
        throwPython(PyExc_TypeError,
                    "No loop matching the specified signature and casting was "
                    "found for ufunc %s",
                    info.name.c_str());
      demand(i, dtype);
    }
  }

  void demand(size_t operand, std::optional<DType> dtype) {
    if (operand < info.numInputs)
      getRequest().inputs[operand] = dtype;
    else if (operand == info.numInputs)
      getRequest().output = dtype;
  }

  void checkSubok(PyObject *value) const {
    if (!PyBool_Check(value))
      throwPython(PyExc_TypeError, "'subok' must be a boolean");
  }

  const UfuncInfo &info;
  UfuncArguments result;
  /// Whether there is `out=`, be it None, or an output without a keyword.
  bool hasOut = false;
  bool hasPositionalOut = false, hasDType = false, hasSignature = false;
};

} // namespace

UfuncArguments parseUfuncArguments(const UfuncInfo &info,
                                   PyObject *const *arguments,
                                   size_t numPositional, PyObject *keywords) {
  return ArgumentParser(info).parse(arguments, numPositional, keywords);
}

} // namespace numloom::python
