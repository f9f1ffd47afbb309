# Libraries that come without a package of CMake's, as targets of one name here and in projects that use
# an installed sallyport: a path of the machine that built it says nothing about theirs.
function(sallyport_system_library target file)
  if(TARGET ${target})
    return()
  endif()
  string(TOUPPER ${target}_LIBRARY variable)
  find_library(${variable} ${file} REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${${variable}})
endfunction()
