#!/usr/bin/env bash
# Tokenising with counting and numericalising: fastai and tenfold in turn on the same CSV, and the ratio, round by round.
#   bench/peers/text.sh PEERS PYTHON CSV [ROUNDS]
# PEERS: folder of the peer scripts (text_fastai.py); PYTHON: their environment's python. fastai gets the first MB megabytes
# of a shuffle (default 8), we the whole file. Run it on an idle machine; quote the medians of the ratios.
set -euo pipefail
peers=${1:?usage: text.sh PEERS PYTHON CSV [ROUNDS]} python=${2:?} csv=${3:?} rounds=${4:-3}
bench=${TENFOLD_BENCH_BIN:-build/release/text_bench} column=${COLUMN:-text} threads=${THREADS:-2} mb=${MB:-8}
field() { sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p"; }
echo "round fastai-mb/s tenfold-mb/s | ratio"
for round in $(seq "$rounds"); do
  fastai=$("$python" "$peers/text_fastai.py" --csv "$csv" --text-col "$column" --max-mb "$mb" --workers "$threads" \
           --batch 8 --steps 5 --clas-steps 0 2>/dev/null | field mb_per_s)
  ours=$("$bench" "$csv" "$column" "$threads" | sed 's/.*"words"://' | field mb_per_s)
  awk -v r="$round" -v a="$fastai" -v b="$ours" 'BEGIN { printf "%s %.3f %.1f | %.1f\n", r, a, b, b / a }'
done
