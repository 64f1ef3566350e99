# Finds what of the CUDA toolkit the build needs: libdevice, the functions that
# GPU kernels call, the compiler of the library over CUB, and for the tests the
# assembler. None needs a GPU. libdevice and the assembler are in the Python
# package nvidia-cuda-nvcc-cu12 too.
execute_process(
  COMMAND "${Python3_EXECUTABLE}" -c
          "import nvidia; print(';'.join(nvidia.__path__))"
  OUTPUT_VARIABLE python_packages
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
list(TRANSFORM python_packages APPEND /cuda_nvcc)
set(cuda_roots $ENV{CUDA_HOME} $ENV{CUDA_PATH} ${python_packages}
               /usr/local/cuda)

find_file(NUMLOOM_LIBDEVICE libdevice.10.bc PATHS ${cuda_roots}
          PATH_SUFFIXES nvvm/libdevice NO_DEFAULT_PATH REQUIRED)
find_program(NUMLOOM_PTXAS ptxas PATHS ${cuda_roots} PATH_SUFFIXES bin
             NO_DEFAULT_PATH)
find_program(NUMLOOM_NVCC nvcc PATHS $ENV{CUDA_HOME} $ENV{CUDA_PATH}
             /usr/local/cuda PATH_SUFFIXES bin)
