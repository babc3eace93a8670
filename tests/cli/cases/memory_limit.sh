#!/bin/sh
# A pod with a memory limit of LIMIT bytes, as in NVIDIA/DCGM 284, where what takes more is killed. Right: not applicable, with what it takes and what is free.
# usage: memory_limit.sh LIMIT COMMAND..., as root; exit code 77 where no control group can be made.
limit=$1
shift
parent=/sys/fs/cgroup
file=memory.max
if [ -e $parent/memory/memory.limit_in_bytes ]; then
  parent=$parent/memory
  file=memory.limit_in_bytes
fi
group=$parent/assay-test-$$
{ mkdir "$group" && echo "$limit" >"$group/$file"; } 2>/dev/null || {
  rmdir "$group" 2>/dev/null
  exit 77
}
sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
status=$?
rmdir "$group"
exit $status
