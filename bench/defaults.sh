#!/usr/bin/env bash
# Measures the defaults in which tenfold differs from fastai, a pair of runs at a time (docs/fastai-defaults.md).
#   bench/defaults.sh PHOTOS CLOTHES [NAME…]
# PHOTOS: the ants and bees, train/CLASS and valid/CLASS; CLOTHES: the folder of Fashion-MNIST's idx files; NAME: rows of the
# list below, else all. SEEDS="1 2 3"; TENFOLD names the program. A run takes up to 30 s on two idle cores. Prints a table:
# validation accuracy and loss of ours and of fastai's, mean over the seeds; the difference with its standard error, seeds paired.
set -euo pipefail
photos=${1:?usage: defaults.sh PHOTOS CLOTHES [NAME…]} clothes=${2:?usage: defaults.sh PHOTOS CLOTHES [NAME…]}
shift 2
wanted=" $* "
program=${TENFOLD:-build/release/tenfold} seeds=${SEEDS:-1 2 3}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# base: photos is recipes/ants_bees.toml as it is; views the same, measured with its views in prediction; frozen with its head
# stage on the whole network, body frozen; plain no recipe at all; clothes one epoch of recipes/fashion_mnist.toml.
base() {
  case $1 in
    plain) echo "--images $photos --backbone efficientnet_lite0 --weights pretrained" ;;
    photos | views) echo "$root/recipes/ants_bees.toml --images $photos" ;;
    frozen) echo "$root/recipes/ants_bees.toml --images $photos --no-stage.1.precompute --stage.1.epochs 3" ;;
    clothes) echo "$root/recipes/fashion_mnist.toml --images $clothes --epochs 1" ;;
  esac
}

# name | base | flags of ours beyond the base | flags of fastai's
pairs='
annealing     |photos |                                 |--stage.1.shape constant --stage.2.shape constant --stage.2.epochs 3
annealing-new |clothes|                                 |--shape constant
warm-start    |photos |                                 |--stage.2.shape {sgdr={cycles=2,cycle_len=1,cycle_mult=2,warm_start=true}}
frozen-norms  |frozen |                                 |--training.frozen_norms train
plan          |plain  |                                 |--plan {fine_tune={epochs=3}}
preset        |plain  |                                 |--preset modern
rates         |photos |--stage.2.lr {from=1e-4,to=1e-3} |--stage.2.lr {from=1e-5,to=1e-3}
augment       |photos |                                 |--augment modern
augment-small |clothes|                                 |--augment modern
zoom          |photos |                                 |--data.max_zoom 1
random-crop   |photos |--resize random_area             |--resize resized_crop --data.min_area 0.08
head          |photos |                                 |--model.legacy_head
head-small    |clothes|                                 |--model.hidden 512 --model.dropout 0.25,0.5 --model.pool concat
optimizer     |photos |                                 |--optimizer sgd --training.optimizer.weight_decay 0 --stage.1.lr 1e-2 --stage.2.lr 1e-4,1e-3,1e-2
optimizer-new |clothes|                                 |--optimizer adamw --training.optimizer.weight_decay 0.01 --lr 3e-3
norm-decay    |photos |                                 |--training.optimizer.decay_norms_and_biases
batch         |photos |                                 |--batch 64
short-batch   |photos |                                 |--no-training.drop_last
precision     |clothes|                                 |--precision fp32
views         |views  |                                 |--tta {method="legacy",views=4}
split         |clothes|                                 |--no-data.stratify
'

# Validation accuracy, its loss and the seconds of a run.
run() {
  local out=$work/run
  rm -rf "$out"
  # shellcheck disable=SC2086 — flags are words
  "$program" train $(base "$1") --seed "$2" --out "$out" --cache "$work/cache" $3 >/dev/null 2>"$work/said" || {
    cat "$work/said" >&2
    return 1
  }
  awk -F'[:,]' -v part="$([ "$1" = views ] && echo tta || echo valid)" '
                $0 ~ "^  \"" part "\"" {inside = 1} inside && /"accuracy"/ {accuracy = $2} inside && /"loss"/ {loss = $2} /^  }/ {inside = 0}
                /^  "seconds"/ {seconds = $2} END {print accuracy, loss, seconds}' "$out/summary.json"
}

printf '| default | accuracy, ours | fastai | difference | loss, ours | fastai | difference | seconds, ours | fastai |\n|---|---|---|---|---|---|---|---|---|\n'
while IFS='|' read -r name kind ours theirs; do
  name=${name// /} kind=${kind// /}
  [ -n "$name" ] || continue
  [[ $wanted == "  " || $wanted == *" $name "* ]] || continue
  for seed in $seeds; do
    a=$(run "$kind" "$seed" "$ours")
    b=$(run "$kind" "$seed" "$theirs")
    echo "$a $b"
  done | awk -v name="$name" '
    { n++; for (k = 1; k <= 6; k++) sum[k] += $k; for (k = 1; k <= 2; k++) { d = $k - $(k + 3); ds[k] += d; dd[k] += d * d } }
    function error(k) { return n > 1 ? sqrt((dd[k] - ds[k] * ds[k] / n) / (n - 1) / n) : 0 }
    END { printf "| %s | %.4f | %.4f | %+.4f ± %.4f | %.4f | %.4f | %+.4f ± %.4f | %.0f | %.0f |\n", name, sum[1] / n, sum[4] / n, ds[1] / n,
          error(1), sum[2] / n, sum[5] / n, ds[2] / n, error(2), sum[3] / n, sum[6] / n }'
done <<<"$pairs"
