"""Stand-ins for the programs of a GPU bundle, and a folder of them in which scripts/gpu-acceptance runs."""
import pathlib
import subprocess
import tempfile

from tests.scripts.checkout import REPOSITORY

KERNELS = ("gemm.bf16.sm90", "gemm.bf16.sm80", "gemm.f16.sm90", "gemm.tf32.sm80", "gemm.f32.naive")
ATTENTION = ("attention_forward.bf16.sm90", "attention_forward.f16.sm80", "attention_decode.bf16.sm80")
MEMORY = ("memory_read.f32.vectorized", "memory_copy.f32.vectorized")
# A stand-in for assay: what it is asked is noted; $HANGS, $DIES and $WRONG name kernels with a fault.
ASSAY = r"""
command=$1 out= filter=
while [ $# -gt 0 ]; do
  case $1 in -o) out=$2 ;; --filter) filter=${2//\\/} ;; esac
  shift
done
case $command in
  version) echo "assay 0 (stand-in)" ;;
  tune) echo "m,n,k" >"$out" ;;
  devices) echo "host 0: Stand-in"; for i in ${GPUS:-0}; do echo "cuda $i: Stand-in"; done ;;
  list) [ -z "${LIST_HANGS:-}" ] || [[ "$asked" != *gemm-small* ]] || /bin/sleep 333
    case "$asked" in
      *gemm-small*) listed="KERNELS" ;;
      *attention-small*) listed="ATTENTION" ;;
      *quick*)
        listed="gemm.bf16.cublaslt MEMORY"
        for library in "${VIRTUAL_ENV:-/nowhere}"/lib/python3*/site-packages/nvidia/cu13/lib/libcublasLt.so.13; do
          if [ -e "$library" ]; then echo "cublaslt: yes"; else echo "cublaslt: libcublasLt.so.13 was not found"; fi
        done ;;
    esac
    for kernel in $listed; do echo "$kernel/m64_n64_k64  cuda  cold  yes"; done ;;
  export) for file in "$1"*/*; do echo "$file"; done ;;
  check)
    [ -z "$out" ] || echo '{"verdict": "pass"}' >"$out"
    [[ "$asked" != *gemm.json*json* ]] || printf '%s\n' ' "case": "gemm.bf16.sm90/m8192_n8192_k8192",' \
      ' "library": "cublaslt",' ' "ratio": 1.0234' ' "case": "gemm.bf16.sm90/m8_n8192_k8192",' \
      ' "read_bandwidth_fraction": 0.9123' ;;
  run)
    case "$filter" in
      "^${HANGS:-none}/") /bin/sleep 333 & /bin/sleep 333 ;;
      "^${DIES:-none}/") kill -SEGV $$ ;;
      "^${WRONG:-none}/")
        echo '{"status": "complete", "measurements": [{"status": "failed_verification"}]}' >"$out"
        echo "$WRONG/m64_n64_k64  cold  FAILED VERIFICATION, not timed: element 3"
        echo "assay: 1 case failed verification and 0 ended in an error" >&2
        exit 1 ;;
      "") if [ -n "${ONE_GPU_SAYS:-}" ] && [[ "$asked" == *" fabric "* ]]; then echo "$ONE_GPU_SAYS" >&2; exit 2; fi ;;
      "${BREAKS:-none}") echo '{"status": "interrupted"}' >"$out"; exit 2 ;;
    esac
    case "$out" in
      */memory.json) echo " gemm.bf16.sm90/m64_n64_k64  cold  1.5 ms  12  0.98 x cublaslt" ;;
      */attention.json) echo " attention_forward.bf16.sm90/b1_full  cold  2 ms  12  1.01 x cudnn" ;;
    esac
    echo '{"status": "complete", "measurements": []}' >"$out" ;;
esac
""".replace("KERNELS", " ".join(KERNELS)).replace("ATTENTION", " ".join(ATTENTION)).replace("MEMORY", " ".join(MEMORY)).replace('"$1"*/*', '"$folder"/*').replace('command=$1', 'command=$1 asked="$*" folder=${2:-}')
SANITIZER = 'while [ "${1#-}" != "$1" ]; do case $1 in --tool | --error-exitcode) shift ;; esac; shift; done\n' \
            'echo "========= ERROR SUMMARY: 0 errors"'


# As doctest lists them. A case that is not run ends its process (tests/main.cpp), whatever is still to come.
GPU_TESTS = r"""
line="===="
case "$*" in
  *--list-test-cases*--test-suite=gpu) printf '%s\n' "[doctest] listing" $line "one case" "no library" "last case" $line ;;
  *--list-test-cases*--test-suite=multigpu) printf '%s\n' "[doctest] listing" $line "a pair of GPUs" $line ;;
  "--test-case=no library") echo "not run: libnccl.so.2 is missing"; exit 77 ;;
  *) echo "[doctest] Status: SUCCESS!" ;;
esac
"""


class Bundle:
    """A folder as scripts/gpu-bundle makes it, with stand-ins, on a machine that has bash and nothing else."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="assay bundle ")
        self.root = pathlib.Path(self.folder.name) / "the bundle"
        self.tools = pathlib.Path(self.folder.name) / "tools"
        self.out = pathlib.Path(self.folder.name) / "out dir"
        for folder in (self.root / "work", self.tools, self.out):
            folder.mkdir(parents=True)
        for script in ("gpu-acceptance", "bounded.sh"):
            (self.root / script).write_bytes((REPOSITORY / "scripts" / script).read_bytes())
        self.stub("assay", ASSAY)
        self.stub("device_ladder", 'echo "22 cases agree"')
        self.stub("gpu_tests", GPU_TESTS)

    def stub(self, name, body, folder=None):
        path = (folder or self.root) / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.folder.name}/calls"\n{body}\n')
        path.chmod(0o755)

    def calls(self):
        path = pathlib.Path(self.folder.name) / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def accept(self, *arguments, **environment):
        settings = {"PATH": str(self.tools), "GPUS": "0", "ASSAY_STAND_IN": self.folder.name}
        settings.update(environment)
        return subprocess.run(["/bin/bash", self.root / "gpu-acceptance", "-o", self.out, *arguments], env=settings,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def summary(self):
        return (self.out / "summary.md").read_text()

    def outcomes(self):
        """part: outcome, from summary.md's table."""
        rows = [line.split(" | ") for line in self.summary().splitlines() if line.startswith("| ")]
        return {row[0].strip("| "): row[1] for row in rows[1:]}

    def processes(self):
        """Those that this bundle started and that still run."""
        marks = f"ASSAY_STAND_IN={self.folder.name}".encode()
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if marks in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_bytes())
            except OSError:
                continue
        return found
