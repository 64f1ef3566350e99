// Views that lie side by side in one array, as a stencil's slices do.
#ifndef NUMLOOM_LIB_TRACE_VIEWFRAMES_H
#define NUMLOOM_LIB_TRACE_VIEWFRAMES_H

#include "numloom/Trace/Node.h"

#include <cstdint>
#include <span>
#include <vector>

namespace numloom {

/// The smallest strided array that holds some views of the same memory with
/// the same strides.
struct ViewFrame {
  DType dtype;
  void *data;
  std::vector<int64_t> shape;
  /// In elements.
  std::vector<int64_t> strides;

  /// The offset of its last element, in floats or integers.
  int64_t getReach() const;
};

/// Finds among a program's inputs views that are a few elements apart along
/// each axis. A program reads them as slices of one array, with starts that are
/// part of it: so a kernel knows which elements neighbours share.
class ViewFrames {
public:
  /// How far apart the views of a frame are along an axis, at most: each start
  /// is part of the program, so more would compile programs for one use.
  static constexpr int64_t kMaxDistance = 8;

  /// An input that is a slice of a frame.
  struct Member {
    int32_t frame = -1;
    std::vector<int64_t> starts;
  };

  void clear();
  void find(std::span<Node *const> inputs);

  std::span<const ViewFrame> get() const { return frames; }
  /// Null: the input is read on its own.
  const Member *getMember(size_t input) const {
    return input < members.size() && members[input].frame >= 0 ? &members[input]
                                                               : nullptr;
  }

private:
  /// The inputs, from `first` on, that are views near input `first`; their
  /// starts are their distances from it.
  std::vector<size_t> findViewsNear(std::span<Node *const> inputs,
                                    size_t first);
  /// The least start of the views along each axis.
  std::vector<int64_t> findCorner(std::span<const size_t> views) const;
  /// Makes a frame of the views near input `first`, if there are any.
  void addFrame(std::span<Node *const> inputs, size_t first);

  std::vector<ViewFrame> frames;
  std::vector<Member> members;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_VIEWFRAMES_H
