#!/bin/sh
# OpenMathLib/OpenBLAS#5289: with little address space left its first call never returned.
# library_hang.sh KIBIBYTES COMMAND...
ulimit -v "$1"
shift
exec "$@"
