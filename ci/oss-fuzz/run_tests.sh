#!/bin/bash -eu
# The unit tests of models, properties and the fuzz targets' parts, in OSS-Fuzz's builder image: built
# with its compiler, without its instrumentation, outside of the checkout.
set -euo pipefail

build=$WORK/sallyport-tests
unset CFLAGS LIB_FUZZING_ENGINE
# GoogleTest is the distribution's, and so are the C++ library and the linker that it was built with.
cmake -G Ninja -S "$SRC/sallyport" -B "$build" \
  -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_FLAGS="-O1" -DCMAKE_BUILD_TYPE= \
  -DSALLYPORT_WARNINGS_ARE_ERRORS=OFF -DSALLYPORT_COMMAND=OFF -DSALLYPORT_FUZZ=OFF -DSALLYPORT_BENCHMARKS=OFF
cmake --build "$build"
ctest --test-dir "$build" --output-on-failure --exclude-regex '^style\.' "$@"
