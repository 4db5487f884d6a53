#!/usr/bin/env bash
# Reads the same CSV file with Arrow and with tenfold in turn and prints the ratios, round by round.
#   bench/peers/csv.sh PYTHON FILE [ROUNDS]
# PYTHON: of an environment with pyarrow. The same work on both sides: all kinds inferred, names as dictionaries (as far as
# Arrow keeps to them), quoted newlines allowed, UTF-8 checked. Run it on an idle machine; quote the median of the ratios.
set -euo pipefail
python=${1:?usage: csv.sh PYTHON FILE [ROUNDS]} file=${2:?} rounds=${3:-5}
bench=${TENFOLD_BENCH_BIN:-build/release/csv_bench}
threads=${THREADS:-$(nproc)}
arrow='
import sys, time, os, pyarrow as pa, pyarrow.csv as csv
file, threads, dictionaries = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "yes"
pa.set_cpu_count(threads); pa.set_io_thread_count(threads)
convert = csv.ConvertOptions(auto_dict_encode=dictionaries, auto_dict_max_cardinality=1000000, check_utf8=True, strings_can_be_null=True)
seconds = []
for _ in range(5):
    begun = time.perf_counter()
    table = csv.read_csv(file, read_options=csv.ReadOptions(use_threads=threads > 1),
                         parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=convert)
    seconds.append(time.perf_counter() - begun)
print("%.1f" % (os.path.getsize(file) / 1e6 / sorted(seconds)[2]))
'
field() { sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p"; }
echo "round arrow-dictionaries arrow-strings tenfold | tenfold/dictionaries tenfold/strings   (MB/s, $threads threads)"
for round in $(seq "$rounds"); do
  names=$("$python" -c "$arrow" "$file" "$threads" yes)
  strings=$("$python" -c "$arrow" "$file" "$threads" no)
  ours=$("$bench" "$file" "$threads" 5 | field mb_per_s)
  awk -v r="$round" -v a="$names" -v b="$strings" -v c="$ours" 'BEGIN { printf "%s %.0f %.0f %.0f | %.2f %.2f\n", r, a, b, c, c/a, c/b }'
done
