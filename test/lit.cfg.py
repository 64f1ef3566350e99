"""lit configuration: runs the RUN lines of every .mlir file below this folder."""

import os

import lit.formats

config.name = "Numloom"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.numloom_obj_root, "test")

tool_dirs = [os.path.join(config.numloom_obj_root, "bin"), config.llvm_tools_dir]
config.environment["PATH"] = os.pathsep.join([*tool_dirs, os.environ["PATH"]])

# NVIDIA's assembler comes with the toolkit or with the build's requirements.
if os.path.exists(config.ptxas):
    config.available_features.add("ptxas")
    config.substitutions.append(("%ptxas", config.ptxas))
