// Launches of programs while they are recorded.
#include "Foresight.h"
#include "Backend.h"
#include "EvaluatorLock.h"
#include "FlushPolicy.h"
#include "numloom/Support/Environment.h"

#include <algorithm>
#include <new>
#include <pthread.h>
#include <utility>

using namespace numloom;

/// Threads that have neither the interpreter's lock nor the evaluator's drop
/// memory: a fork must find the lock free.
Foresight::Foresight() {
  pthread_atfork([] { get().mutex.lock(); }, [] { get().mutex.unlock(); },
                 [] { get().mutex.unlock(); });
  backend::addMemoryPressureHandler([](Device) { return get().drop(); });
}

Foresight &Foresight::get() {
  // Never destroyed: memory may die while the process exits.
  static auto *foresight = new Foresight;
  return *foresight;
}

static bool isEnabled() {
  static const bool isEnabled =
      getEnvironmentNumber("NUMLOOM_GPU_FORESIGHT").value_or(1) != 0;
  return isEnabled;
}

//===----------------------------------------------------------------------===//
// While recording
//===----------------------------------------------------------------------===//

void Foresight::begin(const Node &node, RecordingThread &thread, Site &site) {
  std::lock_guard lock(mutex);
  Candidate &candidate = candidates[site.program - 1];
  const auto &program = candidate.program;
  if (!program || program->getSite() != site.hash) {
    site.program = 0;
    return;
  }
  candidate.lastUse = ++numUses;
  // What was launched is taken or dropped first: by the next flush.
  if (flight.program || node.getDevice() != program->getDevice())
    return;
  try {
    attempt = {program, &thread, node.getSequence(), {}, {}};
    attempt.readers.reserve(program->getReaders().size());
    attempt.memory.reserve(program->getReaders().size());
    thread.nextReader = attempt.first + program->getReaders().front().distance;
  } catch (const std::bad_alloc &) {
    attempt = {};
  }
}

bool Foresight::capture(const Node &node, RecordingThread &thread) {
  thread.nextReader = 0;
  // Below views lie nodes that another thread may be evaluating.
  EvaluatorLock evaluation(Evaluator::get(), std::try_to_lock);
  if (!evaluation)
    return false;
  std::lock_guard lock(mutex);
  if (!attempt.program || attempt.thread != &thread)
    return false;
  std::span<const ForeseenProgram::Reader> readers =
      attempt.program->getReaders();
  size_t next = attempt.readers.size();
  uint64_t distance = node.getSequence() - attempt.first;
  for (; next < readers.size() && readers[next].distance == distance; ++next) {
    Storage *memory = readers[next].match(node);
    if (!memory || node.getDevice() != attempt.program->getDevice()) {
      attempt = {};
      return false;
    }
    memory->setAwaited();
    attempt.memory.push_back(memory);
    attempt.readers.push_back(&node);
  }
  if (attempt.isComplete())
    return true;
  thread.nextReader = attempt.first + readers[next].distance;
  return false;
}

void Foresight::forget(const Storage &storage) {
  std::lock_guard lock(mutex);
  if (std::ranges::find(attempt.memory, &storage) != attempt.memory.end())
    attempt = {};
}

//===----------------------------------------------------------------------===//
// Launching
//===----------------------------------------------------------------------===//

/// Moves the attempt to `flight` and returns the memory; nothing where some of
/// it is gone, or the attempt is not the thread's.
std::vector<StorageRef> Foresight::takeAttempt(Flight &flight) {
  // Dropped after the lock is released.
  std::vector<StorageRef> memory;
  std::lock_guard lock(mutex);
  if (!attempt.isComplete() || attempt.thread != &recordingThread ||
      this->flight.program)
    return {};
  memory.reserve(attempt.memory.size());
  for (Storage *storage : attempt.memory) {
    memory.push_back(StorageRef::lock(storage));
    flight.memory.push_back(storage->getData());
  }
  flight.program = std::move(attempt.program);
  flight.thread = attempt.thread;
  flight.first = attempt.first;
  flight.readers = std::move(attempt.readers);
  attempt = {};
  return memory;
}

/// Runs the program on memory that is there. What does so later must find all
/// of it on the stream: the inputs may be released any time.
bool Foresight::enqueue(Flight &flight, std::span<const StorageRef> memory) {
  const ForeseenProgram &program = *flight.program;
  std::shared_ptr<const Plan> plan = program.getPlan();
  flight.stream = backend::getStreamForLaunchAhead(program.getDevice());
  if (!plan || !flight.stream ||
      !std::ranges::all_of(memory, [](const StorageRef &storage) {
        return storage->isOfCurrentStream();
      }))
    return false;
  backend::CachedMemoryScope scope;
  std::vector<void *> outputs;
  for (size_t bytes : program.getOutputBytes()) {
    flight.results.push_back(StorageRef::allocate(bytes, program.getDevice()));
    outputs.push_back(flight.results.back()->getData());
  }
  flight.inputs = program.getInputs(flight.memory);
  backend::execute(program.getDevice(), *plan,
                   {flight.inputs, outputs, program.getParams()});
  return true;
}

bool Foresight::launch() {
  Flight next;
  try {
    std::vector<StorageRef> memory = takeAttempt(next);
    if (memory.empty() || !std::ranges::all_of(memory, [](const auto &storage) {
          return static_cast<bool>(storage);
        }))
      return false;
    if (!enqueue(next, memory))
      return false;
  } catch (const backend::NoneCached &) {
    noteMissing(*next.program);
    return false;
  } catch (...) {
    // The program runs when it is flushed, and fails there if it must.
    if (next.program)
      noteMistake(*next.program);
    return false;
  }
  std::lock_guard lock(mutex);
  flight = std::move(next);
  return true;
}

