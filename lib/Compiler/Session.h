// MLIR contexts for compiling, kept for the next time.
#ifndef NUMLOOM_LIB_COMPILER_SESSION_H
#define NUMLOOM_LIB_COMPILER_SESSION_H

#include "mlir/IR/MLIRContext.h"

#include <memory>
#include <string>

namespace numloom {

/// A context with every dialect loaded, for one thread at a time: contexts are
/// costly to make. Each use takes one that is free.
class Session {
public:
  Session();
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  mlir::MLIRContext &getContext();
  /// The diagnostics since the last call, as text.
  std::string takeMessages();

private:
  struct Contents;
  class Pool;
  std::unique_ptr<Contents> contents;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_SESSION_H
