#!/bin/sh
# A pod whose PID limit is LIMIT, as reported in OpenMathLib/OpenBLAS 1668 and 4762, where threads that cannot be
# started end in SIGABRT or in an endless wait. Right: exit 2 and the thread and the limit in one line.
# usage: thread_limit.sh LIMIT COMMAND..., as root: root itself has no such limit.
# The limit counts all processes of a user, so that each run is a user of its own.
limit=$1
user=$((100000 + $$))
shift
exec setpriv --reuid="$user" --regid="$user" --clear-groups prlimit --nproc="$limit" "$@"
