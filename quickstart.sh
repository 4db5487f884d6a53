#!/usr/bin/env bash
# From a bare Debian or Ubuntu to a trained, evaluated, reported model: installs what is missing, builds tenfold, and trains on
# Fashion-MNIST. Safe to run again. Arguments go to `tenfold train` (--seed 7, --out FOLDER, …).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

fashion=$fashion_package
source=https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion   # the data set's own repository
files="8d4fb7e6c68d591d4c3dfef9ec88bf0d train-images-idx3-ubyte.gz
25c81989df183df01b3e8a0aad5dffbe train-labels-idx1-ubyte.gz
bef4ecab320f06d8554ea6380940ec79 t10k-images-idx3-ubyte.gz
bb300cfdad3c16e7a12a480ee83cd310 t10k-labels-idx1-ubyte.gz"

fetch_fashion_mnist() {
  install_fashion_mnist && return
  fashion=$root/data/fashion-mnist
  mkdir -p "$fashion"
  local sum name
  while read -r sum name; do
    echo "$sum  $fashion/$name" | md5sum --check --status 2>/dev/null && continue
    say "downloading $name"
    # Into a file beside it, so that an interrupted download goes on and a wrong one does not.
    curl --fail --location --retry 3 --continue-at - --progress-bar --output "$fashion/$name.part" "$source/$name" ||
      echo "$sum  $fashion/$name.part" | md5sum --check --status 2>/dev/null ||
      fail "could not download $name; check the network and run again: it goes on where it stopped. Or put the four files of Fashion-MNIST into $fashion"
    echo "$sum  $fashion/$name.part" | md5sum --check --status || {
      rm -f "$fashion/$name.part"
      fail "$name arrived with another checksum than the published one; it is removed: run again"
    }
    mv "$fashion/$name.part" "$fashion/$name"
  done <<<"$files"
}

# The files carry numbers; a list beside them gives the classes their names, so both stand together in data/fashion-mnist.
name_classes() {
  local folder=$root/data/fashion-mnist
  mkdir -p "$folder"
  [ "$fashion" = "$folder" ] || ln -sf "$fashion"/*-ubyte.gz "$folder/"
  printf '%s\n' t-shirt trouser pullover dress coat sandal shirt sneaker bag 'ankle boot' >"$folder/classes.txt"
  fashion=$folder
}

install_packages
get_libtorch
build_release "${TENFOLD_TESTS:-OFF}"
fetch_fashion_mnist
name_classes
run=$root/runs/fashion-mnist-$(date +%Y%m%d-%H%M%S)
say "training on Fashion-MNIST: 54,000 small pictures of clothes, ten classes"
"$build/tenfold" train "$root/recipes/fashion_mnist.toml" --data.path "$fashion" --out "$run" "$@"
