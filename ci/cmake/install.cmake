# `cmake --install build/release`: the command with its pages, and a package for those who write properties,
# judges and commands of their own (docs/adr/0084-a-catalogue-is-what-a-program-links.md).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sallyport)
set(document_dir ${CMAKE_INSTALL_DATADIR}/doc/sallyport)

# The libraries with their headers. What a test alone includes stays here.
set(exported_folders models/wire models/trace models/crypto models/observe models/frontend models/backend
                     models/client models/world properties targets/engine)
set(exported "")
foreach(folder IN LISTS exported_folders)
  get_filename_component(name ${folder} NAME)
  list(APPEND exported ${name})
  set(base ${PROJECT_SOURCE_DIR})
  if(folder MATCHES "^models/")
    set(base ${PROJECT_SOURCE_DIR}/models)
  endif()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.hpp)
  list(FILTER headers EXCLUDE REGEX "_for_test\\.hpp$")
  get_target_property(type ${name} TYPE)
  set(scope PUBLIC)
  if(type STREQUAL INTERFACE_LIBRARY)
    set(scope INTERFACE)
  endif()
  target_sources(${name} ${scope} FILE_SET HEADERS BASE_DIRS ${base} FILES ${headers})
  # The target `all_verify_interface_header_sets` compiles each header by itself.
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endforeach()
install(TARGETS ${exported} sallyport_options EXPORT engine COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/sallyport
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sallyport)
install(EXPORT engine NAMESPACE sallyport:: FILE sallyport-engine.cmake DESTINATION ${package_dir}
  COMPONENT development)

set(command_libraries explore rapid walk fuzz live report cli)
install(TARGETS ${command_libraries} EXPORT command COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/sallyport)
install(EXPORT command NAMESPACE sallyport:: FILE sallyport-command.cmake DESTINATION ${package_dir}
  COMPONENT development)
# Elsewhere a library is built only where something needs it.
set_target_properties(${exported} ${command_libraries} PROPERTIES EXCLUDE_FROM_ALL OFF)

install(TARGETS sallyport RUNTIME COMPONENT command)
# Its documents, so that their links to each other hold, and what its options read.
install(FILES README.md CHANGELOG.md SECURITY.md DESTINATION ${document_dir} COMPONENT command)
install(DIRECTORY docs properties DESTINATION ${document_dir} COMPONENT command
  FILES_MATCHING PATTERN *.md PATTERN *.svg)
install(FILES docs/schema/results.schema.json targets/live/deviations.toml docs/kill-matrix.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/sallyport COMPONENT command)
install(DIRECTORY examples DESTINATION ${document_dir} COMPONENT development)
# Its manual page and its completions, which it makes itself when it is built.
install(DIRECTORY ${PROJECT_BINARY_DIR}/share/ DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT command)
if(TARGET sallyport-fuzz-session)
  # The engine `fuzz` is this program; without it the command says that the engine was left out.
  install(TARGETS sallyport-fuzz-session RUNTIME COMPONENT command DESTINATION libexec/sallyport OPTIONAL)
endif()

set(ids "")
file(GLOB files ${PROJECT_SOURCE_DIR}/properties/*/*_[0-9][0-9].cpp)
foreach(file IN LISTS files)
  get_filename_component(id ${file} NAME_WE)
  list(APPEND ids ${id})
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sallyport-config.cmake.in sallyport-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(sallyport-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sallyport-config.cmake ${PROJECT_BINARY_DIR}/sallyport-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/sallyport_catalogue.cmake
              ${CMAKE_CURRENT_LIST_DIR}/sallyport_system_libraries.cmake
  DESTINATION ${package_dir} COMPONENT development)

if(SALLYPORT_TESTS AND NOT SALLYPORT_SANITIZE)
  # What is installed compiles as it lies there, whatever stands before it, and is enough for others.
  add_test(NAME install.headers
           COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target all_verify_interface_header_sets)
  add_test(NAME install.package COMMAND ci/check-install --build ${PROJECT_BINARY_DIR}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(install.headers install.package PROPERTIES TIMEOUT 300)
endif()
