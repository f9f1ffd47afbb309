# Sourced by ci/test and ci/verify: runs a stage with its output in a log, shows that it moves, and is
# short where it went well and complete where it didn't.
# shellcheck shell=bash

logs=build/ci
stages=()
watcher=

stop_watching() {
  if [[ -n $watcher ]]; then
    kill "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    watcher=
    if [[ -t 1 ]]; then printf '\r\e[K'; fi
  fi
}
trap stop_watching EXIT

# On a terminal the log's last line, rewritten every second; elsewhere one such line a minute.
watch_log() {
  local name=$1 log=$2 pause=60 shape='  … %s, %d s: %s\n' began=$SECONDS
  if [[ -t 1 ]]; then
    pause=1
    shape='\r\e[K  … %s, %d s: %s'
  fi
  local width=$((${COLUMNS:-80} - ${#name} - 16)) last sleeper=
  trap 'kill "$sleeper" 2>/dev/null; exit 0' TERM
  while true; do
    sleep "$pause" &
    sleeper=$!
    wait "$sleeper"
    last=$(tail -n 1 "$log" 2>/dev/null | tr -cd '[:print:]') || true
    # shellcheck disable=SC2059 # the shape is one of the two above
    printf "$shape" "$name" $((SECONDS - began)) "${last:0:width}"
  done
}

minutes() {
  printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
}

# run_stage NAME COMMAND…: its exit status. The log is $logs/NAME.log, blanks as dashes.
run_stage() {
  local name=$1 began=$SECONDS status=0
  shift
  mkdir -p "$logs"
  local log="$logs/${name// /-}.log"
  : >"$log"
  watch_log "$name" "$log" &
  watcher=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  stop_watching
  local took=$((SECONDS - began))
  if ((status == 0)); then
    printf '  ok    %-20s %s\n' "$name" "$(minutes "$took")"
    stages+=("ok    $name: $(minutes "$took")")
  else
    # What passed is left out of what is printed, never of the log.
    grep -vE '^ *Start +[0-9]+:|^ *[0-9]+/[0-9]+ Test .* Passed |^\[[0-9]+/[0-9]+\] (Building|Linking) ' "$log" || true
    printf '  FAIL  %-20s %s (all of it: %s)\n' "$name" "$(minutes "$took")" "$log"
    stages+=("FAIL  $name: $(minutes "$took"), see $log")
  fi
  return "$status"
}
