# Sourced by scripts/test: sets `small_cache`, the words before a command that hide all but 16 MiB of the
# last-level cache from it and its children, and from nobody else.
#
# Host cases rotate through three times the last-level cache, and a host's memory bound is measured
# in as much. On a server part of 260 MiB every run in a test would zero 780 MiB. Empty, which
# only takes longer, where it cannot be done (not root, no mount namespaces) or is not needed.
small_cache=()
hide_caches='
small=$(mktemp)
echo 16384K >"$small"
for size in /sys/devices/system/cpu/cpu[0-9]*/cache/index3/size; do mount --bind "$small" "$size" || break; done
rm "$small"
exec "$@"'
last_level=$(cat /sys/devices/system/cpu/cpu0/cache/index3/size 2>/dev/null || true)
if [ "$(id -u)" = 0 ] && [[ $last_level == *K ]] && [ "${last_level%K}" -gt 16384 ] &&
  unshare --mount true 2>/dev/null; then
  small_cache=(unshare --mount bash -c "$hide_caches" small_cache)
fi
