// Errors that only a GPU's results tell of: looked for when something waits.
#ifndef NUMLOOM_PYTHON_CHECKS_H
#define NUMLOOM_PYTHON_CHECKS_H

#include "PyRef.h"

#include "numloom/Support/Device.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace numloom::python {

/// Makes known what a check finds; gets what its report says, or nothing while
/// it may still report. True if that settles the check.
using CheckNote = std::function<bool(std::optional<uint64_t> found)>;
/// A capsule, for the third item of a check.
PyRef makeNote(CheckNote note);

/// Leaves `check`, a tuple with an array on a GPU first, to the next wait, or
/// waits where too many are left.
void deferCheck(PyRef check);

/// Calls the "check" hook with the checks that were deferred since it was last
/// called, save reports with nothing in them, if `device` is a GPU and there
/// are any. Throws what it raises. Call it with the GIL after waiting for
/// `device`: what ran by then has reported.
void runDeferredChecks(Device device);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_CHECKS_H
