// Where a plan's steps go instead of to a stream: into a new CUDA graph, or
// over the nodes of one.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_GRAPHBUILDER_H
#define NUMLOOM_LIB_RUNTIME_CUDA_GRAPHBUILDER_H

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Runtime/Plan.h"
#include "numloom/Runtime/Stats.h"

#include <functional>
#include <span>
#include <vector>

namespace numloom::cuda {

/// What enqueuing a kernel takes.
struct KernelLaunch {
  FunctionHandle function;
  unsigned blocks, threads, sharedBytes;
  void **arguments;
};

/// A part of a graph, with all that it was made from.
struct GraphNode {
  GraphNodeHandle handle = nullptr;
  std::vector<uint64_t> content;
};

/// One execution of a plan as a graph.
struct PlanGraph {
  PlanGraph() = default;
  PlanGraph(const PlanGraph &) = delete;
  PlanGraph &operator=(const PlanGraph &) = delete;
  ~PlanGraph() { clear(); }

  /// Destroys the graph; its launches go on.
  void clear();

  /// All that the execution's launches depend on: see GpuExecution.
  std::vector<uint64_t> key;
  int ordinal = 0;
  GraphHandle graph = nullptr;
  GraphExecHandle exec = nullptr;
  /// In the order of the plan's steps.
  std::vector<GraphNode> nodes;
  /// What each launch of the graph counts, and how long it takes at most.
  RuntimeStats stats;
  double nanoseconds = 0;
  uint64_t lastUse = 0;
};

/// Takes the steps of an execution in their order.
class StepSink {
public:
  virtual ~StepSink() = default;
  virtual void addZeroes(void *destination, size_t bytes) = 0;
  virtual void addKernel(const GpuLaunchStep &step,
                         const KernelLaunch &launch) = 0;
  /// `content` is all that the product depends on, `enqueue` puts it on a
  /// stream.
  virtual void addGemm(const GemmStep &step, std::vector<uint64_t> content,
                       const std::function<void(const Stream &)> &enqueue) = 0;
};

/// Makes a graph in which what does not depend on each other may run at the
/// same time: a step follows those that wrote what it reads or writes, and
/// those that read what it writes.
class GraphBuilder : public StepSink {
public:
  /// Products are captured as they are enqueued on `stream`, with its library
  /// handle.
  GraphBuilder(const ContextScope &scope, const Plan &plan,
               const Stream &stream, PlanGraph &result);

  void addZeroes(void *destination, size_t bytes) override;
  void addKernel(const GpuLaunchStep &step,
                 const KernelLaunch &launch) override;
  void addGemm(const GemmStep &step, std::vector<uint64_t> content,
               const std::function<void(const Stream &)> &enqueue) override;
  void instantiate();

private:
  /// A buffer, or what is not to be used twice at a time.
  struct Resource {
    BufferRef buffer;
    int lastWriter = -1;
    std::vector<int> readers = {};
  };

  Resource &getResource(BufferRef buffer);
  void access(BufferRef buffer, bool isWritten);
  void dependOn(int node);
  /// The handles that the node which accessed buffers must follow.
  std::span<const GraphNodeHandle> takeDependencies();
  void addNode(GraphNodeHandle handle, std::vector<uint64_t> content);

  const ContextScope &scope;
  const Plan &plan;
  const Stream &stream;
  PlanGraph &result;
  /// Comes before all else; null where nothing is zeroed.
  GraphNodeHandle zeroes = nullptr;
  std::vector<Resource> resources;
  std::vector<int> dependencies;
  std::vector<GraphNodeHandle> handles;
};

/// Changes the nodes of a graph to another execution of its plan. Launches that
/// are under way keep what they were given.
class GraphUpdater : public StepSink {
public:
  GraphUpdater(const ContextScope &scope, PlanGraph &graph)
      : scope(scope), graph(graph) {}

  void addZeroes(void *destination, size_t bytes) override;
  void addKernel(const GpuLaunchStep &step,
                 const KernelLaunch &launch) override;
  void addGemm(const GemmStep &step, std::vector<uint64_t> content,
               const std::function<void(const Stream &)> &enqueue) override;
  /// Whether the graph is the execution's now. It is not where steps came or
  /// went, or a product's operands moved: capturing takes longer than
  /// enqueuing.
  bool isComplete() const { return isPossible && next == graph.nodes.size(); }

private:
  /// The next node if it is to be changed to `content`, else null.
  GraphNode *findChanged(std::vector<uint64_t> content);

  const ContextScope &scope;
  PlanGraph &graph;
  size_t next = 0;
  bool isPossible = true;
};

/// While this lives, products on the thread go to `target` with the library
/// handle of `owner`, and fail where they need memory of the moment's.
class GemmCapture {
public:
  GemmCapture(const Stream &owner, const Stream &target);
  ~GemmCapture();

  /// Null outside of captures.
  static const GemmCapture *get();

  const Stream &owner, &target;
};

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_GRAPHBUILDER_H
