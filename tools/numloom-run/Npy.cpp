// Reads and writes .npy files.
#include "tools/numloom-run/Npy.h"

#include "tools/numloom-run/NpyHeader.h"

#include <cstring>
#include <fstream>
#include <limits>

using namespace numloom;

static constexpr std::string_view kMagic = "\x93NUMPY";
/// Data begins at a multiple of this.
static constexpr size_t kAlignment = 64;

/// The bytes of an array; throws NpyError when they exceed an int64.
static size_t getNumBytes(DType dtype, const std::vector<int64_t> &shape) {
  int64_t bytes = getBytes(dtype);
  bool overflow = false;
  for (int64_t extent : shape)
    overflow |= __builtin_mul_overflow(bytes, extent, &bytes);
  if (overflow)
    throw NpyError("the array is too big");
  return bytes;
}

HostArray HostArray::allocate(DType dtype, std::vector<int64_t> shape) {
  Buffer data = Allocator::get().allocate(getNumBytes(dtype, shape));
  return {dtype, std::move(shape), std::move(data)};
}

int64_t HostArray::getNumElements() const {
  return getNumBytes(dtype, shape) / getBytes(dtype);
}

static std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() < 0)
    throw NpyError("cannot be opened");
  std::string bytes(file.tellg(), 0);
  file.seekg(0);
  if (!file.read(bytes.data(), bytes.size()))
    throw NpyError("cannot be read");
  return bytes;
}

/// Splits `bytes` into the header's dictionary and the data.
static std::pair<std::string_view, std::string_view>
splitFile(std::string_view bytes) {
  if (bytes.size() < 10 || !bytes.starts_with(kMagic))
    throw NpyError("is no .npy file");
  uint8_t version = bytes[6];
  if (version < 1 || version > 3)
    throw NpyError("has format version " + std::to_string(version) +
                   "; 1 to 3 are supported");
  size_t lengthBytes = version == 1 ? 2 : 4, length = 0;
  size_t begin = 8 + lengthBytes;
  if (bytes.size() >= begin)
    std::memcpy(&length, bytes.data() + 8, lengthBytes);
  if (bytes.size() < begin || bytes.size() - begin < length)
    throw NpyError("ends inside its header");
  return {bytes.substr(begin, length), bytes.substr(begin + length)};
}

/// Copies Fortran-ordered `source` in C order.
static void copyTransposed(const char *source, const HostArray &target) {
  size_t size = getBytes(target.dtype), rank = target.shape.size();
  std::vector<int64_t> index(rank, 0), strides(rank, size);
  for (size_t axis = 1; axis < rank; ++axis)
    strides[axis] = strides[axis - 1] * target.shape[axis - 1];
  char *to = static_cast<char *>(target.data.data());
  for (int64_t n = target.getNumElements(), i = 0; i < n; ++i, to += size) {
    int64_t offset = 0;
    for (size_t axis = 0; axis < rank; ++axis)
      offset += index[axis] * strides[axis];
    std::memcpy(to, source + offset, size);
    for (size_t axis = rank; axis-- && ++index[axis] == target.shape[axis];)
      index[axis] = 0;
  }
}

HostArray numloom::readNpy(const std::string &path) {
  std::string bytes = readFile(path);
  auto [text, data] = splitFile(bytes);
  NpyHeader header = parseNpyHeader(text);
  size_t expected = getNumBytes(header.dtype, header.shape);
  if (data.size() != expected)
    throw NpyError("has " + std::to_string(data.size()) +
                   " bytes of data where its header says " +
                   std::to_string(expected));
  HostArray array = HostArray::allocate(header.dtype, std::move(header.shape));
  if (header.fortranOrder)
    copyTransposed(data.data(), array);
  else
    std::memcpy(array.data.data(), data.data(), expected);
  return array;
}

void numloom::writeNpy(const std::string &path, const HostArray &array) {
  std::string text = printNpyHeader({array.dtype, false, array.shape});
  size_t prefix = kMagic.size() + 4;
  size_t padding = kAlignment - (prefix + text.size() + 1) % kAlignment;
  text += std::string(padding % kAlignment, ' ') + '\n';
  if (text.size() > std::numeric_limits<uint16_t>::max())
    throw NpyError("has too many dimensions to be written");
  uint16_t length = text.size();
  std::ofstream file(path, std::ios::binary);
  file << kMagic << '\x01' << '\0';
  file.write(reinterpret_cast<const char *>(&length), sizeof(length));
  file << text;
  file.write(static_cast<const char *>(array.data.data()),
             getNumBytes(array.dtype, array.shape));
  if (!file.flush())
    throw NpyError("cannot be written");
}
