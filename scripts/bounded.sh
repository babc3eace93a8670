# Sourced by gpu-acceptance, with bash alone: commands that end at their limit with all that they started. `end` is when
# all is over, in $SECONDS; `set -m` makes what is started in the background a process group of its own.
group= looks=0
exec {never}<> <(:)  # reads of it time out

end_group() { [ -z "$1" ] || kill -KILL -- "-$1" 2>/dev/null; }
left() { echo $((end - SECONDS)); }

# bounded SECONDS FILE COMMAND...: what it prints goes to FILE. Exit code 124: it was ended at the limit.
bounded() {
  local limit=$1 file=$2 from=$SECONDS status=0 ended=0
  shift 2
  [ "$limit" -le "$(left)" ] || limit=$(($(left) > 1 ? $(left) : 1))
  "$@" >"$file" 2>&1 </dev/null &
  group=$!
  while kill -0 "$group" 2>/dev/null && [ $((SECONDS - from)) -lt "$limit" ]; do
    read -rt 0.1 -u "$never"
  done
  if kill -0 "$group" 2>/dev/null; then
    status=124
    look "$group" "$file"
  fi
  end_group "$group"  # what it left behind too
  wait "$group" 2>/dev/null || ended=$?
  group=
  [ "$status" -ne 0 ] || return "$ended"
  return "$status"
}

# look GROUP FILE: where a hung kernel stands, of the first two that hang.
look() {
  local hung=$1 from=$SECONDS viewer stat fields
  command -v cuda-gdb >/dev/null && [ "$looks" -lt 2 ] && [ "$(left)" -gt 20 ] || return
  looks=$((looks + 1))
  for stat in /proc/[0-9]*/stat; do  # the youngest of the group uses the GPU
    { stat=$(<"$stat"); } 2>/dev/null || continue
    fields=(${stat##*) })  # state, parent, group
    [ "${fields[2]}" != "$1" ] || [ "${stat%% *}" -lt "$hung" ] || hung=${stat%% *}
  done
  cuda-gdb -batch -p "$hung" -ex 'info cuda kernels' -ex 'info cuda blocks' -ex 'info cuda warps' \
    -ex 'x/8i $pc' >"${2%.txt}.gdb.txt" 2>&1 </dev/null &
  viewer=$!
  while kill -0 "$viewer" 2>/dev/null && [ $((SECONDS - from)) -lt 20 ]; do read -rt 0.1 -u "$never"; done
  end_group "$viewer"
  wait "$viewer" 2>/dev/null
}
