# `cpack` in a build folder: sallyport_….deb, and libsallyport-dev_….deb for projects outside. ci/check-package builds
# both and tries them in a clean Debian.
set(SALLYPORT_MAINTAINER "OWNER <OWNER@example.org>" CACHE STRING
    "Who builds the packages: a name and an address")

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL command development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "${SALLYPORT_MAINTAINER}")
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/ci/package/finish.cmake)
set(CPACK_SALLYPORT_DATE ${SALLYPORT_DATE})

set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # it would stand above each package's own
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME sallyport)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION net)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "fuzzing and protocol verification for IMAP and POP3 front-ends
It states what a mail front-end must never do, and has an exhaustive search,
random scripts, a fuzzer, probes of live servers and audits of recorded
traffic all judge the same statements.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsallyport-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DEPENDS command)
# Static libraries of the models, and what the command is linked with.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "nettle-dev, libcli11-dev, libfmt-dev, libgsasl-dev, libpcap-dev, \
libpugixml-dev, librapidcheck-dev, libssl-dev, libtins-dev, libtomlplusplus-dev, nlohmann-json3-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "properties, judges and commands of one's own for sallyport
Static libraries, headers and a CMake package: find_package(sallyport) for
programs that judge mail sessions, and for a command that knows properties
of one's own.")
include(CPack)
