# numloom_tablegen(<output> <input.td> <generator flags>...): one mlir-tblgen
# run; outputs lie in the build tree where the sources include them from.
set(NUMLOOM_TD_INCLUDES -I "${CMAKE_SOURCE_DIR}/include" -I
                        "${MLIR_INCLUDE_DIRS}")

function(numloom_tablegen output input)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${output}")
  add_custom_command(
    OUTPUT "${out}"
    COMMAND "${NUMLOOM_MLIR_TBLGEN}" ${ARGN} ${NUMLOOM_TD_INCLUDES}
            "${CMAKE_CURRENT_SOURCE_DIR}/${input}" -o "${out}" -d "${out}.d"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${input}"
    DEPFILE "${out}.d"
    VERBATIM)
  set_property(DIRECTORY APPEND PROPERTY NUMLOOM_TABLEGEN_OUTPUTS "${out}")
endfunction()

# numloom_tablegen_target(<name>): the target of this directory's outputs.
function(numloom_tablegen_target name)
  get_property(outputs DIRECTORY PROPERTY NUMLOOM_TABLEGEN_OUTPUTS)
  add_custom_target(${name} DEPENDS ${outputs})
endfunction()
