# Sourced by the scripts that build, with `root`: another clone, or this one moved, finds its objects in the compiler cache.

# nvcc's flag names the clone's folder, which has no part in what it makes: paths below it are relative by then.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1 CCACHE_IGNOREOPTIONS="-Xcompiler=-ffile-prefix-map=*"
