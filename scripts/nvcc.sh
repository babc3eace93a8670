# Sourced by the other scripts: sets `nvcc` to a usable compiler or to nothing, and `nvcc_state` to the line that says which.

nvcc_needed=13
nvcc=
nvcc_state="CUDA parts left out: nvcc was not found"
for candidate in "${CUDACXX:-}" "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc; do
  [ -n "$candidate" ] && [ -x "$candidate" ] || continue
  release=$("$candidate" --version 2>/dev/null | sed -n 's/.*release \([0-9]*\)\.\([0-9]*\).*/\1.\2/p')
  if [ "${release%%.*}" -ge "$nvcc_needed" ] 2>/dev/null; then
    nvcc=$candidate
    nvcc_state="CUDA parts included: nvcc $release ($candidate)"
    export CUDACXX=$candidate
    break
  fi
  nvcc_state="CUDA parts left out: nvcc ${release:-of unknown version} ($candidate) is older than $nvcc_needed.0"
done
