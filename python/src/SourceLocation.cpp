// Where in the user's Python source an operation is recorded.
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <unordered_map>

namespace numloom::python {

namespace {

/// Code objects that recorded something, each kept alive for good: nodes hold
/// their addresses. Their number is bounded by the program's text. Under the
/// GIL.
class CodeTable {
public:
  void setPackageDir(std::string dir) { packageDir = std::move(dir); }

  /// True if `code` belongs to the package itself.
  bool isInternal(PyCodeObject *code) {
    if (code == lastCode)
      return lastIsInternal;
    auto [entry, isNew] = codes.try_emplace(code, false);
    if (isNew) {
      Py_INCREF(code);
      entry->second = liesInPackage(code);
    }
    lastCode = code;
    return lastIsInternal = entry->second;
  }

private:
  bool liesInPackage(PyCodeObject *code) const {
    const char *file = PyUnicode_AsUTF8(code->co_filename);
    if (!file)
      PyErr_Clear();
    return file && !packageDir.empty() &&
           std::string_view(file).starts_with(packageDir);
  }

  std::string packageDir;
  std::unordered_map<PyCodeObject *, bool> codes;
  PyCodeObject *lastCode = nullptr;
  bool lastIsInternal = false;
};

/// Never destroyed: nodes may be shown after the interpreter has gone.
CodeTable &getCodeTable() {
  static CodeTable *table = new CodeTable;
  return *table;
}

SourceLine resolve(SourceLocation location) {
  if (!location.code || !Py_IsInitialized())
    return {};
  GilState gil;
  auto *code = static_cast<PyCodeObject *>(const_cast<void *>(location.code));
  const char *file = PyUnicode_AsUTF8(code->co_filename);
  if (!file)
    PyErr_Clear();
  return {file ? file : "?",
          PyCode_Addr2Line(code, static_cast<int>(location.offset))};
}

} // namespace

void markSourceLocation() {
  CodeTable &table = getCodeTable();
  SourceLocation location;
  PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
  while (frame) {
    PyCodeObject *code = PyFrame_GetCode(frame);
    bool internal = table.isInternal(code);
    location = {code, PyFrame_GetLasti(frame)};
    Py_DECREF(code);
    PyFrameObject *caller = internal ? PyFrame_GetBack(frame) : nullptr;
    Py_DECREF(frame);
    frame = caller;
  }
  setSourceLocation(location);
}

void initSourceLocations(std::string packageDir) {
  getCodeTable().setPackageDir(std::move(packageDir));
  setLocationResolver(resolve);
}

} // namespace numloom::python