//===----------------------------------------------------------------------===//
// Adopting
//===----------------------------------------------------------------------===//

/// Whether what was launched is what is about to run: the same plan on the same
/// arguments and stream, in memory that nobody may have written to meanwhile,
/// since its readers have been pending all the time.
bool Foresight::isHeld(const Flight &flight, const Linearizer &linear,
                       const Plan &plan) {
  const ForeseenProgram &program = *flight.program;
  return flight.thread == &recordingThread &&
         program.isHeldBy(linear, plan, flight.inputs) &&
         program.areReaders(flight.readers, flight.memory, flight.first,
                            linear) &&
         backend::getStreamForLaunchAhead(program.getDevice()) == flight.stream;
}

bool Foresight::adopt(const Linearizer &linear, const Plan &plan,
                      std::vector<StorageRef> &results) {
  Flight landing;
  {
    std::lock_guard lock(mutex);
    if (!flight.program || flight.program->getDevice() != linear.getDevice())
      return false;
    landing = std::exchange(flight, {});
  }
  bool isIt = false;
  try {
    isIt = isHeld(landing, linear, plan);
  } catch (const std::exception &) {
    // The driver failed: so it does when the plan runs, if it must.
  }
  if (!isIt) {
    noteMistake(*landing.program);
    return false;
  }
  results = std::move(landing.results);
  return true;
}

bool Foresight::drop() {
  Flight dropped;
  {
    std::lock_guard lock(mutex);
    dropped = std::exchange(flight, {});
  }
  if (!dropped.program)
    return false;
  noteMistake(*dropped.program);
  return true;
}

//===----------------------------------------------------------------------===//
// Learning
//===----------------------------------------------------------------------===//

static bool isSame(const std::weak_ptr<const Plan> &known,
                   const std::shared_ptr<const Plan> &plan) {
  return !known.owner_before(plan) && !plan.owner_before(known);
}

/// The program's, or the one that was used longest ago.
Foresight::Candidate &
Foresight::findCandidate(const Linearizer &linear,
                         const std::shared_ptr<const Plan> &plan) {
  Candidate *oldest = &candidates.front();
  for (Candidate &candidate : candidates) {
    if (isSame(candidate.plan, plan) && candidate.device == linear.getDevice())
      return candidate;
    if (candidate.lastUse < oldest->lastUse)
      oldest = &candidate;
  }
  *oldest = {};
  oldest->plan = plan;
  oldest->device = linear.getDevice();
  oldest->isSuited = ForeseenProgram::isSuited(linear);
  return *oldest;
}

void Foresight::learn(const Linearizer &linear,
                      const std::shared_ptr<const Plan> &plan) {
  if (linear.getDevice().isCpu() || !isEnabled() ||
      (linear.getNodes().size() < kLeastNodes &&
       !ForeseenProgram::isLong(linear)))
    return;
  if (Candidate *candidate = countRun(linear, plan))
    foresee(*candidate, linear);
}

/// The program if it has run often enough. Where nothing comes of it, it is
/// tried again after twice as many runs.
Foresight::Candidate *
Foresight::countRun(const Linearizer &linear,
                    const std::shared_ptr<const Plan> &plan) {
  std::lock_guard lock(mutex);
  Candidate &candidate = findCandidate(linear, plan);
  candidate.lastUse = ++numUses;
  if (!candidate.isSuited)
    return nullptr;
  uint64_t arguments = ForeseenProgram::hashArguments(linear);
  if (candidate.arguments != arguments) {
    candidate.arguments = arguments;
    candidate.program = nullptr;
    candidate.runs = 0;
  }
  if (++candidate.runs < candidate.runsWanted)
    return nullptr;
  candidate.program = nullptr;
  candidate.runs = 0;
  candidate.runsWanted = std::min(2 * candidate.runsWanted, kMaxRuns);
  return &candidate;
}

/// A site that was met again since would not tell where the program begins.
void Foresight::foresee(Candidate &candidate, const Linearizer &linear) {
  const Node &first = ForeseenProgram::findFirst(linear);
  Site *site = FlushPolicy::findSite(recordingThread, first);
  if (!site)
    return;
  std::shared_ptr<const ForeseenProgram> program;
  try {
    program = ForeseenProgram::make(linear, candidate.plan, first, site->hash);
  } catch (const std::bad_alloc &) {
    return;
  }
  if (!program)
    return;
  site->program = uint32_t(&candidate - candidates.data()) + 1;
  std::lock_guard lock(mutex);
  candidate.program = std::move(program);
}

Foresight::Candidate *Foresight::findCandidate(const ForeseenProgram &program) {
  auto place =
      std::ranges::find(candidates, &program, [](const Candidate &candidate) {
        return candidate.program.get();
      });
  return place == candidates.end() ? nullptr : &*place;
}

void Foresight::noteMistake(const ForeseenProgram &program) {
  std::lock_guard lock(mutex);
  if (Candidate *candidate = findCandidate(program))
    candidate->unlearn();
}

/// A loop that keeps its last result while it records the next one finds none
/// each time; one that has just begun to use a stream, once.
void Foresight::noteMissing(const ForeseenProgram &program) {
  std::lock_guard lock(mutex);
  Candidate *candidate = findCandidate(program);
  if (candidate && ++candidate->missing >= kFewRuns)
    candidate->unlearn();
}

void Foresight::clear() {
  drop();
  std::lock_guard lock(mutex);
  attempt = {};
  candidates = {};
}
