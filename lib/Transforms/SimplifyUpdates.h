// The algebra of updates and slices.
#ifndef NUMLOOM_LIB_TRANSFORMS_SIMPLIFYUPDATES_H
#define NUMLOOM_LIB_TRANSFORMS_SIMPLIFYUPDATES_H

#include "mlir/IR/PatternMatch.h"

namespace numloom {

/// Adds what makes updates that nobody sees, or that change nothing, vanish.
void populateUpdatePatterns(mlir::RewritePatternSet &patterns);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_SIMPLIFYUPDATES_H
