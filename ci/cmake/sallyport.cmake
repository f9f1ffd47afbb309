# How a folder becomes a target: `sallyport_library(wire)` in models/wire makes the library `wire`
# (alias sallyport::wire) from the folder's *.cpp, and the test `wire_test` from its *_test.cpp.
# Where fuzz targets are built, each library also exists instrumented, as `wire-instrumented`.

if(SALLYPORT_TESTS)
  find_package(GTest REQUIRED)
endif()
find_package(Threads REQUIRED)
include(sallyport_catalogue)
include(sallyport_system_libraries)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # With paths relative to the checkout, so that a fresh clone finds what another one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(sallyport_options INTERFACE)
target_compile_features(sallyport_options INTERFACE cxx_std_23)
# What is installed carries none of the rest: how a project outside compiles is its own business.
target_include_directories(sallyport_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/models>)
set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
             $<$<BOOL:${SALLYPORT_WARNINGS_ARE_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND warnings -Wno-missing-designated-field-initializers)
endif()
target_compile_options(sallyport_options INTERFACE "$<BUILD_INTERFACE:${warnings}>")
target_compile_definitions(sallyport_options INTERFACE $<BUILD_INTERFACE:_GLIBCXX_ASSERTIONS>)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  find_program(LLD lld-19)
  if(LLD)
    target_link_options(sallyport_options INTERFACE $<BUILD_INTERFACE:-fuse-ld=lld-19>)
  endif()
endif()
if(SALLYPORT_SANITIZE)
  add_compile_options(-fsanitize=${SALLYPORT_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SALLYPORT_SANITIZE})
endif()

# Coverage and sanitizers of the fuzz targets, by engine:
#   libfuzzer  from clang;
#   afl        AFL++, whose runtime and driver work with code of any clang that has trace-pc-guard;
#   external   the compiler flags say it all, and LIB_FUZZING_ENGINE names the engine (OSS-Fuzz).
set(SALLYPORT_FUZZ_ENGINE libfuzzer CACHE STRING "Engine of the fuzz targets")
set_property(CACHE SALLYPORT_FUZZ_ENGINE PROPERTY STRINGS libfuzzer afl external)
option(SALLYPORT_FUZZ_COMPARISONS
       "Trace comparisons, for magic values: a typed script needs none, and they halve the speed" OFF)
add_library(sallyport_instrumentation INTERFACE)
add_library(sallyport_fuzz_engine INTERFACE)
# From the build folder, where the compiler runs: ccache then serves other checkouts as well.
file(RELATIVE_PATH coverage_ignored ${CMAKE_BINARY_DIR} ${CMAKE_CURRENT_LIST_DIR}/coverage-ignorelist)
set(instrumentation "")
if(SALLYPORT_FUZZ_SANITIZE AND NOT SALLYPORT_SANITIZE)
  set(instrumentation ${SALLYPORT_FUZZ_SANITIZE})
endif()
if(NOT SALLYPORT_FUZZ)
  # No engine to look for.
elseif(SALLYPORT_FUZZ_ENGINE STREQUAL libfuzzer)
  list(APPEND instrumentation fuzzer-no-link)
  target_compile_options(sallyport_instrumentation INTERFACE
    -fsanitize-coverage-ignorelist=${coverage_ignored})
  target_link_options(sallyport_fuzz_engine INTERFACE -fsanitize=fuzzer)
  if(NOT SALLYPORT_FUZZ_COMPARISONS)
    # Behind -fsanitize=, which turns it on; so it does what only a profile of values reads, and the
    # stack's depth, which keeps an input for nothing else: no grammar here nests its calls.
    set(no_comparisons -fno-sanitize-coverage=trace-cmp,indirect-calls,stack-depth)
  endif()
elseif(SALLYPORT_FUZZ_ENGINE STREQUAL afl)
  find_library(AFL_DRIVER AFLDriver PATHS /usr/lib/afl /usr/local/lib/afl REQUIRED)
  find_file(AFL_RUNTIME afl-compiler-rt.o PATHS /usr/lib/afl /usr/local/lib/afl REQUIRED)
  target_compile_options(sallyport_instrumentation INTERFACE -fsanitize-coverage=trace-pc-guard
                         -fsanitize-coverage-ignorelist=${coverage_ignored})
  target_link_libraries(sallyport_fuzz_engine INTERFACE ${AFL_DRIVER} ${AFL_RUNTIME})
