#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'with --mutex a copy of memory that changes all the time is never torn'

# copies COUNT [OPTION]...: append COUNT copies of the memory to $dir/copies,
# each by another shmread.
copies()
{
    count=$1
    shift
    while [ "$count" -gt 0 ]; do
        $WINSHM_RUN "$build/shmread.exe" --raw "$@" "$unique" >>"$dir/copies" 2>"$dir/errors"
        status=$?
        if [ $status -eq 0 ]; then
            count=$((count - 1))
        elif ! did_not_start $status /dev/null "$dir/errors"; then
            fail "shmread $*: status $status with $count copies to go: $(cat "$dir/errors")"
            break
        fi
    done
}

all=${LOCK_COPIES:-200}
it "none of $all copies under the mutex of the writer is torn"
copied=0
while [ $copied -lt "$all" ]; do
    hold maker standin checksum "$unique"
    copies 200 --mutex "$unique.mutex" --timeout 10s
    stop maker "$unique"
    copied=$((copied + 200))
done
run 0 standin check <"$dir/copies"
output_is "$all whole, 0 torn
"
if [ "$all" -gt 200 ]; then
    finish
    exit
fi

it 'the check detects a torn copy, from a writer that does not own the mutex'
hold maker standin checksum "$unique" careless
# has_torn: make 50 copies, and return whether one of them is torn. On a busy
# machine this has to be repeated until one is.
has_torn()
{
    rm -f "$dir/copies"
    copies 50 --mutex "$unique.mutex" --timeout 10s
    ! $WINSHM_RUN "$(program standin)" check <"$dir/copies" >"$dir/output" 2>"$dir/errors"
}
until_true has_torn || fail 'no copy is torn'
stop maker "$unique"

it 'the check detects a copy of parts of two, and one that is cut off'
hold maker standin checksum "$unique"
rm "$dir/copies"
copies 2 --mutex "$unique.mutex"
stop maker "$unique"
{
    part "$dir/copies" 0 32768
    part "$dir/copies" $((65536 + 32768)) 32768
} >"$dir/torn"
run 1 standin check <"$dir/torn"
output_is '0 whole, 1 torn
'
part "$dir/copies" 0 65532 >"$dir/cut"
run 1 standin check <"$dir/cut"

finish
