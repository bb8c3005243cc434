#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--detach returns as soon as the name can be read, and no reader of its output waits for the holder'

it 'holds any bytes in the background, where they can be read when the command returns'
every_byte >"$dir/every"
run 0 shmwrite --detach --input "$dir/every" "$unique"
output_is ''
errors_are_empty
value_equals "$dir/every"
let_go

it 'a program that captures its output does not wait for the holder'
# If the holder had the pipe open, the output would end only with the holder,
# and the value would be gone.
captured=$(timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$(program shmwrite)" -d --hold-for 15s "$unique" 'x' \
    2>"$dir/errors")
[ -z "$captured" ] || fail "it printed $captured"
value_is "$unique" 'x'
let_go

it 'a pipeline behind it and one before it end while the holder runs'
every_byte | run 0 shmwrite -d --hold-for 15s "$unique"
$WINSHM_RUN "$(program shmwrite)" -d --hold-for 15s "$unique-2" 'y' | cat >"$dir/piped"
value_equals "$dir/every"
value_is "$unique-2" 'y'
let_go "$unique-2"
let_go

it 'neither for /f nor the pipes of a batch file wait for the holder'
batch <<'END'
@echo off
for /f "delims=" %%v in ('WRITE -d --hold-for 15s NAME x') do echo [%%v]
for /f "delims=" %%v in ('READ NAME') do echo [%%v]
echo before | WRITE -d --chomp --hold-for 15s NAME-2
READ NAME-2
echo.
WRITE -d --hold-for 15s NAME-3 y | more
READ NAME-3
END
output_has '[x]'
output_has 'before'
value_is "$unique-3" 'y'
let_go
let_go "$unique-2"
let_go "$unique-3"

if on_wine; then
    it 'the holder is one process, shares neither files nor the current directory with the caller, and is idle'
    printf 'x' >"$dir/input"
    run 0 shmwrite -d "$unique" <"$dir/input"
    holder=$(background_of "$unique")
    [ "$(echo "$holder" | grep -c .)" -eq 1 ] || fail "the holders are: $holder"
    for number in "/proc/$holder/fd"/*; do
        # Under Wine the holder has descriptor 2 open, because Wine itself
        # prints messages there. On Windows it does not have it either.
        case ${number##*/}:$(readlink "$number") in
        2:*) ;;
        *"$dir/"*) fail "it has $(readlink "$number") open" ;;
        esac
    done
    case $(readlink "/proc/$holder/cwd") in
    */windows/system32) ;;
    *) fail "its directory is $(readlink "/proc/$holder/cwd")" ;;
    esac
    before=$(cut -d ' ' -f 14,15 "/proc/$holder/stat")
    sleep 0.5
    after=$(cut -d ' ' -f 14,15 "/proc/$holder/stat")
    test "$before" = "$after" || fail "it used some processor time: $before, then $after ticks"
    let_go
    until_true has_no_holder "$unique" || fail 'it does not end'
else
    skip 'the holder shares nothing with the caller, is one process, and is idle' 'this needs /proc'
fi

it 'the holder releases the name after --hold-for, and after --reads'
run 0 shmwrite -d --hold-for 300ms "$unique" 'x'
goes
run 0 shmwrite -d --reads 2 "$unique" 'x'
value_is "$unique" 'x'
value_is "$unique" 'x'
goes

it 'refuses a name that is held, in the background or in the foreground'
run 0 shmwrite -d "$unique" 'first'
run 5 shmwrite -d "$unique" 'second'
says "$unique: already exists" "--put or --update replaces the value, --release ends it"
run 5 shmwrite --hold-for 0 "$unique" 'second'
value_is "$unique" 'first'
let_go
hold demo shmwrite "$unique" 'first'
run 5 shmwrite -d "$unique" 'second'
release demo "$unique"

it 'creates memory without a layout, too'
run 0 shmwrite -d --raw --size 4096 "$unique" 'raw'
run 0 sample_reader "$unique"
output_is 'raw'
let_go

it 'accepts names with blanks, quotes, backslashes and characters that are in no code page'
for name in "Local\\$unique a  b" "$unique\"q\"" "$unique 漢字" "$unique \""; do
    run 0 shmwrite -d "$name" 'x'
    value_is "$name" 'x'
    let_go "$name"
done

writes=$(with_backslashes "$(program shmwrite)")
note='the holder belongs to the job of its caller and may end with it'

it 'reports a holder that cannot leave the job of its caller'
run 0 run_w stay "$writes -d $unique x"
echo shmwrite >"$dir/ran"
says "$unique: $note"
run 0 run_w stay "$writes --put $unique y"
errors_are_empty # an update starts no holder, and so prints no note
value_is "$unique" 'y'
let_go

it 'the holder survives the end of a job that it may leave'
run 0 run_w leave "$writes --put $unique x"
! on_wine || errors_are_empty # on Windows the tests may run in a job that no holder can leave
value_is "$unique" 'x'
let_go

it 'reports a holder that ends with the job of its caller'
run 0 run_w kill "$writes --put $unique x"
echo shmwrite >"$dir/ran"
says "$unique: $note"
goes

finish
