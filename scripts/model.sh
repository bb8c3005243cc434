#!/bin/sh
# model.sh - check every run of the models in common/memory/tests/ with spin.
#
# wait.pml is a model of how the two sides of a stream wait for each other,
# fanout.pml of a producer with two consumers, and follow.pml of how followers
# wait for a change of a value. In no run may a side or a follower wait forever.
# If a fence is left out of a model, spin must find a run that hangs. Prints TAP,
# like any test.
set -u
cd "$(dirname "$0")/.." || exit 2

models=$PWD/common/memory/tests
sources=$PWD/common/memory
for tool in spin "${CC:-cc}"; do
    command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not installed: make setup model"; exit 0; }
done
mkdir -p build/model
scratch=$(mktemp -d "$PWD/build/model/XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
cd "$scratch" || exit 2

number=0
failed=0

# check WANTED NAME [-DOPTION]...: a test. spin must find WANTED, which is
# `nothing`, `hang` or `loss` of bytes, in $model with these options.
check()
{
    wanted=$1
    name=$2
    shift 2
    number=$((number + 1))
    rm -f pan* ./*.trail
    found=failed
    if spin "$@" -a "$models/$model" >log 2>&1 && "${CC:-cc}" -O2 -w -DSAFETY -DCOLLAPSE -o pan pan.c >>log 2>&1; then
        ./pan -m1000000 -w24 >log 2>&1
        # "errors: 0" counts only if spin has examined all states.
        if grep -q '^pan:1: invalid end state' log; then
            found=hang
        elif grep -q '^pan:1: assertion violated' log; then
            found=loss
        elif grep -q 'errors: 0' log && ! grep -qE 'max search depth too small|out of memory|not completed' log; then
            found=nothing
        fi
    fi
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' log)
    if [ "$found" = "$wanted" ]; then
        echo "ok $number - $name ($states states)"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' log
        failed=1
    fi
}

# has FILE FUNCTION TEXT: whether a line of this function begins with TEXT.
has()
{
    sed -n "/^[a-z].* $2(/,/^}/p" "$sources/$1" | grep -q "^ *$3"
}
# has_fence FILE FUNCTION: whether this function has a fence.
has_fence()
{
    has "$1" "$2" 'atomic_thread_fence(memory_order_seq_cst);'
}

# Leave out of a model the fences and wake-ups that the source does not have, so
# that the first test fails if someone removes one there.
model=wait.pml
left_out=
has_fence ring.c ring_begin_wait || left_out="$left_out -DNO_FENCE_WAITER=3"
has_fence ring.c ring_must_wake || left_out="$left_out -DNO_FENCE_PUBLISHER=3"
has stream.c stream_wait 'wake_others(' || left_out="$left_out -DNO_WAKE_BEFORE_WAIT"
has stream.c stream_close '(void)object_signal(' || left_out="$left_out -DNO_CLOSE_EVENT"

# shellcheck disable=SC2086 # no word, or several
check nothing 'no wake-up is lost and no side waits forever, whenever the other side ends or dies' $left_out
check hang 'without the fence of a producer that waits, there is a run that hangs' -DNO_FENCE_WAITER=1
check hang 'without the fence of a consumer that waits, there is a run that hangs' -DNO_FENCE_WAITER=2
check hang 'without the fence of a producer that publishes, there is a run that hangs' -DNO_FENCE_PUBLISHER=1
check hang 'without the fence of a consumer that publishes, there is a run that hangs' -DNO_FENCE_PUBLISHER=2
check hang 'without the second check before the wait, there is a run that hangs' -DNO_RECHECK
check hang 'without an event for the end, there is a run that hangs' -DNO_CLOSE_EVENT
# shellcheck disable=SC2086
check nothing 'the same if the producer gathers what it reads from a file before it wakes the consumer' \
    -DON_DISK $left_out
check hang 'without a wake-up for what was gathered before the wait for room, there is a run that hangs' \
    -DON_DISK -DNO_WAKE_BEFORE_WAIT
check hang 'without an event for the end of what was gathered, there is a run that hangs' -DON_DISK -DNO_CLOSE_EVENT
check hang 'if a producer gathers what waits for the consumer, there is a run that hangs' -DON_DISK -DINPUT_WAITS

model=fanout.pml
left_out=
has_fence ring.c ring_begin_wait || left_out="$left_out -DNO_FENCE_WAITER=7"
has_fence ring.c ring_must_wake || left_out="$left_out -DNO_FENCE_PUBLISHER=7"

# shellcheck disable=SC2086 # no word, or several
check nothing 'two consumers that advance at the same time wake their producer, and it wakes both' $left_out
# shellcheck disable=SC2086
check nothing 'the same if a consumer fails, and if it or the producer dies' -DDEATHS $left_out
# shellcheck disable=SC2086
check nothing 'a consumer that is dropped while it advances uses no overwritten bytes' -DDROPS $left_out
for side in 1 2; do
    check hang "without the fence of a side that waits ($side), there is a run that hangs" -DNO_FENCE_WAITER=$side
    check hang "without the fence of a side that publishes ($side), there is a run that hangs" \
        -DNO_FENCE_PUBLISHER=$side
done
check hang 'without an event for the death of a consumer, there is a run that hangs' -DDEATHS -DNO_DEATH_EVENT
check loss 'if a consumer does not look whether it was dropped, it uses overwritten bytes' \
    -DDROPS -DNO_LOOK_AT_CLOSED

model=follow.pml
left_out=
has_fence announcement.c announcement_make || left_out="$left_out -DNO_FENCE_ANNOUNCER"
has_fence announcement.c announcement_wait || left_out="$left_out -DNO_FENCE_FOLLOWER"

# shellcheck disable=SC2086 # no word, or several
check nothing 'each follower prints the last value and ends, and none prints an older value after a newer one' $left_out
check hang 'without the fence of an announcement, a follower can miss it' -DNO_FENCE_ANNOUNCER
check hang 'without the fence of a follower, it can miss an announcement' -DNO_FENCE_FOLLOWER
check hang 'without the second look at the number, a follower can miss an announcement' -DNO_RECHECK
check hang 'a follower that looks at the value first can miss an announcement' -DLOOK_FIRST
check hang 'a follower waits forever if the end is not announced' -DNO_END
echo "1..$number"
exit $failed
