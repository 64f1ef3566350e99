// Evaluation: pending nodes become a program, the program a plan, the plan
// memory.
#ifndef NUMLOOM_TRACE_FLUSH_H
#define NUMLOOM_TRACE_FLUSH_H

#include "numloom/Compiler/Compiler.h"
#include "numloom/Trace/Node.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace numloom {

/// Gives every target memory: computes the targets, and with them each pending
/// ancestor that the user still holds. Thread-safe; blocks while another thread
/// evaluates. Call it without the interpreter's lock. Throws Error.
void evaluate(std::span<const NodeRef> targets);
inline void evaluate(const NodeRef &target) {
  evaluate(std::span<const NodeRef>(&target, 1));
}

/// True when the policy (docs/Trace.md) wants `node`, just recorded, evaluated
/// now, or the program launched that it begins. Recording does neither by
/// itself: who records asks this of each result and calls submit().
bool isFlushDue(const Node &node);
/// Whether that is the launch alone: what it reads need not be given up first.
bool isLaunchDue(const Node &node);

/// Does what isFlushDue() asked for: launches the program that `node` begins,
/// or evaluates `node`, which nobody waits for. On a GPU a program that must be
/// compiled first is left to another thread, and this returns; the next
/// evaluation, whoever asks for it, waits for that thread. What fails there
/// stays pending, and fails where its value is asked for. Call it without the
/// interpreter's lock. Throws Error.
void submit(const NodeRef &node);

/// Waits for what `submit` left to another thread. Call it without the
/// interpreter's lock.
void finishSubmissions();

/// Waits for that and for compilations that nobody waits for, of which those
/// are dropped that have not begun: from now on evaluation has no threads, as
/// the process ends. Call it without the interpreter's lock.
void endBackgroundWork();

/// Waits for the same, and for evaluations, and lets none begin until
/// `finishFork`, which the calling thread calls in the parent and in the child:
/// other threads' locks would stay locked in the child. Call it without the
/// interpreter's lock.
void prepareFork();
void finishFork();

/// Calls `look`, which follows the operands of pending nodes, while no thread
/// evaluates any. Call it without the interpreter's lock.
void readGraph(const std::function<void()> &look);

/// The program that evaluating `targets` would run, as the compiler shows it,
/// and why it is not compiled with its numbers as constants if that failed.
std::string explain(std::span<const NodeRef> targets);

/// Where libnumloom_compiler.so and the math library lie; set before the first
/// evaluation.
void setCompilerDirectory(std::string directory);

/// Takes the place of the compiler of the shared library (nullptr: undoes it)
/// and empties the program cache.
void setCompiler(Compiler *compiler);

/// Counters since the process began or resetTraceStats(). Reading them waits
/// for compilations that nobody else waits for.
struct TraceStats {
  int64_t nodesRecorded = 0;
  int64_t flushes = 0;
  int64_t cacheHits = 0;
  int64_t cacheMisses = 0;
  int64_t nodesExecuted = 0;
  /// Flushes that were left to another thread.
  int64_t submissions = 0;
  /// Programs that were launched while they were recorded, and how many of them
  /// were what was recorded then.
  int64_t launchesAhead = 0;
  int64_t launchesAdopted = 0;
  /// Compilations that nobody waited for and that failed; explain() says why.
  int64_t backgroundFailures = 0;
  /// Time inside evaluate(): in all, of it compiling, of it executing plans.
  double flushMilliseconds = 0;
  double compileMilliseconds = 0;
  double executeMilliseconds = 0;
};
TraceStats getTraceStats();
void resetTraceStats();

/// The compiler's counters; zeros as long as it has not been loaded.
CompilerStats getCompilerStats();
void resetCompilerStats();

} // namespace numloom

#endif // NUMLOOM_TRACE_FLUSH_H
