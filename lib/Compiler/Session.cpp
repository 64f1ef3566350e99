// The free contexts of the process.

#include "Session.h"

#include "numloom/Compiler/CompileModule.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"

#include <mutex>
#include <utility>
#include <vector>

using namespace mlir;

namespace numloom {

struct Session::Contents {
  Contents() : context(MLIRContext::Threading::DISABLED) {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      llvm::raw_string_ostream stream(messages);
      stream << diagnostic.getLocation() << ": " << diagnostic << '\n';
      return success();
    });
  }

  MLIRContext context;
  std::string messages;
};

class Session::Pool {
public:
  static Pool &get() {
    // Never destroyed: programs are compiled until the process ends.
    static Pool *pool = new Pool();
    return *pool;
  }

  std::unique_ptr<Contents> take() {
    {
      std::lock_guard lock(mutex);
      if (!free.empty()) {
        std::unique_ptr<Contents> last = std::move(free.back());
        free.pop_back();
        return last;
      }
    }
    return std::make_unique<Contents>();
  }

  void giveBack(std::unique_ptr<Contents> contents) {
    contents->messages.clear();
    std::lock_guard lock(mutex);
    free.push_back(std::move(contents));
  }

private:
  std::mutex mutex;
  std::vector<std::unique_ptr<Contents>> free;
};

Session::Session() : contents(Pool::get().take()) {}
Session::~Session() { Pool::get().giveBack(std::move(contents)); }

MLIRContext &Session::getContext() { return contents->context; }

std::string Session::takeMessages() {
  return std::exchange(contents->messages, {});
}

} // namespace numloom
