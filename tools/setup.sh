# Sourced by quickstart.sh and test.sh: installs what is missing, gets LibTorch, builds the release preset.
# Each step says what it does, is skipped where there is nothing to do, and on failure says what to do about it.

TORCH_VERSION=2.13.0
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu   # PyTorch's own place for CPU builds
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() { printf 'tenfold: error: %s\n' "$*" >&2; exit 1; }

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# Debian and Ubuntu packages: compiler and tools, image codecs, header-only libraries, GoogleTest.
install_packages() {
  local wanted installed missing=() package packages
  wanted=(g++ cmake ninja-build ccache pkg-config git ca-certificates curl python3 python3-venv
          libjpeg-dev libpng-dev libwebp-dev libgif-dev zlib1g-dev libxxhash-dev libcurl4-openssl-dev
          nlohmann-json3-dev libgtest-dev libgmock-dev libsentencepiece-dev)
  command -v dpkg-query >/dev/null || {
    say "no Debian packages here; expecting these to be installed already: ${wanted[*]}"
    return
  }
  # What is installed, and what it provides: pkgconf stands for pkg-config on newer systems.
  installed=" $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}, ${Provides}\n' | sed -n 's/^ii  *//p' | sed 's/([^)]*)//g' | tr -s ',\n' '  ') "
  for package in "${wanted[@]}" "$@"; do
    [[ $installed == *" $package "* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  packages=${missing[*]}
  can_be_root || fail "missing packages: $packages; run this as root, install sudo, or have them installed for you"
  say "installing packages: $packages"
  as_root apt-get update -qq || fail "apt-get update failed; check the network and /etc/apt/sources.list"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install $packages; see its message above (on Ubuntu some are in 'universe')"
}

# Fashion-MNIST as the system's package (30 MB); false where there is none to have.
fashion_package=/usr/share/datasets/fashion-mnist
install_fashion_mnist() {
  [ -e $fashion_package/train-images-idx3-ubyte.gz ] && return
  can_be_root && command -v apt-cache >/dev/null && apt-cache show dataset-fashion-mnist >/dev/null 2>&1 || return
  install_packages dataset-fashion-mnist
  [ -e $fashion_package/train-images-idx3-ubyte.gz ]
}

# Sets torch_dir, the folder of TorchConfig.cmake, where one of the given prefixes has it.
find_torch() {
  local prefix place
  for prefix in "$@"; do
    for place in "" /Torch /share/cmake/Torch /lib/cmake/Torch; do
      [ -n "$prefix" ] && [ -e "$prefix$place/TorchConfig.cmake" ] && torch_dir=$prefix$place && return
    done
  done
  return 1
}

# The LibTorch of the project's own environment, if it is the version wanted, whole, and usable: CMake refuses a CUDA build
# where there is no CUDA toolkit.
find_own_torch() {
  find_torch "$root"/.venv/lib/python3*/site-packages/torch || return
  local folder=${torch_dir%/share/cmake/Torch}
  [ -e "$folder/lib/libtorch_cpu.so" ] && grep -q "__version__ = '$TORCH_VERSION" "$folder/version.py" || return
  [ ! -e "$folder/lib/libtorch_cuda.so" ] || command -v nvcc >/dev/null
}

# LibTorch: the user's through Torch_DIR or CMAKE_PREFIX_PATH, else the pip package in the project's own environment.
get_libtorch() {
  local prefixes pip
  IFS=':;' read -ra prefixes <<<"${Torch_DIR:-}:${CMAKE_PREFIX_PATH:-}"
  if find_torch ${prefixes[@]+"${prefixes[@]}"}; then
    say "using the LibTorch of $torch_dir"
    return
  fi
  [ -z "${Torch_DIR:-}" ] || fail "Torch_DIR names $Torch_DIR, where there is no TorchConfig.cmake; correct it, or unset it to have LibTorch downloaded"
  find_own_torch && return
  say "getting LibTorch $TORCH_VERSION for the CPU (0.2 GB to download, 0.9 GB on disk) into .venv"
  [ -x "$root/.venv/bin/pip" ] || python3 -m venv "$root/.venv" ||
    fail "python3 -m venv failed; install python3-venv, or name your own LibTorch in CMAKE_PREFIX_PATH"
  # Only headers and libraries are wanted, none of torch's Python dependencies. "+cpu" keeps pip's own sources from giving
  # the CUDA build; PyTorch's CPU index is asked next, without waiting long for it.
  pip=("$root/.venv/bin/pip" --disable-pip-version-check install --no-deps)
  if "${pip[@]}" --quiet --retries 0 --timeout 8 "torch==$TORCH_VERSION+cpu" 2>/dev/null; then :
  elif curl --silent --head --fail --location --max-time 8 "$TORCH_CPU_INDEX/torch/" >/dev/null; then
    "${pip[@]}" --index-url "$TORCH_CPU_INDEX" "torch==$TORCH_VERSION" >&2 ||
      fail "pip could not install torch $TORCH_VERSION from $TORCH_CPU_INDEX; see its message above, then run again"
  else
    say "no CPU build from pip's sources, and $TORCH_CPU_INDEX does not answer; taking what pip has, usually the large CUDA build"
    "${pip[@]}" "torch==$TORCH_VERSION" >&2 ||
      fail "pip could not install torch $TORCH_VERSION; check the network, or name your own LibTorch in CMAKE_PREFIX_PATH"
  fi
  find_own_torch || fail "pip installed torch, but not version $TORCH_VERSION for the CPU; make $TORCH_CPU_INDEX reachable and run again, or name a LibTorch in CMAKE_PREFIX_PATH (a CUDA build needs the CUDA toolkit)"
}

# build_release ON|OFF: with or without tests and examples.
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
  mkdir -p "$build"
  (cd "$root" && cmake --preset release "-DTENFOLD_TESTS=$1" "-DTENFOLD_EXAMPLES=$1" "-DTorch_DIR=$torch_dir" ${launcher[@]+"${launcher[@]}"}) >"$build/configure.log" 2>&1 || {
    tail -20 "$build/configure.log" >&2
    fail "cmake could not configure; the whole log is $build/configure.log"
  }
  say "building with $jobs job(s); the first time takes some minutes"
  cmake --build "$build" -j "$jobs" || fail "the build failed; see the first error above"
}
