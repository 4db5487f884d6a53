#!/usr/bin/env bash
# Sets up what is missing, builds the release preset with its tests, and runs every test through CTest. Safe to run again.
# TENFOLD_DATA, if set, names a folder with real data sets (ants-bees, lite0, photos, fashion-mnist); tests of those are skipped without.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

install_packages
(install_fashion_mnist) || say "Fashion-MNIST is not here: the examples on it will be skipped"
get_libtorch
build_release ON
say "running the tests"
cd "$root"
exec ctest --preset release "$@"
