#!/bin/bash -eu
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite want them: with their compiler and flags, into
# $OUT, each with its seeds, dictionary and options beside it. Uses $CXX, $CXXFLAGS,
# $LIB_FUZZING_ENGINE, $SRC, $WORK and $OUT, and nothing else of where it runs.
set -euo pipefail

project=$SRC/sallyport
build=$WORK/sallyport

# Their flags say all about optimisation and instrumentation, so no build type adds to them. Their
# compiler is newer than ours, and a warning that only it gives is no reason to stop fuzzing.
rm -rf "$build"
cmake -G Ninja -S "$project" -B "$build" \
  -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_FLAGS="$CXXFLAGS" -DCMAKE_BUILD_TYPE= \
  -DSALLYPORT_FUZZ_ENGINE=external -DSALLYPORT_WARNINGS_ARE_ERRORS=OFF \
  -DSALLYPORT_COMMAND=OFF -DSALLYPORT_TESTS=OFF -DSALLYPORT_BENCHMARKS=OFF
cmake --build "$build" --target fuzz-targets sallyport-fuzz-seeds

while read -r target; do
  case $target in *canary*) continue ;; esac # it fails on purpose
  cp "$build/bin/$target" "$OUT/"
  "$project/ci/fuzz-material" "$build" "$target" "$WORK/material/$target"
  (cd "$WORK/material/$target/seeds" && python3 -m zipfile -c "$OUT/${target}_seed_corpus.zip" ./*)
  cp "$WORK/material/$target/tokens.dict" "$OUT/$target.dict"
  cp "$project/ci/oss-fuzz/target.options" "$OUT/$target.options"
done <"$build/fuzz-targets.txt"
