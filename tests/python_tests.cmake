# assay_python_test(<file>.py [LABEL <label>] [PROCESSORS <n>] [TIMEOUT <s>])
#
# Every method `test_a_sentence_like_this` of the file becomes one ctest test named
# `<folder>: a sentence like this`. Exit code 77 is "not run" (tests/not_run.py).
#
# Tests of several PROCESSORS start before all others: once every processor has a test, two are hardly ever
# free at once, so that ctest would leave them to the end.
find_program(ASSAY_PYTHON python3 HINTS /usr/bin NO_CMAKE_ENVIRONMENT_PATH REQUIRED)

function(assay_python_test file)
  cmake_parse_arguments(arg "" "LABEL;PROCESSORS;TIMEOUT" "ENVIRONMENT" ${ARGN})
  set(cost)
  if(arg_PROCESSORS GREATER 1)
    set(cost COST 1000)
  endif()
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} methods REGEX "^    def test_")
  foreach(method ${methods})
    string(REGEX REPLACE "^    def (test_[a-zA-Z0-9_]+).*" "\\1" method "${method}")
    string(REGEX REPLACE "^test_" "" sentence "${method}")
    string(REPLACE "_" " " sentence "${sentence}")
    set(name "${folder}: ${sentence}")
    add_test(NAME ${name} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
             COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=${PROJECT_SOURCE_DIR}
                     ASSAY_BUILD_DIR=${PROJECT_BINARY_DIR} ${arg_ENVIRONMENT}
                     ${ASSAY_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/${file} -k "*.${method}")
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS "${arg_LABEL}"
                         TIMEOUT "${arg_TIMEOUT}" PROCESSORS "${arg_PROCESSORS}" ${cost})
  endforeach()
endfunction()
