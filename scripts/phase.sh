# Sourced by the other scripts: `phase LOG WHAT COMMAND…` runs one step, says so, times it, and keeps its output in LOG.

phase() {
  local log=$1 what=$2 begin=$SECONDS status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  printf '%s ...\n' "$what"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -eq 0 ]; then
    printf '  done in %s s\n' "$((SECONDS - begin))"
  else
    printf '  FAILED after %s s (exit %s). The end of %s:\n' "$((SECONDS - begin))" "$status" "$log"
    tail -n "${PHASE_TAIL:-40}" "$log" | sed 's/^/  | /'
  fi
  return "$status"
}

# One job per core that this process may use.
cores() { nproc 2>/dev/null || echo 1; }
