#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/consistency.sh
goal 'a value is always complete while many processes update and read it'

for size in 16 4096 65536; do
    it "4 updaters and 4 readers of $size bytes find no torn value"
    consistency $size 2
done

it 'the check detects a torn value'
$WINSHM_RUN "$build/tests/tear.exe" make 1 4096 >"$dir/value"
run 0 tear check "$dir/value"
$WINSHM_RUN "$build/tests/tear.exe" make 2 4096 >"$dir/other"
{
    part "$dir/value" 0 2000
    part "$dir/other" 2000 1072
} >"$dir/torn"
run 1 tear check "$dir/torn"
part "$dir/value" 0 3072 >"$dir/short"
run 1 tear check "$dir/short"
cat "$dir/other" "$dir/other" >"$dir/long"
run 1 tear check "$dir/long"

finish
