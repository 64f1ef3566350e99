// Searches, counts and histograms.
#include "numloom/Runtime/Algorithms.h"
#include "numloom/Runtime/ThreadPool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace numloom;

namespace {

TEST(SearchTest, FindsBothSides) {
  std::vector<int32_t> values = {-5, 0, 1, 2, 3, 4, 9};
  for (int64_t length : {0, 1, 2, 5, 64, 65}) {
    std::vector<int32_t> sorted;
    for (int64_t i = 0; i < length; ++i)
      sorted.push_back(int32_t(i / 3));
    for (bool behindEqual : {false, true}) {
      std::vector<int64_t> places(values.size());
      searchSorted(DType::Int32, sorted.data(), length, values.data(),
                   int64_t(values.size()), behindEqual, places.data());
      for (size_t i = 0; i < values.size(); ++i) {
        auto place = behindEqual ? std::ranges::upper_bound(sorted, values[i])
                                 : std::ranges::lower_bound(sorted, values[i]);
        EXPECT_EQ(places[i], place - sorted.begin());
      }
    }
  }
}

TEST(SearchTest, NaNIsGreatestAndZerosAreEqual) {
  double nan = std::nan("");
  std::vector<double> sorted = {-1, -0.0, 0.0, 2, nan},
                      values = {0.0, -0.0, nan};
  std::vector<int64_t> places(3);
  searchSorted(DType::Float64, sorted.data(), 5, values.data(), 3, false,
               places.data());
  EXPECT_EQ(places, (std::vector<int64_t>{1, 1, 4}));
}

class BinTest : public testing::Test {
protected:
  void TearDown() override { setNumThreads(initial); }
  int initial = getNumThreads();
};

TEST_F(BinTest, CountsAndSums) {
  for (int64_t bins : {1, 10, 100000})
    for (int64_t count : {0, 1, 500000}) {
      std::vector<int64_t> values(count), counts(bins), expected(bins);
      std::vector<double> weights(count), sums(bins), expectedSums(bins);
      std::mt19937_64 engine(7);
      for (int64_t i = 0; i < count; ++i) {
        values[i] = int64_t(engine() % uint64_t(bins));
        weights[i] = double(engine() % 1000);
        ++expected[values[i]];
        expectedSums[values[i]] += weights[i];
      }
      countBins(values.data(), count, counts.data(), bins);
      EXPECT_EQ(counts, expected);
      sumBins(values.data(), weights.data(), count, sums.data(), bins);
      EXPECT_EQ(sums, expectedSums);
    }
}

TEST_F(BinTest, SumsDoNotDependOnThreads) {
  constexpr int64_t kCount = 1000000, kBins = 17;
  std::vector<int64_t> values(kCount);
  std::vector<double> weights(kCount), sums[2];
  std::mt19937_64 engine(7);
  for (int64_t i = 0; i < kCount; ++i) {
    values[i] = int64_t(engine() % kBins);
    weights[i] = std::sin(double(i));
  }
  for (int i = 0; i < 2; ++i) {
    setNumThreads(i + 1);
    sums[i].resize(kBins);
    sumBins(values.data(), weights.data(), kCount, sums[i].data(), kBins);
  }
  EXPECT_EQ(sums[0], sums[1]);
}

TEST(HistogramTest, EdgesDecide) {
  std::vector<double> edges(11);
  for (int i = 0; i <= 10; ++i)
    edges[i] = i * 0.1;
  std::vector<double> values = edges;
  values.insert(values.end(),
                {-0.1, 1.1, std::nan(""), std::nextafter(0.3, 0)});
  std::vector<int64_t> expected(values.size(), 10), bins(values.size());
  for (size_t i = 0; i < values.size(); ++i)
    for (int bin = 0; bin < 10; ++bin)
      if (values[i] >= edges[bin] &&
          (values[i] < edges[bin + 1] || (bin == 9 && values[i] == edges[10])))
        expected[i] = bin;
  for (bool isUniform : {false, true}) {
    HistogramBins histogram{edges.data(), 10, isUniform};
    findBins(DType::Float64, values.data(), int64_t(values.size()), histogram,
             bins.data());
    EXPECT_EQ(bins, expected);
    std::vector<int64_t> counts(10), expectedCounts(10);
    countHistogram(DType::Float64, values.data(), int64_t(values.size()),
                   histogram, counts.data());
    for (int64_t bin : expected)
      if (bin < 10)
        ++expectedCounts[bin];
    EXPECT_EQ(counts, expectedCounts);
  }
}

} // namespace
