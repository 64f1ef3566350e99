// Errors that only a GPU's results tell of: looked for when something waits.
#ifndef NUMLOOM_PYTHON_CHECKS_H
#define NUMLOOM_PYTHON_CHECKS_H

#include "numloom/Support/Device.h"

namespace numloom::python {

/// Calls the "check" hook with the checks that were deferred since it was last
/// called, if `device` is a GPU and there are any. Throws what it raises. Call
/// it with the GIL, before or after waiting for `device`.
void runDeferredChecks(Device device);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_CHECKS_H
