// The thread of compilations that nobody waits for.
#include "BackgroundCompiler.h"

#include <exception>
#include <system_error>
#include <utility>

using namespace numloom;

void Compilation::run() noexcept {
  try {
    plan = compile(error);
  } catch (const std::exception &thrown) {
    error = thrown.what();
  } catch (...) {
  }
  if (!plan && error.empty())
    error = "the compiler gave no reason";
  // The program is not read again.
  compile = nullptr;
}

BackgroundCompiler &BackgroundCompiler::get() {
  // Never destroyed: threads may evaluate while the process exits.
  static auto *compiler = new BackgroundCompiler;
  return *compiler;
}

std::shared_ptr<Compilation>
BackgroundCompiler::start(Compilation::Fn compile) {
  auto compilation = std::make_shared<Compilation>(std::move(compile));
  std::lock_guard lock(mutex);
  if (isClosed)
    return nullptr;
  queue.push_back(compilation);
  if (ensureThread())
    return compilation;
  queue.pop_back();
  return nullptr;
}

/// Under the lock. A thread that is not working has left it for good.
bool BackgroundCompiler::ensureThread() {
  if (isWorking)
    return true;
  if (thread.joinable())
    thread.join();
  try {
    thread = std::thread([this] { work(); });
  } catch (const std::system_error &) {
    return false;
  }
  isWorking = true;
  return true;
}

void BackgroundCompiler::work() {
  std::unique_lock lock(mutex);
  while (!queue.empty()) {
    std::shared_ptr<Compilation> next = std::move(queue.front());
    queue.pop_front();
    if (!next->isWanted) {
      next->end(Compilation::Dropped);
      continue;
    }
    lock.unlock();
    next->run();
    if (!next->plan)
      ++failures;
    next->end(Compilation::Complete);
    lock.lock();
  }
  isWorking = false;
  idle.notify_all();
}

void BackgroundCompiler::wait() {
  std::unique_lock lock(mutex);
  idle.wait(lock, [&] { return !isWorking; });
  if (thread.joinable())
    thread.join();
}

void BackgroundCompiler::stop(bool isLast) {
  {
    std::lock_guard lock(mutex);
    isClosed |= isLast;
    for (const auto &compilation : queue)
      compilation->end(Compilation::Dropped);
    queue.clear();
  }
  wait();
}

void BackgroundCompiler::hold() {
  stop();
  mutex.lock();
}
