# MemorySanitizer needs a C++ library that it has instrumented as well: ci/build-msan-libcxx builds it,
# outside of the tree. Where that was done, `sallyport_memory_sanitizer` is what code needs beside
# -fsanitize=memory.
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/ci/build-msan-libcxx --where
                OUTPUT_VARIABLE msan_libcxx OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE status)
if(status EQUAL 0)
  add_library(sallyport_memory_sanitizer INTERFACE)
  target_compile_options(sallyport_memory_sanitizer INTERFACE
    -fsanitize-memory-track-origins -nostdinc++ -isystem ${msan_libcxx}/include/c++/v1)
  target_link_options(sallyport_memory_sanitizer INTERFACE -nostdlib++)
  target_link_libraries(sallyport_memory_sanitizer INTERFACE
    ${msan_libcxx}/lib/libc++.a ${msan_libcxx}/lib/libc++abi.a)
endif()
