// Reads with arrays of integers on a GPU: what the functions of _indexing.py
// do, for keys that need no conversion.
#ifndef NUMLOOM_PYTHON_INDEXREADS_H
#define NUMLOOM_PYTHON_INDEXREADS_H

#include "Array.h"

namespace numloom::python {

/// Integers as places along an axis, and a report of those out of bounds.
struct IndexPlaces {
  NodeRef places; ///< int64, all in range
  NodeRef report;
};

/// Of `index`, int64, along an axis of `extent` entries, at least one; negative
/// ones count from the end if `wraps`. What is reported is how far the farthest
/// index lies from its place, as uint64.
IndexPlaces recordPlaces(const NodeRef &index, int64_t extent, bool wraps);

/// `array[key]`, checked by the next wait, if `key` is an array of signed
/// integers, or a tuple of some of one shape, on the array's GPU, and the
/// result lies in C order; else null.
PyObject *readAtIndices(PyObject *array, PyObject *key);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_INDEXREADS_H
