#!/bin/sh
# fuzz.sh SECONDS FUZZER... - run each of these programs, two at a time.
#
# Each program runs for SECONDS. A fuzzer stores the inputs that reach new code
# in FUZZER.corpus, for the next run. If an input makes it fail, it stores that
# input, too, and this script prints it.
set -u

# Run one fuzzer. xargs below starts this script so.
if [ "$1" = --one ]; then
    seconds=$2
    fuzzer=$3
    name=${fuzzer##*/}
    corpus=$fuzzer.corpus
    words=$fuzzer.words
    mkdir -p "$corpus"
    "$fuzzer" --seed "$corpus" "$words" || exit 1
    set -- -max_total_time="$seconds" -max_len=1024 -timeout=20 -artifact_prefix="$fuzzer."
    if [ -s "$words" ]; then
        set -- "$@" -dict="$words"
    fi
    if "$fuzzer" "$@" "$corpus" >"$fuzzer.log" 2>&1; then
        sed -n "s/^#\([0-9]*\)[[:space:]]*DONE *cov: *\([0-9]*\) ft: *\([0-9]*\) .*/$name: \1 runs, no failure \
(cov \2, ft \3)/p" "$fuzzer.log"
        exit 0
    fi
    exec >&2
    grep -vE '^(INFO|NEW|"|#[0-9]+[[:space:]])' "$fuzzer.log" | tail -n 40
    echo "$name: failed; see $fuzzer.log"
    sed -n 's/.*Test unit written to //p' "$fuzzer.log" | while IFS= read -r input; do
        echo "$name: the input is $input, run it with: $fuzzer $input"
        od -A x -t x1z -v "$input"
    done
    exit 1
fi

cd "$(dirname "$0")/.." || exit 2
seconds=$1
shift
printf '%s\n' "$@" | xargs -n 1 -P 2 sh scripts/fuzz.sh --one "$seconds"
