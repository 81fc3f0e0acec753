# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
#
#   weir_generate(TARGET t PROTOS a.proto dir/b.proto ... [IMPORT_DIRS dir ...])
#
# Runs weirc on each .proto and adds what it writes to target t: x.weir.c always, x_grpc.weir.c where the file has
# services; t and what links to it find the headers. Link t to weir::pb (messages only) or weir::weir yourself.
# Files are named, in #include lines too, relative to the first import folder that holds them (default: the current
# source folder).

function(weir_generate)
  cmake_parse_arguments(A "" "TARGET" "PROTOS;IMPORT_DIRS" ${ARGN})
  if(NOT A_TARGET OR NOT A_PROTOS OR A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weir_generate(TARGET t PROTOS a.proto ... [IMPORT_DIRS dir ...])")
  endif()
  if(NOT A_IMPORT_DIRS)
    set(A_IMPORT_DIRS ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${A_TARGET}.weir)
  file(MAKE_DIRECTORY ${out})
  set(dirs)
  set(flags)
  foreach(dir IN LISTS A_IMPORT_DIRS)
    get_filename_component(dir ${dir} ABSOLUTE)
    list(APPEND dirs ${dir})
    list(APPEND flags -I${dir})
  endforeach()
  foreach(proto IN LISTS A_PROTOS)
    get_filename_component(path ${proto} ABSOLUTE)
    weir_generate_name_(name ${path} "${dirs}")
    weir_generate_one_(${A_TARGET} ${path} ${name} ${out} "${flags}")
  endforeach()
  target_include_directories(${A_TARGET} PUBLIC $<BUILD_INTERFACE:${out}>)
endfunction()

# The name of a file as its importers write it.
function(weir_generate_name_ result path dirs)
  foreach(dir IN LISTS dirs)
    file(RELATIVE_PATH name ${dir} ${path})
    if(NOT name MATCHES "^\\.\\./")
      set(${result} ${name} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "weir_generate: ${path} is in none of the import folders ${dirs}")
endfunction()

function(weir_generate_one_ target path name out flags)
  string(REGEX REPLACE "\\.proto$" "" stem ${name})
  set(products ${stem}.weir.c ${stem}.weir.h)
  # A list of files must be known before the build; a change of the .proto configures again.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(STRINGS ${path} services REGEX "^[ \t]*service[ \t]")
  if(services)
    list(APPEND products ${stem}_grpc.weir.c ${stem}_grpc.weir.h)
  endif()
  list(TRANSFORM products PREPEND ${out}/)
  string(MAKE_C_IDENTIFIER ${name} id)
  add_custom_command(
    OUTPUT ${products}
    COMMAND weir::weirc ${flags} --weir_out=${out} --dependency_out=${out}/${id}.d ${name}
    DEPENDS ${path} weir::weirc
    DEPFILE ${out}/${id}.d
    COMMENT "weirc ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${products})
endfunction()
