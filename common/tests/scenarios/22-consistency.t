#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'a value is always complete while many processes update and read it'

# tear.exe creates values in which it can detect parts of two versions, and also
# updates and reads values faster than the tools. Each fault is a line in
# $dir/wrong.

# tools_update FILE...: update the value with each file in turn, until the file
# $dir/enough exists.
tools_update()
{
    count=0
    while [ ! -f "$dir/enough" ]; do
        for file in "$@"; do
            attempt 3 "$dir/update.output" "$dir/update.errors" shmwrite --update -i "$file" "$unique"
            [ "$status" = 0 ] || echo "--update ended with $status" >>"$dir/wrong"
            count=$((count + 1))
        done
    done
    echo "updates $count" >"$dir/tool.update"
}

# tools_read NUMBER: read the value into files, and check each ten of them,
# until the file $dir/enough exists.
tools_read()
{
    count=0
    while [ ! -f "$dir/enough" ]; do
        for file in 0 1 2 3 4 5 6 7 8 9; do
            attempt 3 "$dir/read.$1.$file" "$dir/read.errors.$1" shmread "$unique"
            [ "$status" = 0 ] || echo "shmread ended with $status" >>"$dir/wrong"
            count=$((count + 1))
        done
        $WINSHM_RUN "$build/tests/tear.exe" check "$dir/read.$1".* >>"$dir/wrong"
    done
    echo "reads $count" >"$dir/tool.read.$1"
}

# sum WORD: print the sum of the numbers that follow WORD on standard input.
sum()
{
    awk -v "word=$1" '{ for (i = 1; i < NF; i++) if ($i == word) sum += $(i + 1) } END { print sum + 0 }'
}

# consistency BYTES SECONDS: let 4 updaters and 4 readers use a value of BYTES
# bytes for SECONDS seconds, and expect that no read is torn. One updater and
# one reader are loops that start the tools, and the others are tear.exe.
consistency()
{
    rm -f "$dir"/tool.* "$dir"/read.* "$dir/enough"
    : >"$dir/wrong"
    for number in 1 2 3 4; do
        $WINSHM_RUN "$build/tests/tear.exe" make $number "$1" >"$dir/value.$number"
    done
    run 0 shmwrite --detach --size "$1" -i "$dir/value.1" "$unique"

    # Start the fast ones for a fixed time, and the loops until the fast ones
    # have ended.
    most=$limit
    limit=$(($2 + 30))
    milliseconds=$(($2 * 1000))
    start update1 tear update "$unique" "$1" $milliseconds
    start update2 tear update "$unique" "$1" $milliseconds
    start update3 tear update "$unique" "$1" $milliseconds
    start read1 tear read "$unique" $milliseconds
    start read2 tear read "$unique" $milliseconds
    start read3 tear peek "$unique" $milliseconds
    tools_update "$dir/value.1" "$dir/value.2" "$dir/value.3" "$dir/value.4" &
    updating=$!
    tools_read 1 &
    reading=$!
    : >"$dir/said"
    for id in update1 update2 update3 read1 read2 read3; do
        over $id 0
        cat "$dir/output" >>"$dir/said"
    done
    : >"$dir/enough"
    wait $updating $reading
    limit=$most

    for number in 1 2 3; do
        [ "$(sum updates <"$dir/held/update$number.output")" -gt 0 ] || fail "updater $number made no update"
        [ "$(sum reads <"$dir/held/read$number.output")" -gt 0 ] || fail "reader $number made no read"
    done
    if [ -s "$dir/wrong" ]; then
        head -n 5 "$dir/wrong" | sed 's/^/#     /' >>"$dir/failures"
        cat "$dir/update.errors" "$dir"/read.errors.* | head -n 5 | sed 's/^/#     /' >>"$dir/failures"
    fi
    slowest=$(awk '/^reads/ { if ($8 > most) most = $8 } END { print most + 0 }' "$dir/said")
    echo "# $1 bytes, $2 s: $(sum updates <"$dir/said") updates, $(sum reads <"$dir/said") reads," \
        "$(sum again <"$dir/said") looks that met an update, torn = $(sum torn <"$dir/said")," \
        "slowest read $slowest ms;" \
        "commands: $(sum updates <"$dir/tool.update") updates," \
        "$(sum reads <"$dir/tool.read.1") reads, $(wc -l <"$dir/wrong") wrong"

    # The last value must be complete, too.
    run 0 shmread "$unique"
    cp "$dir/output" "$dir/last"
    run 0 tear check "$dir/last"
    let_go "$unique"
}

for size in 16 4096 65536; do
    it "4 updaters and 4 readers of $size bytes find no torn value"
    consistency $size "${CONSISTENCY_SECONDS:-2}"
done

finish
