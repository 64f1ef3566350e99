// The header of a .npy file: a Python dictionary of three known keys.
#ifndef NUMLOOM_TOOLS_NUMLOOM_RUN_NPYHEADER_H
#define NUMLOOM_TOOLS_NUMLOOM_RUN_NPYHEADER_H

#include "numloom/Support/DType.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace numloom {

struct NpyHeader {
  DType dtype = DType::Float64;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Parses the dictionary; throws NpyError that says what was expected where.
NpyHeader parseNpyHeader(std::string_view text);

/// The dictionary, unpadded.
std::string printNpyHeader(const NpyHeader &header);

} // namespace numloom

#endif // NUMLOOM_TOOLS_NUMLOOM_RUN_NPYHEADER_H
