// Errors of recording and evaluation, tagged with the exception NumPy raises.
#ifndef NUMLOOM_TRACE_ERROR_H
#define NUMLOOM_TRACE_ERROR_H

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace numloom {

/// The Python exception type that an error becomes.
enum class ErrorKind : uint8_t {
  Value,     ///< ValueError
  Type,      ///< TypeError
  Index,     ///< IndexError
  Overflow,  ///< OverflowError
  Memory,    ///< MemoryError
  Axis,      ///< numpy.exceptions.AxisError
  UfuncType, ///< numpy._core._exceptions.UFuncTypeError (a TypeError)
  Runtime    ///< RuntimeError: a failure inside Numloom
};

/// Thrown by the recorder at the call that is in error; `what()` has NumPy's
/// wording.
class Error : public std::exception {
public:
  Error(ErrorKind kind, std::string message)
      : kind(kind), message(std::move(message)) {}

  ErrorKind getKind() const { return kind; }
  const char *what() const noexcept override { return message.c_str(); }

private:
  ErrorKind kind;
  std::string message;
};

} // namespace numloom

#endif // NUMLOOM_TRACE_ERROR_H
