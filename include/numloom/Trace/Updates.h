// Views and updates of a buffer whose value is a node.
#ifndef NUMLOOM_TRACE_UPDATES_H
#define NUMLOOM_TRACE_UPDATES_H

#include "numloom/Trace/Layout.h"
#include "numloom/Trace/Node.h"

namespace numloom {

/// `base`, the value of a buffer in any shape, in the shape of the layout's
/// frame. Of memory it is memory.
NodeRef makeFramed(const NodeRef &base, const Layout &layout);

/// Whether readView() and recordUpdate() take the base as it is. Else it must
/// be evaluated and contiguous (makeContiguous).
bool isReadable(const NodeRef &base, const Layout &layout);

/// `node`, or a copy of an evaluated node whose elements are not C-contiguous
/// in memory: the copy is pending.
NodeRef makeContiguous(const NodeRef &node);

/// What an array of this layout shows of the buffer whose value is `base`.
NodeRef readView(const NodeRef &base, const Layout &layout);

/// The buffer's value after the elements of the layout got those of `value`,
/// which has the layout's dtype and broadcasts to its shape. The result has the
/// shape of the layout's frame, whatever that of `base`.
NodeRef recordUpdate(const NodeRef &base, const Layout &layout,
                     const NodeRef &value);

} // namespace numloom

#endif // NUMLOOM_TRACE_UPDATES_H
