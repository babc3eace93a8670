# Writes the ctest file of one test executable: one test a TEST_CASE, labelled by its TEST_SUITE.
#
# Given: EXECUTABLE, FOLDER, OUTPUT, PROPERTIES (a list). doctest's own script starts the
# executable once for every test, and loses the space that follows the folder.
set(labels unit property golden integration browser manifests cluster gpu multigpu timing)

function(list_cases out)
  execute_process(COMMAND ${EXECUTABLE} --list-test-cases --no-version ${ARGN}
                  OUTPUT_VARIABLE text RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${EXECUTABLE} could not list its tests: ${result}\n${text}")
  endif()
  string(REGEX REPLACE "(^|\n)(\\[doctest\\]|===)[^\n]*" "" text "${text}")
  if(text MATCHES "[][;,\"\\]")
    message(FATAL_ERROR "A test's sentence holds a comma, semicolon, quote or bracket:${text}")
  endif()
  string(STRIP "${text}" text)
  string(REPLACE "\n" ";" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

set(script "")
set(enrolled 0)
foreach(label ${labels})
  list_cases(cases --test-suite=${label})
  foreach(case IN LISTS cases)
    string(APPEND script "add_test([==[${FOLDER}: ${case}]==] [==[${EXECUTABLE}]==] [==[--test-case=${case}]==])\n")
    string(APPEND script "set_tests_properties([==[${FOLDER}: ${case}]==] PROPERTIES LABELS ${label} ${PROPERTIES})\n")
    math(EXPR enrolled "${enrolled} + 1")
  endforeach()
endforeach()

list_cases(all)
list(LENGTH all count)
if(NOT count EQUAL enrolled)
  message(FATAL_ERROR "${EXECUTABLE} has ${count} tests and ${enrolled} stand in one TEST_SUITE of: ${labels}")
endif()
file(WRITE "${OUTPUT}" "${script}")
