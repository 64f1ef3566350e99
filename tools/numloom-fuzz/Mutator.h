// Random edits of textual IR that keep most of it well formed.
#ifndef NUMLOOM_TOOLS_NUMLOOM_FUZZ_MUTATOR_H
#define NUMLOOM_TOOLS_NUMLOOM_FUZZ_MUTATOR_H

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace numloom {

/// Derives inputs from a corpus of textual IR. Input `index` depends on the
/// seed, the index and the corpus alone, so any one can be made again.
class Mutator {
public:
  Mutator(std::vector<std::string> corpus, uint64_t seed);

  /// The `index`-th input: a text of the corpus with one to three edits.
  std::string makeInput(uint64_t index);

private:
  using Edit = void (Mutator::*)(std::string &);

  /// A number in [0, bound); 0 when bound is 0.
  size_t draw(size_t bound);
  /// The extent [begin, end) of a random token of `text`.
  std::pair<size_t, size_t> drawToken(std::string_view text);

  void replaceByte(std::string &text);
  void removeToken(std::string &text);
  void repeatToken(std::string &text);
  void replaceToken(std::string &text);
  void replaceNumber(std::string &text);
  void removeLine(std::string &text);
  void moveLine(std::string &text);
  void insertForeignLine(std::string &text);
  void truncate(std::string &text);

  std::vector<std::string> corpus;
  uint64_t seed;
  std::mt19937_64 random;
};

} // namespace numloom

#endif // NUMLOOM_TOOLS_NUMLOOM_FUZZ_MUTATOR_H
