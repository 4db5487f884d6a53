#!/usr/bin/env bash
# Runs eager PyTorch and tenfold in turn on fine-tuning steps of a MiniLM-sized encoder and prints texts a second and
# their ratio, round by round, at 64, 128 and 256 tokens and at mixed lengths.
#   bench/peers/encoder.sh PYTHON [ROUNDS]
# PYTHON: an environment's python with torch. Run it on an idle machine; quote the medians of the ratios.
set -euo pipefail
python=${1:?usage: encoder.sh PYTHON [ROUNDS]} rounds=${2:-3}
bench=${TENFOLD_BENCH_BIN:-build/release/encoder_bench} batch=${BATCH:-32} steps=${STEPS:-10} dropout=${DROPOUT:-0.1}
field() { sed -n "s/.*\"texts_per_s\": *\([0-9.e+-]*\).*/\1/p"; }
echo "tokens round torch tenfold ratio"
for range in "64 64" "128 128" "256 256" "20 256"; do
  for round in $(seq "$rounds"); do
    # shellcheck disable=SC2086
    torch=$("$python" "$(dirname "$0")/encoder_torch.py" $range "$batch" "$steps" "$dropout" | field)
    # shellcheck disable=SC2086
    ours=$("$bench" $range "$batch" "$steps" "$dropout" | field)
    awk -v l="${range/ /-}" -v r="$round" -v a="$torch" -v b="$ours" 'BEGIN { printf "%s %s %.2f %.2f %.2f\n", l, r, a, b, b / a }'
  done
done
