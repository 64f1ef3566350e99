// Views and updates of buffers, compared with elements addressed one by one.
#include "FakeCompiler.h"

#include "numloom/Trace/Updates.h"

#include <numeric>
#include <random>

using namespace numloom;

namespace {
using UpdatesTest = TraceTest;
using Kind = IndexItem::Kind;
using Values = std::vector<double>;

/// The places in the buffer of all elements, in row-major order.
std::vector<int64_t> getPlaces(const Layout &layout) {
  std::vector<int64_t> places{layout.offset};
  for (size_t i = 0; i < layout.shape.size(); ++i) {
    std::vector<int64_t> next;
    for (int64_t place : places)
      for (int64_t k = 0; k < layout.shape[i]; ++k)
        next.push_back(place + k * layout.strides[i]);
    places = std::move(next);
  }
  return places;
}

/// Random views of views.
class Generator {
public:
  explicit Generator(uint32_t seed) : random(seed) {}

  Layout make() {
    std::vector<int64_t> shape(pick(0, 4));
    for (int64_t &extent : shape)
      extent = pick(1, 5);
    Layout layout = Layout::makeWhole(DType::Float64, shape);
    for (int64_t steps = pick(0, 4); steps > 0; --steps)
      layout = change(layout);
    return layout;
  }

private:
  int64_t pick(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
  }

  Layout change(const Layout &layout) {
    switch (pick(0, 3)) {
    case 0:
      return transposed(layout);
    case 1:
      return reshaped(layout);
    default:
      return indexed(layout);
    }
  }

  Layout transposed(const Layout &layout) {
    std::vector<int64_t> axes(layout.shape.size());
    std::iota(axes.begin(), axes.end(), 0);
    std::shuffle(axes.begin(), axes.end(), random);
    return transposeLayout(layout, axes);
  }

  /// Splits the elements into prime factors and groups them anew.
  Layout reshaped(const Layout &layout) {
    std::vector<int64_t> shape{1};
    int64_t rest = layout.getNumElements();
    for (int64_t factor = 2; rest > 1; ++factor)
      for (; rest % factor == 0; rest /= factor) {
        if (pick(0, 1) && shape.size() < 5)
          shape.push_back(1);
        shape.back() *= factor;
      }
    if (layout.getNumElements() == 0)
      shape = {0};
    return reshapeLayout(layout, shape).value_or(layout);
  }

  Layout indexed(const Layout &layout) {
    std::vector<IndexItem> items;
    for (int64_t extent : layout.shape.get()) {
      if (pick(0, 5) == 0)
        items.push_back({Kind::NewAxis});
      if (pick(0, 4) == 0 && extent > 0)
        items.push_back({Kind::Integer, pick(0, extent - 1)});
      else if (pick(0, 1))
        items.push_back({Kind::Slice, 0, INT64_MAX, 1});
      else if (pick(0, 1))
        items.push_back({Kind::Slice, pick(0, 2), INT64_MAX, pick(1, 3)});
      else
        items.push_back({Kind::Slice, INT64_MAX, INT64_MIN, -pick(1, 2)});
    }
    return indexLayout(layout, items);
  }

  std::mt19937 random;
};

Values getRange(int64_t first, int64_t count) {
  Values values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

NodeRef makeRangeFrom(double first, std::span<const int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  NodeRef range = makeRange({count});
  return makeReshape(add(range, makeFloat(first)), shape);
}

class RandomViews : public UpdatesTest,
                    public testing::WithParamInterface<uint32_t> {};

TEST_P(RandomViews, AreReadAndUpdated) {
  Generator generator(GetParam());
  for (int i = 0; i < 50; ++i) {
    Layout layout = generator.make();
    if (!layout.isSliced)
      continue;
    std::vector<int64_t> places = getPlaces(layout);
    Values expected(places.begin(), places.end());
    NodeRef memory = makeRange({layout.bufferSize});
    NodeRef pending = add(memory, makeFloat(0));
    EXPECT_EQ(::compute(readView(memory, layout)), expected);
    EXPECT_EQ(::compute(readView(pending, layout)), expected);

    Values updated = getRange(0, layout.bufferSize);
    for (size_t k = 0; k < places.size(); ++k)
      updated[places[k]] = 1000.0 + static_cast<double>(k);
    NodeRef value = makeRangeFrom(1000, layout.shape.get());
    for (const NodeRef &base : {memory, pending}) {
      NodeRef node = recordUpdate(base, layout, value);
      EXPECT_EQ(::compute(readView(node, layout)), ::compute(value));
      EXPECT_EQ(::compute(node), updated);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomViews, testing::Range(0u, 20u));

} // namespace
