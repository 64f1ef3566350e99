// Parses and prints the dictionary of a .npy file.
#include "tools/numloom-run/NpyHeader.h"

#include "tools/numloom-run/Npy.h"

#include <charconv>

using namespace numloom;

namespace {

/// NumPy's limit on the number of dimensions.
constexpr size_t kMaxRank = 64;

/// A cursor over Python literals.
class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}

  NpyHeader parse();

private:
  [[noreturn]] void fail(const std::string &expected) const {
    throw NpyError("header: expected " + expected + " at byte " +
                   std::to_string(position));
  }
  void skipSpace() {
    position = std::min(text.find_first_not_of(" \t\n", position), text.size());
  }
  bool consume(std::string_view token) {
    skipSpace();
    if (text.substr(position, token.size()) != token)
      return false;
    position += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!consume(token))
      fail("'" + std::string(token) + "'");
  }
  std::string_view parseString();
  bool parseBool();
  int64_t parseExtent();
  std::vector<int64_t> parseShape();
  DType parseDType();

  std::string_view text;
  size_t position = 0;
};

std::string_view Parser::parseString() {
  skipSpace();
  char quote = position < text.size() ? text[position] : 0;
  size_t end = quote == '\'' || quote == '"' ? text.find(quote, position + 1)
                                             : std::string_view::npos;
  if (end == std::string_view::npos)
    fail("a string");
  std::string_view value = text.substr(position + 1, end - position - 1);
  position = end + 1;
  return value;
}

bool Parser::parseBool() {
  if (consume("True"))
    return true;
  if (consume("False"))
    return false;
  fail("True or False");
}

int64_t Parser::parseExtent() {
  skipSpace();
  int64_t value = -1;
  const char *begin = text.data() + position, *end = text.data() + text.size();
  auto [next, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || value < 0)
    fail("an extent");
  position += next - begin;
  return value;
}

std::vector<int64_t> Parser::parseShape() {
  std::vector<int64_t> shape;
  expect("(");
  while (!consume(")")) {
    if (shape.size() == kMaxRank)
      fail("at most 64 extents");
    shape.push_back(parseExtent());
    if (!consume(",")) {
      expect(")");
      break;
    }
  }
  return shape;
}

std::string getDescription(DType dtype) {
  if (dtype == DType::BFloat16)
    return "<V2";
  char kind = "biufc"[static_cast<size_t>(getKind(dtype))];
  size_t bytes = getBytes(dtype);
  return (bytes == 1 ? "|" : "<") + std::string(1, kind) +
         std::to_string(bytes);
}

DType Parser::parseDType() {
  skipSpace();
  std::string_view description = parseString();
  for (size_t i = 0; i < kNumDTypes; ++i)
    if (getDescription(static_cast<DType>(i)) == description)
      return static_cast<DType>(i);
  throw NpyError("header: dtype '" + std::string(description) +
                 "' is not supported");
}

NpyHeader Parser::parse() {
  NpyHeader header;
  bool hasDType = false, hasOrder = false, hasShape = false;
  expect("{");
  while (!consume("}")) {
    std::string_view key = parseString();
    expect(":");
    if (key == "descr") {
      header.dtype = parseDType();
      hasDType = true;
    } else if (key == "fortran_order") {
      header.fortranOrder = parseBool();
      hasOrder = true;
    } else if (key == "shape") {
      header.shape = parseShape();
      hasShape = true;
    } else {
      throw NpyError("header: unknown key '" + std::string(key) + "'");
    }
    if (!consume(",")) {
      expect("}");
      break;
    }
  }
  if (!hasDType || !hasOrder || !hasShape)
    throw NpyError("header: needs 'descr', 'fortran_order' and 'shape'");
  return header;
}

} // namespace

NpyHeader numloom::parseNpyHeader(std::string_view text) {
  return Parser(text).parse();
}

std::string numloom::printNpyHeader(const NpyHeader &header) {
  std::string text =
      "{'descr': '" + getDescription(header.dtype) + "', 'fortran_order': ";
  text += header.fortranOrder ? "True" : "False";
  text += ", 'shape': (";
  for (int64_t extent : header.shape)
    text += std::to_string(extent) + ", ";
  return text + "), }";
}
