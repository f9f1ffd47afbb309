# What the house and a project outside of it do alike: properties become a catalogue, and a catalogue a
# command.

# Writes `output`, which defines catalogue(): the properties called BEFORE, and behind them those of FILES, each of
# which defines `extern const Property <its name>`.
#
# In an archive catalogue() has an object of its own. A program that brings its own catalogue() never
# pulls that one, and every engine in it judges what the program brought.
function(sallyport_catalogue output)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "BEFORE;FILES")
  set(ids ${arg_BEFORE})
  foreach(file IN LISTS arg_FILES)
    get_filename_component(id ${file} NAME_WE)
    list(APPEND ids ${id})
  endforeach()
  set(declarations "")
  set(entries "")
  foreach(id IN LISTS ids)
    string(APPEND declarations "extern const Property ${id};\n")
    string(APPEND entries "    &${id},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
// Generated from the files of properties.
#include "properties/property.hpp"

namespace sallyport::properties {
@declarations@
namespace {
constexpr const Property* table[] = {
@entries@};
}  // namespace
std::span<const Property* const> catalogue() { return table; }
}  // namespace sallyport::properties
]])
endfunction()

# The program `name`: all of `sallyport`, and in its catalogue PROPERTIES, .cpp files, behind the house's own.
function(sallyport_command name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PROPERTIES")
  sallyport_catalogue(${name}_catalogue.cpp BEFORE ${SALLYPORT_PROPERTIES} FILES ${arg_PROPERTIES})
  file(CONFIGURE OUTPUT ${name}_main.cpp CONTENT [[
namespace sallyport::cli {
int run(int argc, char** argv);
}
int main(int argc, char** argv) { return sallyport::cli::run(argc, argv); }
]])
  add_executable(${name} ${arg_PROPERTIES}
    ${CMAKE_CURRENT_BINARY_DIR}/${name}_catalogue.cpp ${CMAKE_CURRENT_BINARY_DIR}/${name}_main.cpp)
  target_link_libraries(${name} PRIVATE sallyport::cli)
endfunction()
