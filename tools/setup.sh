# Sourced by quickstart.sh and test.sh: installs what is missing, gets LibTorch, builds the release preset.
# Each step says what it does, is skipped where there is nothing to do, and on failure says what to do about it.

TORCH_VERSION=2.13.0
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu   # PyTorch's own place for CPU builds
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() { printf 'tenfold: error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "installing packages needs root; run as root, install sudo, or install these yourself: $packages"
  fi
}

# Debian and Ubuntu packages: compiler and tools, image codecs, header-only libraries, GoogleTest.
install_packages() {
  local wanted missing=() package
  wanted=(g++ cmake ninja-build ccache pkg-config git ca-certificates curl python3 python3-venv
          libjpeg-dev libpng-dev libwebp-dev libgif-dev zlib1g-dev libxxhash-dev
          nlohmann-json3-dev libgtest-dev libgmock-dev)
  command -v dpkg-query >/dev/null || {
    say "no Debian packages here; expecting these to be installed already: ${wanted[*]}"
    return
  }
  for package in "${wanted[@]}" "$@"; do
    case $(dpkg-query -W -f '${Status} ' "$package" 2>/dev/null) in
      *"install ok installed"*) ;;
      *) # a virtual package such as libjpeg-dev counts where something provides it
        dpkg-query -W -f '${Status} ${Provides}\n' 2>/dev/null | grep -q "^install ok installed .*\b$package\b" || missing+=("$package") ;;
    esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  packages=${missing[*]}
  say "installing packages: $packages"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq || fail "apt-get update failed; check the network and /etc/apt/sources.list"
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install $packages; see its message above"
}

torch_is_there() {
  local folder
  for folder in "$root"/.venv/lib/python3*/site-packages/torch; do
    [ -e "$folder/lib/libtorch_cpu.so" ] && grep -q "__version__ = '$TORCH_VERSION" "$folder/version.py" && return 0
  done
  return 1
}

# LibTorch: the user's through CMAKE_PREFIX_PATH or Torch_DIR, else the pip package in the project's own environment.
get_libtorch() {
  if [ -n "${CMAKE_PREFIX_PATH:-}${Torch_DIR:-}" ]; then
    say "using the LibTorch of CMAKE_PREFIX_PATH / Torch_DIR"
    return
  fi
  torch_is_there && return
  say "getting LibTorch $TORCH_VERSION for the CPU (0.2 GB to download, 0.9 GB on disk) into .venv"
  [ -x "$root/.venv/bin/pip" ] || python3 -m venv "$root/.venv" ||
    fail "python3 -m venv failed; install python3-venv, or name your own LibTorch in CMAKE_PREFIX_PATH"
  # Only headers and libraries are wanted, none of torch's Python dependencies.
  local pip=("$root/.venv/bin/pip" --disable-pip-version-check --quiet install --no-deps)
  if curl --silent --head --fail --max-time 8 "$TORCH_CPU_INDEX/torch/" >/dev/null; then
    "${pip[@]}" --index-url "$TORCH_CPU_INDEX" "torch==$TORCH_VERSION" || fail "pip could not install torch $TORCH_VERSION from $TORCH_CPU_INDEX"
  else
    say "$TORCH_CPU_INDEX does not answer; asking pip's own sources"
    "${pip[@]}" "torch==$TORCH_VERSION" || fail "pip could not install torch $TORCH_VERSION; check the network, or name your own LibTorch in CMAKE_PREFIX_PATH"
  fi
  torch_is_there || fail "pip installed torch, but not version $TORCH_VERSION with its libraries; remove .venv and try again"
  if [ -e "$(echo "$root"/.venv/lib/python3*/site-packages/torch/lib/libtorch_cuda.so)" ]; then
    say "this is a CUDA build: CMake will need the CUDA toolkit; for a CPU build set CMAKE_PREFIX_PATH to one"
  fi
}

# build_release ON|OFF: with or without tests.
build_release() {
  local jobs memory launcher=()
  memory=$(awk '/MemAvailable/ {print int($2 / 2000000)}' /proc/meminfo)   # a compile takes up to 2 GB
  jobs=$(nproc)
  [ "$memory" -ge "$jobs" ] || jobs=$((memory > 1 ? memory : 1))
  if command -v ccache >/dev/null; then
    launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  fi
  say "configuring"
  (cd "$root" && cmake --preset release "-DTENFOLD_TESTS=$1" "${launcher[@]}" >"$root/.configure.log" 2>&1) || {
    tail -20 "$root/.configure.log" >&2
    fail "cmake could not configure; the whole log is in .configure.log"
  }
  rm -f "$root/.configure.log"
  say "building with $jobs job(s); the first time takes some minutes"
  cmake --build "$build" -j "$jobs" || fail "the build failed; see the first error above"
}
