# What Debian asks of a package beyond its files. CPack runs this over each component's files before it
# packs them.
find_program(GZIP gzip REQUIRED)
find_program(STRIP strip REQUIRED)
set(here ${CMAKE_CURRENT_LIST_DIR})
execute_process(COMMAND date --utc --rfc-email "--date=${CPACK_SALLYPORT_DATE}"
                OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

foreach(component command=sallyport development=libsallyport-dev)
  string(REPLACE "=" ";" component ${component})
  list(GET component 1 package)
  list(GET component 0 component)
  set(usr ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
  set(documents ${usr}/share/doc/${package})
  file(MAKE_DIRECTORY ${documents})
  file(COPY_FILE ${here}/copyright ${documents}/copyright)
  file(WRITE ${documents}/changelog.Debian
"sallyport (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * See changelog.gz for what a user notices.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
  file(COPY_FILE ${here}/../../CHANGELOG.md ${documents}/changelog)
  execute_process(COMMAND ${GZIP} --best --no-name ${documents}/changelog.Debian ${documents}/changelog
                  COMMAND_ERROR_IS_FATAL ANY)
  if(EXISTS ${here}/${package}.lintian-overrides)
    file(MAKE_DIRECTORY ${usr}/share/lintian/overrides)
    file(COPY_FILE ${here}/${package}.lintian-overrides ${usr}/share/lintian/overrides/${package})
  endif()
endforeach()

# Line tables are for those who build from the sources; Debian wants archives without.
file(GLOB archives ${CPACK_TEMPORARY_DIRECTORY}/development/usr/lib/sallyport/*.a)
execute_process(COMMAND ${STRIP} --strip-debug --enable-deterministic-archives ${archives}
                COMMAND_ERROR_IS_FATAL ANY)
