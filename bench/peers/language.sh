#!/usr/bin/env bash
# Training an AWD-LSTM language model: fastai and tenfold in turn, same widths, rows and bptt, and the ratio, round by round.
#   bench/peers/language.sh PEERS PYTHON CSV [ROUNDS]
# PEERS: folder of the peer scripts (text_fastai.py); PYTHON: their environment's python; CSV: enough text for the
# vocabulary. Run it on an idle machine; quote the medians of the ratios.
set -euo pipefail
peers=${1:?usage: language.sh PEERS PYTHON CSV [ROUNDS]} python=${2:?} csv=${3:?} rounds=${4:-3}
bench=${TENFOLD_BENCH_BIN:-build/release/lm_bench} column=${COLUMN:-text} mb=${MB:-20} steps=${STEPS:-5}
field() { sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p"; }
echo "round vocabulary fastai-tokens/s tenfold-tokens/s | ratio"
for round in $(seq "$rounds"); do
  fastai=$("$python" "$peers/text_fastai.py" --csv "$csv" --text-col "$column" --max-mb "$mb" --min-freq 1 --max-vocab 60000 \
           --batch 64 --bptt 72 --steps "$steps" --clas-steps 0 2>/dev/null)
  words=$(echo "$fastai" | field vocab)
  ours=$("$bench" model "$words" "$steps")
  awk -v r="$round" -v w="$words" -v a="$(echo "$fastai" | field tokens_per_s)" -v b="$(echo "$ours" | field lm_tokens_per_s)" \
    'BEGIN { printf "%s %d %.0f %.0f | %.2f\n", r, w, a, b, b / a }'
done
