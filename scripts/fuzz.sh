#!/bin/sh
# fuzz.sh SECONDS - run each fuzzer in build/fuzz/ for that long. What it found interesting is kept there for the next
# time; what made it fail is named in its output.
set -u
cd "$(dirname "$0")/.." || exit 2

seconds=$1
failed=0
for fuzzer in build/fuzz/*_fuzz; do
    corpus=$fuzzer.corpus
    mkdir -p "$corpus"
    if "$fuzzer" -max_total_time="$seconds" -max_len=1024 -artifact_prefix="$fuzzer." -print_final_stats=1 "$corpus" \
        >"$fuzzer.log" 2>&1; then
        echo "$fuzzer: $(sed -n 's/^stat::number_of_executed_units: *//p' "$fuzzer.log") runs, no failure"
    else
        tail -n 40 "$fuzzer.log" >&2
        echo "$fuzzer: failed" >&2
        failed=1
    fi
done
exit $failed
