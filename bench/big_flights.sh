#!/usr/bin/env bash
# A table of about ten million rows and 20 columns made of nycflights13: its rows again and again, each time a year
# later, with the hour's load as a further number. The same file for the same arguments.
#   bench/big_flights.sh flights.csv BIG.csv [REPEATS]        REPEATS (30): of 336,776 rows; 3 make a million
set -euo pipefail
from=${1:?usage: big_flights.sh flights.csv BIG.csv [REPEATS]} to=${2:?} repeats=${3:-30}
head -1 "$from" | sed 's/$/,load/' >"$to"
for repeat in $(seq 0 $((repeats - 1))); do
  # Columns 1 (year) and 19 (time_hour) begin with the year; a linear congruence draws the load, 0 to 99.99.
  tail -n +2 "$from" | awk -F, -v OFS=, -v shift="$repeat" '
    BEGIN { draw = 12345 + shift }
    { draw = (draw * 69069 + 1) % 4294967296
      $1 += shift
      $19 = (substr($19, 1, 4) + shift) substr($19, 5)
      printf "%s,%.2f\n", $0, int(draw / 429496.7296) / 100 }' >>"$to"
done