elseif(SALLYPORT_FUZZ_ENGINE STREQUAL external)
  set(instrumentation "")
  separate_arguments(engine NATIVE_COMMAND "$ENV{LIB_FUZZING_ENGINE}")
  if(NOT engine)
    message(FATAL_ERROR "SALLYPORT_FUZZ_ENGINE is external, but LIB_FUZZING_ENGINE names none")
  endif()
  target_link_libraries(sallyport_fuzz_engine INTERFACE ${engine})
else()
  message(FATAL_ERROR "SALLYPORT_FUZZ_ENGINE is '${SALLYPORT_FUZZ_ENGINE}': "
                      "expected libfuzzer, afl or external")
endif()
if(instrumentation)
  list(JOIN instrumentation "," instrumentation)
  target_compile_options(sallyport_instrumentation INTERFACE
    -fsanitize=${instrumentation} ${no_comparisons}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sallyport_instrumentation INTERFACE -fsanitize=${instrumentation})
endif()
include(memory_sanitizer)
if(instrumentation MATCHES "memory")
  if(NOT TARGET sallyport_memory_sanitizer)
    message(FATAL_ERROR "MemorySanitizer needs an instrumented libc++; ci/build-msan-libcxx builds it once")
  endif()
  target_link_libraries(sallyport_instrumentation INTERFACE sallyport_memory_sanitizer)
endif()
if(NOT SALLYPORT_FUZZ_ENGINE STREQUAL external AND
   (CMAKE_CXX_FLAGS MATCHES "-stdlib=libc\\+\\+" OR instrumentation MATCHES "memory"))
  # Debian builds the engines' runtimes with libstdc++; a plain -lstdc++ would be rewritten.
  target_link_options(sallyport_fuzz_engine INTERFACE -Wl,-lstdc++)
endif()

function(sallyport_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LINK;SOURCES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|benchmark|main|target)\\.cpp$")
  list(APPEND sources ${arg_SOURCES})
  set(variants ${name})
  if(SALLYPORT_FUZZ)
    list(APPEND variants ${name}-instrumented)
  endif()
  foreach(variant IN LISTS variants)
    string(REPLACE "${name}" "" suffix ${variant})
    if(sources)
      add_library(${variant} STATIC EXCLUDE_FROM_ALL ${sources})
      set(scope PUBLIC)
    else()
      add_library(${variant} INTERFACE)
      set(scope INTERFACE)
    endif()
    target_link_libraries(${variant} ${scope} sallyport_options ${arg_LINK})
    foreach(dependency IN LISTS arg_DEPENDS)
      target_link_libraries(${variant} ${scope} ${dependency}${suffix})
    endforeach()
    if(suffix)
      target_link_libraries(${variant} ${scope} sallyport_instrumentation)
    endif()
    add_library(sallyport::${variant} ALIAS ${variant})
  endforeach()
  sallyport_test(${name})
endfunction()

# The folder's *_test.cpp as one GoogleTest binary, <name>_test, each case a test of ctest.
function(sallyport_test name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  if(NOT SALLYPORT_TESTS)
    return()
  endif()
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS *_test.cpp)
  if(NOT tests)
    return()
  endif()
  add_executable(${name}_test ${tests})
  target_link_libraries(${name}_test PRIVATE ${name} GTest::gmock GTest::gtest_main ${arg_LINK})
  include(GoogleTest)
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()

