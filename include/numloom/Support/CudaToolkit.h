// Where the libraries of the CUDA toolkit may lie; free of LLVM.
#ifndef NUMLOOM_SUPPORT_CUDATOOLKIT_H
#define NUMLOOM_SUPPORT_CUDATOOLKIT_H

#include "numloom/Support/Environment.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace numloom {

/// What to try to open for a library of the toolkit, best first: the toolkit
/// that the environment names, NVIDIA's Python packages beside the package in
/// `packageDir`, the loader's search path, the usual place. `component` is the
/// Python package's folder for CUDA 12 ("nvjitlink"); `names` are the library's
/// file names, newest first.
inline std::vector<std::string>
getCudaLibraryPaths(const std::string &packageDir, const std::string &component,
                    std::initializer_list<const char *> names) {
  std::vector<std::string> folders;
  for (const char *variable : {"CUDA_HOME", "CUDA_PATH"})
    if (auto path = getEnvironment(variable))
      folders.push_back(std::string(*path) + "/lib64/");
  if (!packageDir.empty()) {
    std::string wheels = packageDir + "/../nvidia/";
    folders.push_back(wheels + "cu13/lib/");
    folders.push_back(wheels + component + "/lib/");
  }
  folders.push_back("");
  folders.push_back("/usr/local/cuda/lib64/");
  std::vector<std::string> paths;
  for (const std::string &folder : folders)
    for (const char *name : names)
      paths.push_back(folder + name);
  return paths;
}

} // namespace numloom

#endif // NUMLOOM_SUPPORT_CUDATOOLKIT_H
