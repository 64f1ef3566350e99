// Functions that find out which entries of scatters share a place.
#include "Array.h"
#include "Checks.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/IndexFacts.h"
#include "numloom/Trace/PlaceCounts.h"
#include "numloom/Trace/Recorder.h"

#include <array>
#include <optional>
#include <vector>

namespace numloom::python {

namespace {

NodeRef parseVector(PyObject *array) {
  NodeRef node = getNodeRef(array);
  if (node->getDType() != DType::Int64 || node->getRank() != 1)
    throwPython(PyExc_ValueError, "expected a vector of int64");
  return node;
}

/// count_places(flat, num_places, sample, are_few).
PyObject *countPlacesOf(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *flat;
    long long numPlaces, sample;
    int areFew;
    if (!PyArg_ParseTuple(args, "O!LLp:count_places", arrayType, &flat,
                          &numPlaces, &sample, &areFew))
      throw PythonError();
    markSourceLocation();
    PlaceCounts counts =
        countPlaces({parseVector(flat), numPlaces, sample, areFew != 0});
    PyRef words = PyRef::steal(wrapNode(std::move(counts.words)));
    PyRef areValid = counts.areValid
                         ? PyRef::steal(wrapNode(std::move(counts.areValid)))
                         : PyRef::borrow(Py_None);
    return PyTuple_Pack(2, words.get(), areValid.get());
  });
}

/// read_counts(words, are_valid, places).
PyObject *readCountsAt(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *words, *areValid, *places;
    if (!PyArg_ParseTuple(args, "O!OO!:read_counts", arrayType, &words,
                          &areValid, arrayType, &places))
      throw PythonError();
    markSourceLocation();
    NodeRef valid = isArray(areValid) ? getNodeRef(areValid) : NodeRef();
    return wrapNode(readCounts({getNodeRef(words), valid}, getNodeRef(places)));
  });
}

/// are_spread(flat, sample).
PyObject *areSpread(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *flat;
    long long sample;
    if (!PyArg_ParseTuple(args, "O!L:are_spread", arrayType, &flat, &sample))
      throw PythonError();
    return wrapNode(arePlacesSpread(parseVector(flat), sample));
  });
}

/// `x`, whose program reports `number`, 0-d; the next wait gets the note, which
/// is for nothing if the program has not run by then.
PyObject *deferNote(const NodeRef &x, const NodeRef &number, CheckNote note) {
  NodeRef bits = recordCast(number, DType::UInt64);
  NodeRef report = record(OpCode::Report, {&bits, 1}, {}, DType::UInt64);
  NodeRef both = record(OpCode::Alongside, std::array{x, report}, x->getShape(),
                        x->getDType());
  PyRef reported = PyRef::steal(wrapNode(std::move(report))),
        told = makeNote(std::move(note));
  deferCheck(
      PyRef::steal(PyTuple_Pack(3, reported.get(), Py_None, told.get())));
  return wrapNode(std::move(both));
}

/// The first element of `x`, 0-d.
NodeRef takeFirst(const NodeRef &x) {
  std::vector<int64_t> starts(x->getRank(), 0), steps(x->getRank(), 1);
  return makeReshape(makeSlice(x, starts, steps, steps), {});
}

/// note_last_entries(index, are_last).
PyObject *noteLastEntriesOf(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *index, *areLast;
    if (!PyArg_ParseTuple(args, "O!O!:note_last_entries", arrayType, &index,
                          arrayType, &areLast))
      throw PythonError();
    markSourceLocation();
    NodeRef last = getNodeRef(areLast);
    IndexFactsRef facts = getIndexFacts(getNode(index));
    LastEntries kept = expectLastEntries(*facts, last);
    if (!kept)
      return Py_NewRef(areLast);
    // A report of no matter what says that the program has run.
    auto note = [facts, kept](std::optional<uint64_t> found) {
      if (found && (*kept)->isEvaluated())
        noteLastEntries(*facts, kept);
      return true;
    };
    return deferNote(last, takeFirst(last), std::move(note));
  });
}

/// note_few_repeats(index, are_many, x).
PyObject *noteFewRepeatsOf(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *index, *areMany, *x;
    if (!PyArg_ParseTuple(args, "O!O!O!:note_few_repeats", arrayType, &index,
                          arrayType, &areMany, arrayType, &x))
      throw PythonError();
    markSourceLocation();
    auto note =
        [facts = getIndexFacts(getNode(index))](std::optional<uint64_t> found) {
          if (found == 0)
            noteFewRepeats(*facts);
          return true;
        };
    return deferNote(getNodeRef(x), getNodeRef(areMany), std::move(note));
  });
}

/// last_entries(index).
PyObject *getLastEntries(PyObject *, PyObject *index) {
  return guard([&] {
    if (!isArray(index))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    NodeRef areLast = findLastEntries(getNode(index));
    return areLast ? wrapNode(std::move(areLast)) : Py_NewRef(Py_None);
  });
}

/// has_few_repeats(index).
PyObject *hasFewRepeatsOf(PyObject *, PyObject *index) {
  return guard([&] {
    if (!isArray(index))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    return PyBool_FromLong(hasFewRepeats(getNode(index)));
  });
}

} // namespace

PyMethodDef scatterFunctions[] = {
    {"count_places", countPlacesOf, METH_VARARGS,
     "count_places(flat, num_places, sample, are_few, /)\n--\n\nHow often the "
     "int64 vector names each place, in counts of four bits; and whether they "
     "are valid, a 0-d bool array, or None where `are_few` says so."},
    {"read_counts", readCountsAt, METH_VARARGS,
     "read_counts(words, are_valid, places, /)\n--\n\nThe counts at int64 "
     "places in range, 0 unless all are valid."},
    {"are_spread", areSpread, METH_VARARGS,
     "are_spread(flat, sample, /)\n--\n\nWhether no place is named by very "
     "many entries, to judge by `sample` of them; 0-d."},
    {"note_last_entries", noteLastEntriesOf, METH_VARARGS,
     "note_last_entries(index, are_last, /)\n--\n\n`are_last`, which is known "
     "of `index` once a wait finds it computed."},
    {"note_few_repeats", noteFewRepeatsOf, METH_VARARGS,
     "note_few_repeats(index, are_many, x, /)\n--\n\n`x`; a wait that finds "
     "the 0-d bool array false makes known that no element of `index` is there "
     "more than 15 times."},
    {"last_entries", getLastEntries, METH_O,
     "last_entries(index, /)\n--\n\nWhich entries are the last of their "
     "number, a bool array, if that is known; else None."},
    {"has_few_repeats", hasFewRepeatsOf, METH_O,
     "has_few_repeats(index, /)\n--\n\nWhether no element is known to be there "
     "more than 15 times."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
