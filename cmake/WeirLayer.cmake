# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
# The helpers every folder's CMakeLists.txt uses. One call per folder, one list of files per call:
#
#   weir_layer(h2 SOURCES conn.c frame.c TESTS conn_test.c DEPENDS hpack base [LIBS ${WEIR_TLS_LIBS}])
#       the static library weir_h2, and each test (cmocka) as a program registered with ctest under the label
#       `h2`. A test may #include "conn.c": the archive's conn.o is then not pulled in. A TESTS entry may be a
#       list `"a_test.c$<SEMICOLON>helper.c"`: the first names the test.
#   weir_test(NAME SOURCES a.c LAYERS client server [LABELS sim] [TIMEOUT s] [ARGS ...] [LIBS ...])
#       a cmocka test across layers.
#   weir_program(NAME SOURCES a.c [LAYERS schema codegen | LIBS weir::weir])
#       a program in build/bin, linked to layers (all symbols) or to the public libraries (exports only).
#   weir_fuzz(NAME SOURCES x.c LAYERS h2 [CORPUS dir])
#       a libFuzzer target in the fuzz preset; elsewhere the same target behind fuzz/standalone.c, with which
#       ctest replays the corpus (fuzz/corpus/NAME unless given).
#
# Tests run in the top source folder, 120 s at most.

set(WEIR_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes)

function(weir_link_layers target visibility)
  list(TRANSFORM ARGN PREPEND weir_)
  target_link_libraries(${target} ${visibility} ${ARGN})
endfunction()

# file: a target, or a script's path from the top source folder
function(weir_add_test name file)
  cmake_parse_arguments(A "" "TIMEOUT" "LABELS;ARGS" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 600) # a hang is told all the same; a slow machine under a sanitizer is none
  endif()
  if(NOT TARGET ${file})
    set(file ${weir_SOURCE_DIR}/${file})
  endif()
  add_test(NAME ${name} COMMAND ${file} ${A_ARGS} WORKING_DIRECTORY ${weir_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}" SKIP_RETURN_CODE 77)
endfunction()

function(weir_layer name)
  cmake_parse_arguments(A "" "" "SOURCES;TESTS;DEPENDS;LIBS" ${ARGN})
  add_library(weir_${name} STATIC ${A_SOURCES})
  target_compile_options(weir_${name} PRIVATE ${WEIR_WARNINGS})
  weir_link_layers(weir_${name} PUBLIC ${A_DEPENDS})
  target_link_libraries(weir_${name} PUBLIC ${A_LIBS})
  set_target_properties(weir_${name} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${weir_BINARY_DIR}/layers)
  if(WEIR_TESTS)
    foreach(test IN LISTS A_TESTS)
      string(REPLACE "$<SEMICOLON>" ";" sources "${test}")
      list(GET sources 0 first)
      get_filename_component(stem ${first} NAME_WE)
      weir_test(${name}_${stem} SOURCES ${sources} LAYERS ${name} LABELS unit ${name})
    endforeach()
  endif()
endfunction()

function(weir_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;LAYERS;LABELS;ARGS;LIBS" ${ARGN})
  if(NOT WEIR_TESTS)
    return()
  endif()
  add_executable(${name} ${A_SOURCES})
  target_compile_options(${name} PRIVATE ${WEIR_WARNINGS})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  weir_link_layers(${name} PRIVATE ${A_LAYERS})
  target_link_libraries(${name} PRIVATE ${A_LIBS} weir_cmocka)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${weir_BINARY_DIR}/tests)
  weir_add_test(${name} ${name} TIMEOUT ${A_TIMEOUT} LABELS ${A_LABELS} ARGS ${A_ARGS})
endfunction()

function(weir_program name)
  cmake_parse_arguments(A "" "" "SOURCES;LAYERS;LIBS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_compile_options(${name} PRIVATE ${WEIR_WARNINGS})
  weir_link_layers(${name} PRIVATE ${A_LAYERS})
  target_link_libraries(${name} PRIVATE ${A_LIBS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${weir_BINARY_DIR}/bin)
endfunction()

function(weir_fuzz name)
  cmake_parse_arguments(A "" "CORPUS" "SOURCES;LAYERS" ${ARGN})
  if(NOT A_CORPUS)
    set(A_CORPUS ${weir_SOURCE_DIR}/fuzz/corpus/${name})
  endif()
  set(target fuzz_${name})
  if(WEIR_SANITIZE STREQUAL "fuzz")
    add_executable(${target} ${A_SOURCES})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers ${target})
    set(args -runs=0)
  elseif(WEIR_TESTS)
    add_executable(${target} ${A_SOURCES} ${weir_SOURCE_DIR}/fuzz/standalone.c)
    set(args)
  else()
    return()
  endif()
  target_compile_options(${target} PRIVATE ${WEIR_WARNINGS})
  weir_link_layers(${target} PRIVATE ${A_LAYERS})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${weir_BINARY_DIR}/fuzzers)
  weir_add_test(${target} ${target} LABELS fuzz ARGS ${args} ${A_CORPUS})
endfunction()
