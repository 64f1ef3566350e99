// Programs that are launched while they are still being recorded.
#ifndef NUMLOOM_LIB_TRACE_FORESIGHT_H
#define NUMLOOM_LIB_TRACE_FORESIGHT_H

#include "ForeseenProgram.h"
#include "RecordingThread.h"
#include "numloom/Runtime/Cuda/Stream.h"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace numloom {

/// A program that ran the same way a few times in a row is launched on a GPU as
/// soon as its recording has named the memory that it reads: its kernels run
/// while the rest is recorded. The flush takes the results if what it would run
/// is what was launched; else they are dropped. docs/Trace/Foresight.md says
/// why that is right.
class Foresight {
public:
  static Foresight &get();

  // While recording: nobody is called or waited for, and nothing thrown.

  /// `node` was recorded at a site where a program begins.
  void begin(const Node &node, RecordingThread &thread, Site &site);
  /// `node` is the next one to read what is awaited; true if it was the last.
  bool capture(const Node &node, RecordingThread &thread);
  /// The memory is about to go.
  void forget(const Storage &storage);

  // While evaluating: under the evaluator's lock.

  /// Launches the program whose last memory the thread has captured; false if
  /// it cannot be launched now.
  bool launch();
  /// Takes what was launched for the results of running `plan` on what the
  /// linearizer holds; false, and it is dropped, if it is something else.
  bool adopt(const Linearizer &linear, const Plan &plan,
             std::vector<StorageRef> &results);
  /// Notes that `plan` ran on what the linearizer holds.
  void learn(const Linearizer &linear, const std::shared_ptr<const Plan> &plan);

  /// Forgets all programs.
  void clear();

private:
  /// What is known of a program that ran.
  struct Candidate {
    std::weak_ptr<const Plan> plan;
    Device device;
    uint64_t arguments = 0;
    bool isSuited = false;
    /// Runs in a row with these arguments that launched nothing, and after how
    /// many it is launched ahead from then on. What goes wrong doubles it.
    uint32_t runs = 0, runsWanted = kFewRuns;
    /// How often no memory was in cache for it.
    uint32_t missing = 0;
    uint64_t lastUse = 0;
    /// Null: it is not foreseen.
    std::shared_ptr<const ForeseenProgram> program;

    /// Waits for more runs in a row.
    void unlearn() {
      program = nullptr;
      runs = missing = 0;
    }
  };
  /// A program that seems to be recorded: the memory that its readers have
  /// named so far. Nothing of it is kept alive.
  struct Attempt {
    std::shared_ptr<const ForeseenProgram> program;
    const RecordingThread *thread = nullptr;
    uint64_t first = 0;
    std::vector<const Node *> readers;
    std::vector<Storage *> memory;
    bool isComplete() const {
      return program && readers.size() == program->getReaders().size();
    }
  };
  /// What was launched.
  struct Flight {
    std::shared_ptr<const ForeseenProgram> program;
    const RecordingThread *thread = nullptr;
    uint64_t first = 0;
    std::vector<const Node *> readers;
    std::vector<void *> memory, inputs;
    cuda::StreamPtr stream;
    std::vector<StorageRef> results;
  };

  static constexpr uint32_t kFewRuns = 3, kMaxRuns = 1 << 20;
  static constexpr size_t kLeastNodes = 16, kMaxCandidates = 64;

  Foresight();
  /// Drops what was launched and nobody took; whether there was something.
  bool drop();
  std::vector<StorageRef> takeAttempt(Flight &flight);
  static bool enqueue(Flight &flight, std::span<const StorageRef> memory);
  static bool isHeld(const Flight &flight, const Linearizer &linear,
                     const Plan &plan);
  Candidate &findCandidate(const Linearizer &linear,
                           const std::shared_ptr<const Plan> &plan);
  Candidate *countRun(const Linearizer &linear,
                      const std::shared_ptr<const Plan> &plan);
  void foresee(Candidate &candidate, const Linearizer &linear);
  /// Null if it is not foreseen any more.
  Candidate *findCandidate(const ForeseenProgram &program);
  void noteMistake(const ForeseenProgram &program);
  void noteMissing(const ForeseenProgram &program);

  /// Guards all below. Nothing is called under it that may want a lock: no
  /// reference to memory or to a plan is dropped. Which plans the candidates
  /// are changes under the evaluator's lock only.
  std::mutex mutex;
  std::array<Candidate, kMaxCandidates> candidates;
  uint64_t numUses = 0;
  Attempt attempt;
  /// Of which there is one at most.
  Flight flight;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_FORESIGHT_H
