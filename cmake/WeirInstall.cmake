# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
# What `cmake --install` puts where: headers, libraries, weirc, pkg-config files, the CMake package, man pages.

include(CMakePackageConfigHelpers)
set(weir_package ${CMAKE_INSTALL_LIBDIR}/cmake/weir)

install(DIRECTORY include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS weirpb weirpb_static weirschema weirschema_static weir weir_static weirc EXPORT weirTargets)
install(EXPORT weirTargets NAMESPACE weir:: DESTINATION ${weir_package})

configure_package_config_file(cmake/weirConfig.cmake.in ${CMAKE_BINARY_DIR}/weirConfig.cmake
                              INSTALL_DESTINATION ${weir_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/weirConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/weirConfig.cmake ${CMAKE_BINARY_DIR}/weirConfigVersion.cmake
              cmake/WeirGenerate.cmake DESTINATION ${weir_package})

# For `pkg-config --static`: what the static libweir needs besides libweirpb.
set(WEIR_PC_REQUIRES_PRIVATE)
set(WEIR_PC_LIBS_PRIVATE -pthread)
if(WEIR_TLS_LIBS)
  list(APPEND WEIR_PC_REQUIRES_PRIVATE libssl libcrypto)
endif()
if(WEIR_ZLIB_LIBS)
  list(APPEND WEIR_PC_REQUIRES_PRIVATE zlib)
endif()
if(WEIR_ZSTD_LIBS)
  list(APPEND WEIR_PC_REQUIRES_PRIVATE libzstd)
endif()
if(WEIR_CARES_LIBS)
  list(APPEND WEIR_PC_REQUIRES_PRIVATE libcares)
endif()
list(JOIN WEIR_PC_REQUIRES_PRIVATE ", " WEIR_PC_REQUIRES_PRIVATE)
# The prefix may be given at installation (`cmake --install --prefix`), so it is found from the file's own place.
file(RELATIVE_PATH WEIR_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" WEIR_PC_PREFIX "${WEIR_PC_PREFIX}")
foreach(name weir weirpb weirschema)
  configure_file(cmake/${name}.pc.in ${CMAKE_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

file(GLOB weir_man_pages docs/man/*.1)
install(FILES ${weir_man_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
