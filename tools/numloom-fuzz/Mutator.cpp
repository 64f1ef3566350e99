// Random edits of textual IR, on bytes, tokens, numbers and lines.
#include "tools/numloom-fuzz/Mutator.h"

#include <algorithm>
#include <cctype>

namespace numloom {

namespace {

/// Values at which extents, indices and widths change their meaning.
constexpr const char *kNumbers[] = {"0",
                                    "1",
                                    "-1",
                                    "2",
                                    "7",
                                    "64",
                                    "65536",
                                    "2147483647",
                                    "2147483648",
                                    "4294967296",
                                    "1.5",
                                    "9223372036854775807",
                                    "1e400",
                                    "0x7FC00000",
                                    "-9223372036854775808",
                                    "18446744073709551616"};

bool isWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' ||
         c == '%' || c == '#' || c == '@' || c == '!';
}

/// Tokens of one class can stand for each other: values, aliases, symbols, ops
/// of the dialect, parameters, numbers, other words, single marks.
int getTokenClass(std::string_view token) {
  auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  if (token.starts_with("array."))
    return 'a';
  if (token.size() > 1 && token[0] == 'p' && isDigit(token[1]))
    return 'p';
  if (token.empty() || isDigit(token[0]))
    return '0';
  return std::isalpha(static_cast<unsigned char>(token[0])) ? 'w' : token[0];
}

/// The line of `text` that holds `position`, with its newline.
std::pair<size_t, size_t> lineAt(std::string_view text, size_t position) {
  size_t begin = position ? text.rfind('\n', position - 1) : text.npos;
  size_t end = text.find('\n', position);
  return {begin == text.npos ? 0 : begin + 1,
          end == text.npos ? text.size() : end + 1};
}

} // namespace

Mutator::Mutator(std::vector<std::string> corpus, uint64_t seed)
    : corpus(std::move(corpus)), seed(seed) {}

std::string Mutator::makeInput(uint64_t index) {
  // Edits that tend to leave well-formed text come more often.
  static constexpr Edit kEdits[] = {
      &Mutator::replaceToken,      &Mutator::replaceToken,
      &Mutator::replaceToken,      &Mutator::replaceToken,
      &Mutator::replaceNumber,     &Mutator::replaceNumber,
      &Mutator::moveLine,          &Mutator::removeLine,
      &Mutator::insertForeignLine, &Mutator::removeToken,
      &Mutator::repeatToken,       &Mutator::replaceByte,
      &Mutator::truncate};
  std::seed_seq sequence{seed, index};
  random.seed(sequence);
  std::string text = corpus[draw(corpus.size())];
  for (size_t count = 1 + draw(3); count-- && !text.empty();)
    (this->*kEdits[draw(std::size(kEdits))])(text);
  return text;
}

size_t Mutator::draw(size_t bound) { return bound ? random() % bound : 0; }

std::pair<size_t, size_t> Mutator::drawToken(std::string_view text) {
  size_t begin = draw(text.size()), end = begin + 1;
  if (begin < text.size() && isWordByte(text[begin])) {
    while (begin && isWordByte(text[begin - 1]))
      --begin;
    while (end < text.size() && isWordByte(text[end]))
      ++end;
  }
  return {begin, std::min(end, text.size())};
}

void Mutator::replaceByte(std::string &text) {
  text[draw(text.size())] = static_cast<char>(draw(256));
}

void Mutator::removeToken(std::string &text) {
  auto [begin, end] = drawToken(text);
  text.erase(begin, end - begin);
}

void Mutator::repeatToken(std::string &text) {
  auto [begin, end] = drawToken(text);
  std::string token = text.substr(begin, end - begin);
  text.insert(end, " " + token);
}

void Mutator::replaceToken(std::string &text) {
  auto [begin, end] = drawToken(text);
  std::string_view old = std::string_view(text).substr(begin, end - begin);
  const std::string &other = draw(2) ? corpus[draw(corpus.size())] : text;
  for (int attempts = 32; attempts--;) {
    auto [otherBegin, otherEnd] = drawToken(other);
    std::string token = other.substr(otherBegin, otherEnd - otherBegin);
    if (getTokenClass(token) == getTokenClass(old) && token != old) {
      text.replace(begin, end - begin, token);
      return;
    }
  }
}

void Mutator::replaceNumber(std::string &text) {
  size_t begin = text.find_first_of("0123456789", draw(text.size()));
  if (begin == std::string::npos)
    return;
  size_t end = text.find_first_not_of("0123456789", begin);
  text.replace(begin, std::min(end, text.size()) - begin,
               kNumbers[draw(std::size(kNumbers))]);
}

void Mutator::removeLine(std::string &text) {
  auto [begin, end] = lineAt(text, draw(text.size()));
  text.erase(begin, end - begin);
}

void Mutator::moveLine(std::string &text) {
  auto [begin, end] = lineAt(text, draw(text.size()));
  std::string line = text.substr(begin, end - begin);
  text.erase(begin, end - begin);
  text.insert(lineAt(text, draw(text.size())).first, line);
}

void Mutator::insertForeignLine(std::string &text) {
  const std::string &other = corpus[draw(corpus.size())];
  auto [begin, end] = lineAt(other, draw(other.size()));
  text.insert(lineAt(text, draw(text.size())).first,
              other.substr(begin, end - begin));
}

void Mutator::truncate(std::string &text) { text.resize(draw(text.size())); }

} // namespace numloom