# A fuzz target from its sources, over the instrumented `library`. The target `fuzz-targets` builds all
# of them, and fuzz-targets.txt in the build folder lists them, one a line, for scripts. `fuzz-twice`
# builds each with a main() of our own that runs inputs twice.
add_custom_target(fuzz-twice)
function(sallyport_fuzz_target name library)
  if(NOT SALLYPORT_FUZZ)
    return()
  endif()
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${library}-instrumented sallyport_fuzz_engine)
  if(SALLYPORT_FUZZ_ENGINE STREQUAL external)
    # Their check of a build for UBSan counts what is instrumented, and one grammar alone is too little.
    target_link_options(${name} PRIVATE
      -Wl,--whole-archive $<TARGET_FILE:wire-instrumented> -Wl,--no-whole-archive)
  endif()
  add_dependencies(fuzz-targets ${name})
  if(NOT name MATCHES "^sallyport-fuzz-")
    return()  # a yardstick, not a target
  endif()
  set_property(GLOBAL APPEND_STRING PROPERTY SALLYPORT_FUZZ_TARGETS "${name}\n")
  if(SALLYPORT_FUZZ_ENGINE STREQUAL libfuzzer)
    string(REPLACE "-fuzz-" "-twice-" twice ${name})
    add_executable(${twice} EXCLUDE_FROM_ALL ${ARGN} ${PROJECT_SOURCE_DIR}/targets/fuzz/twice_main.cpp)
    target_link_libraries(${twice} PRIVATE ${library}-instrumented)
    add_dependencies(fuzz-twice ${twice})
  endif()
endfunction()

# Every *_target.cpp of this folder, and of its folders octets/ and scripts/, over `library`:
# imap_command_parse_target.cpp is sallyport-fuzz-imap-command-parse, and to `replay`, a program in
# which all of them are linked without a fuzzer, imap-command-parse. A test runs each on its seeds.
# What a target of scripts/ takes is a script, and is mutated as one. The library <library>-linked
# has them all, and the table of them.
function(sallyport_fuzz_targets library replay)
  file(GLOB files CONFIGURE_DEPENDS *_target.cpp octets/*_target.cpp scripts/*_target.cpp)
  set(declarations "")
  set(rows "")
  set(objects "")
  foreach(file IN LISTS files)
    get_filename_component(stem ${file} NAME_WE)
    get_filename_component(family ${file} DIRECTORY)
    get_filename_component(family ${family} NAME)
    string(REGEX REPLACE "_target$" "" stem ${stem})
    string(REPLACE "_" "-" name ${stem})
    set(mutator "")
    set(scripts false)
    if(family STREQUAL "scripts")
      set(scripts true)
      set(mutator ${PROJECT_SOURCE_DIR}/targets/fuzz/libfuzzer_mutator_main.cpp)
    endif()
    sallyport_fuzz_target(sallyport-fuzz-${name} ${library} ${file} ${mutator})
    add_library(${library}-${name}-replay OBJECT ${file})
    target_compile_definitions(${library}-${name}-replay PRIVATE
      LLVMFuzzerTestOneInput=fuzz_target_${stem})
    target_link_libraries(${library}-${name}-replay PRIVATE ${library})
    list(APPEND objects $<TARGET_OBJECTS:${library}-${name}-replay>)
    string(APPEND declarations
      "extern \"C\" int fuzz_target_${stem}(const std::uint8_t* data, std::size_t size);\n")
    string(APPEND rows "    {\"${name}\", ${scripts}, fuzz_target_${stem}},\n")
    if(SALLYPORT_TESTS)
      add_test(NAME ${library}.replay.${name} COMMAND ${replay} ${name}
               WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
      set_tests_properties(${library}.replay.${name} PROPERTIES TIMEOUT 300)
    endif()
  endforeach()
  file(CONFIGURE OUTPUT targets_table.cpp @ONLY CONTENT [[
// Generated from the *_target.cpp of a folder.
#include "targets/fuzz/targets.hpp"

@declarations@
namespace sallyport::fuzz {
namespace {
constexpr Target table[] = {
@rows@};
}  // namespace
std::span<const Target> targets() { return table; }
}  // namespace sallyport::fuzz
]])
  add_library(${library}-linked STATIC ${CMAKE_CURRENT_BINARY_DIR}/targets_table.cpp ${objects})
  target_link_libraries(${library}-linked PUBLIC ${library})
  add_executable(${replay} ${PROJECT_SOURCE_DIR}/targets/fuzz/replay_main.cpp)
  target_link_libraries(${replay} PRIVATE ${library}-linked)
endfunction()
