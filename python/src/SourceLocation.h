// Where in the user's Python source an operation is recorded.
#ifndef NUMLOOM_PYTHON_SOURCELOCATION_H
#define NUMLOOM_PYTHON_SOURCELOCATION_H

#include "PyRef.h"

#include <string>

namespace numloom::python {

/// Gives the calling Python line to the nodes recorded next by this thread.
/// Frames of the package itself do not count. Costs some 30 ns: the line is
/// worked out only when somebody asks for it.
void markSourceLocation();

/// Names the directory of the package and registers the resolver of locations.
void initSourceLocations(std::string packageDir);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_SOURCELOCATION_H
