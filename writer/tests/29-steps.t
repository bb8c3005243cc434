#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
# shellcheck source=common/tests/scenarios/background.sh
. common/tests/scenarios/background.sh
goal 'whatever step of an update its program dies at, the value is the old one or the new one, whole'

# An update takes nine steps: see value.c.
last=9

old='the old value'
for new in 'new' 'the same size' 'the new value, which is longer than the old one'; do
    for pair in update put; do
        it "dies at each step of --$pair, from ${#old} bytes to ${#new}"
        step=1
        old_ones=0
        while [ $step -le $last ]; do
            run 0 shmwrite -d --size 4K "$unique" "$old"
            WINSHM_STEP=$step
            export WINSHM_STEP
            run 99 shmwrite_steps --$pair "$unique" "$new"
            unset WINSHM_STEP

            # Readers find one of both, as they are: nobody has mended anything yet.
            run 0 shmread "$unique"
            cp "$dir/output" "$dir/found"
            run 0 peek "$unique"
            output_equals "$dir/found"
            case $(cat "$dir/found") in
            "$old")
                old_ones=$((old_ones + 1))
                [ $step -le 4 ] || fail "the old value after step $step"
                ;;
            "$new")
                [ $step -ge 5 ] || fail "the new value after step $step"
                ;;
            *)
                fail "after step $step it is neither"
                show "$dir/found"
                ;;
            esac

            # A writer finishes what was begun, and does its own.
            case $((step % 3)) in
            0) run 0 shmwrite --put "$unique" "next $step" ;;
            1) run 0 shmwrite --update "$unique" "next $step" ;;
            2) run 0 shmwrite --update --timeout 0 "$unique" "next $step" ;;
            esac
            errors_are_empty
            value_is "$unique" "next $step"
            run 0 raw_w "$unique" 0 64
            printf '%s' "next $step" >"$dir/wanted"
            head -c $((64 - 5 - ${#step})) /dev/zero >>"$dir/wanted"
            output_equals "$dir/wanted"
            let_go "$unique"
            step=$((step + 1))
        done
        [ $old_ones -eq 4 ] || fail "$old_ones times it was the old one"
    done
done

it 'a part written by --offset is there as a whole, or not at all'
step=1
while [ $step -le $last ]; do
    run 0 shmwrite -d --size 4K "$unique" 'abcdefghij'
    WINSHM_STEP=$step
    export WINSHM_STEP
    run 99 shmwrite_steps --update --offset 8 "$unique" 'IJKL'
    unset WINSHM_STEP
    if [ $step -le 4 ]; then
        value_is "$unique" 'abcdefghij'
        run 0 shmwrite --update --offset 1 "$unique" 'B'
        value_is "$unique" 'aBcdefghij'
    else
        value_is "$unique" 'abcdefghIJKL'
        run 0 shmwrite --update --offset 1 "$unique" 'B'
        value_is "$unique" 'aBcdefghIJKL'
    fi
    let_go "$unique"
    step=$((step + 1))
done

it 'dying twice in a row, leaves one of the three values'
run 0 shmwrite -d --size 4K "$unique" 'one'
for first in 4 5 6 8; do
    for second in 1 4 6 8; do
        run 0 shmwrite --update "$unique" 'one'
        WINSHM_STEP=$first
        export WINSHM_STEP
        run 99 shmwrite_steps --update "$unique" 'number two'
        WINSHM_STEP=$second
        run 99 shmwrite_steps --update "$unique" 'three'
        unset WINSHM_STEP
        run 0 shmread "$unique"
        case $(cat "$dir/output") in
        'one' | 'number two' | 'three') ;;
        *)
            fail "after steps $first and $second it is none of them"
            show "$dir/output"
            ;;
        esac
    done
done
let_go "$unique"

it 'while an updater stops in the middle, readers do not wait for it, and other updaters do'
for step in 2 5 6 8; do
    run 0 shmwrite -d --size 4K "$unique" 'old'
    WINSHM_STEP=$step
    WINSHM_STEP_STOPS=1
    export WINSHM_STEP WINSHM_STEP_STOPS
    hold stopped shmwrite_steps --update "$unique" 'new'
    unset WINSHM_STEP WINSHM_STEP_STOPS
    if [ $step -le 4 ]; then
        value_is "$unique" 'old'
    else
        value_is "$unique" 'new'
    fi
    run 6 shmwrite --update --timeout 100ms "$unique" 'x'
    says "$unique: timed out waiting for another writer"
    run 6 shmwrite --put --timeout 100ms "$unique" 'x'
    if [ $step -le 4 ]; then
        value_is "$unique" 'old'
    else
        value_is "$unique" 'new'
    fi

    # One that waits has its turn when the other dies.
    start waiting shmwrite --update "$unique" 'next'
    drop stopped
    over waiting 0
    errors_are_empty
    value_is "$unique" 'next'
    let_go "$unique"
done

finish
