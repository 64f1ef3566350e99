// The fake compiler's plans for GPUs: kernels of the fake driver.
#include "../Runtime/Cuda/FakeDriver.h"
#include "FakeCompiler.h"

using namespace numloom;

/// Calls the program on the arguments of a launch: buffers, then parameters.
static void runOnFake(const Program &program,
                      const std::vector<bool> &isByValue,
                      const cuda::FakeLaunch &launch) {
  std::vector<std::vector<char>> arguments = launch.arguments;
  std::vector<void *> buffers;
  for (size_t i = 0; i < isByValue.size(); ++i)
    buffers.push_back(isByValue[i] ? arguments[i].data()
                                   : launch.get<void *>(i));
  std::vector<int64_t> params;
  for (size_t i = isByValue.size(); i < arguments.size(); ++i)
    params.push_back(launch.get<int64_t>(i));
  interpret(program, buffers.data(), params.data());
}

/// A launch over all buffers and parameters of a program.
static GpuLaunchStep makeStep(const Program &program, std::string entry) {
  GpuLaunchStep step;
  auto add = [&](BufferKind kind, size_t index, bool isByValue) {
    step.buffers.push_back({kind, static_cast<int32_t>(index)});
    step.byValue.push_back(isByValue);
  };
  for (size_t i = 0; i < program.inputs.size(); ++i)
    add(BufferKind::Input, i, program.inputs[i].isScalar);
  for (size_t i = 0; i < program.outputs.size(); ++i)
    add(BufferKind::Output, i, false);
  for (size_t i = 0; i < program.paramHints.size(); ++i)
    step.sizes.push_back(makeParam(static_cast<int64_t>(i)));
  auto image = std::make_shared<GpuImage>();
  image->bytes = "image of " + entry;
  auto kernel = std::make_shared<GpuKernelCode>();
  kernel->image = std::move(image);
  kernel->entry = std::move(entry);
  step.kernel = std::move(kernel);
  return step;
}

std::shared_ptr<const Plan> FakeCompiler::compileForCuda(const Program &program,
                                                         const CudaTarget &,
                                                         std::string &error) {
  auto plan = start(program, error);
  if (!plan || emptyPlans)
    return plan;
  GpuLaunchStep step =
      makeStep(program, "interpreted" + std::to_string(programs.size()));
  cuda::FakeKernel kernel;
  for (size_t i = 0; i < step.buffers.size(); ++i)
    kernel.argumentBytes.push_back(
        step.byValue[i] ? getBytes(program.inputs[i].dtype) : sizeof(void *));
  kernel.argumentBytes.resize(step.buffers.size() + step.sizes.size(),
                              sizeof(int64_t));
  kernel.run = [program, isByValue = step.byValue](const auto &launch) {
    runOnFake(program, isByValue, launch);
  };
  // Others launch kernels meanwhile.
  std::lock_guard lock(cuda::FakeDriver::get().mutex);
  cuda::FakeDriver::get().kernels[step.kernel->entry] = std::move(kernel);
  plan->steps.emplace_back(std::move(step));
  return plan;
}
