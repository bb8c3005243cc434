#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--detach returns as soon as the name can be read, and no reader of its output waits for the holder'

it 'holds the value in the background, where it can be read when the command returns'
run 0 shmwrite --detach "$unique" 'a value'
output_is ''
errors_are_empty
value_is "$unique" 'a value'
let_go "$unique"

it 'accepts any bytes from a pipe and from a file'
every_byte >"$dir/every"
run 0 shmwrite --detach "$unique" <"$dir/every"
run 0 shmread "$unique"
output_equals "$dir/every"
let_go "$unique"
every_byte | run 0 shmwrite -d "$unique"
run 0 shmread "$unique"
output_equals "$dir/every"
let_go "$unique"
run 0 shmwrite -d --input "$dir/every" "$unique"
run 0 shmread "$unique"
output_equals "$dir/every"
let_go "$unique"

it 'a program that captures its output does not wait for the holder'
# If the holder had the pipe open, the output would end only with the holder,
# and the value would be gone.
captured=$(timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$(program shmwrite)" -d --hold-for 15s "$unique" 'x' \
    2>"$dir/errors")
[ -z "$captured" ] || fail "it printed $captured"
value_is "$unique" 'x'
let_go "$unique"

it 'a pipeline behind it ends while the holder runs'
{
    run 0 shmwrite -d --hold-for 15s "$unique" 'x'
    $WINSHM_RUN "$(program shmwrite)" -d --hold-for 15s "$unique-2" 'x'
} | cat >"$dir/piped"
value_is "$unique-2" 'x'
let_go "$unique-2"
let_go "$unique"

it 'a pipeline before it ends while the holder runs'
{
    printf 'x'
} | run 0 shmwrite -d --hold-for 15s "$unique"
value_is "$unique" 'x'
let_go "$unique"

it 'for /f does not wait for the holder'
batch <<'END'
@echo off
for /f "delims=" %%v in ('WRITE -d --hold-for 15s NAME x') do echo [%%v]
for /f "delims=" %%v in ('READ NAME') do echo [%%v]
END
output_is '[x]
'
let_go "$unique"

it 'the pipes of a batch file end while the holder runs'
batch <<'END'
@echo off
echo before | WRITE -d --chomp --hold-for 15s NAME
READ NAME
echo.
WRITE -d --hold-for 15s NAME-2 x | more
READ NAME-2
END
output_has 'before'
value_is "$unique-2" 'x'
let_go "$unique"
let_go "$unique-2"

it 'works with start /b'
batch <<'END'
@echo off
start /b WRITE -d --hold-for 15s NAME started
READ --wait --timeout 60s NAME
END
output_is 'started'
let_go "$unique"

if on_wine; then
    it 'the holder shares neither standard handles nor the current directory with the caller'
    printf 'x' >"$dir/input"
    run 0 shmwrite -d "$unique" <"$dir/input"
    holder=$(background_of "$unique")
    [ -n "$holder" ] || fail 'there is no holder in the background'
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
    let_go "$unique"

    it 'the holder is one process, which ends when the name is released'
    run 0 shmwrite -d "$unique" 'x'
    [ "$(background_of "$unique" | wc -l)" -eq 1 ] || fail "there are $(background_of "$unique" | wc -l) of them"
    let_go "$unique"
    until_true has_no_holder "$unique" || fail 'it does not end'

    it 'the holder uses no processor time'
    run 0 shmwrite -d "$unique" 'x'
    holder=$(background_of "$unique")
    before=$(cut -d ' ' -f 14,15 "/proc/$holder/stat")
    sleep 0.5
    after=$(cut -d ' ' -f 14,15 "/proc/$holder/stat")
    test "$before" = "$after" || fail "it used some: $before, then $after ticks"
    let_go "$unique"
else
    skip 'the holder shares nothing with the caller, is one process, and uses no processor time' 'this needs /proc'
fi

it 'the holder releases the name after --hold-for'
run 0 shmwrite -d --hold-for 300ms "$unique" 'x'
until_true is_gone "$unique" || fail 'it does not'

it 'the holder releases the name after --reads'
run 0 shmwrite -d --reads 2 "$unique" 'x'
value_is "$unique" 'x'
value_is "$unique" 'x'
until_true is_gone "$unique" || fail 'it does not'

it 'refuses a name that is held, in the background or in the foreground'
run 0 shmwrite -d "$unique" 'first'
run 5 shmwrite -d "$unique" 'second'
says "$unique: already exists" "--put or --update replaces the value, --release ends it"
run 5 shmwrite --hold-for 0 "$unique" 'second'
value_is "$unique" 'first'
let_go "$unique"
hold demo shmwrite "$unique" 'first'
run 5 shmwrite -d "$unique" 'second'
value_is "$unique" 'first'
release demo "$unique"

it 'creates memory without a layout, too'
run 0 shmwrite -d --raw --size 4096 "$unique" 'raw'
run 0 sample_reader "$unique"
output_is 'raw'
let_go "$unique"

it 'accepts names with blanks, quotes, backslashes and characters that are in no code page'
for name in "$unique a  b" "Local\\$unique" "$unique\"q\"" "$unique 漢字" "$unique \""; do
    run 0 shmwrite -d "$name" 'x'
    value_is "$name" 'x'
    let_go "$name"
done

writes=$(with_backslashes "$(program shmwrite)")
note='the holder belongs to the job of its caller and may end with it'

it 'reports a holder that cannot leave the job of its caller'
run 0 job_w stay "$writes -d $unique x"
echo shmwrite >"$dir/ran"
says "$unique: $note"
value_is "$unique" 'x'
run 0 job_w stay "$writes --put $unique y"
errors_are_empty # --release starts no holder, and so prints no note
value_is "$unique" 'y'
let_go "$unique"
run 0 job_w stay "$writes -d --quiet $unique x"
errors_are_empty
let_go "$unique"

it 'the holder survives the end of a job that it may leave'
run 0 job_w leave "$writes --put $unique x"
! on_wine || errors_are_empty # on Windows the tests may run in a job that no holder can leave
value_is "$unique" 'x'
let_go "$unique"

it 'reports a holder that ends with the job of its caller'
run 0 job_w kill "$writes --put $unique x"
echo shmwrite >"$dir/ran"
says "$unique: $note"
until_true is_gone "$unique" || fail 'it does not end'

if it_global 'creates memory in Global'; then
    run 0 shmwrite -d "Global\\$unique" 'x'
    value_is "Global\\$unique" 'x'
    let_go "Global\\$unique"
fi

finish
