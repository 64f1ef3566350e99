// What every tool knows: the dialects, passes and pipelines.
#ifndef NUMLOOM_TOOLS_SUPPORT_REGISTRATION_H
#define NUMLOOM_TOOLS_SUPPORT_REGISTRATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace numloom {

/// Registers the dialects that Numloom's stages read or write.
void registerToolDialects(mlir::DialectRegistry &registry);

/// Registers Numloom's passes and pipelines and MLIR's general passes
/// (canonicalize, cse, ...).
void registerToolPasses();

} // namespace numloom

#endif // NUMLOOM_TOOLS_SUPPORT_REGISTRATION_H
