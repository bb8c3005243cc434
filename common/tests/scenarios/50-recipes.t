#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/recipes.sh
. common/tests/scenarios/stream.sh
goal 'the example batch files that exchange data do what their comments say'

it 'variable.bat: one batch file sets a variable, another one reads and changes it'
recipe 0 variable
output_is 'the other one reads: running, 3 of 7
the first one reads: done
'
run 1 shmread variable.demo
says 'variable.demo: does not exist'

it 'lockstep.bat: the producer creates an item when the previous one has been read'
for _ in 1 2 3; do
    recipe 0 lockstep
    output_is 'took item 1
took item 2
took item 3
'
done

it 'lockstep.bat: the two sides may be started separately, in any order'
start_recipe consumer lockstep consumer
start_recipe producer lockstep producer
over consumer 0
over producer 0
lines_of consumer 'took item 1
took item 2
took item 3
' || fail 'the consumer took other items'

# An `echo` that runs in a cmd of its own prints a blank at the end of the line.
without_trailing_blanks()
{
    sed 's/ *$//' "$dir/output" >"$dir/trimmed"
    mv "$dir/trimmed" "$dir/output"
}

it 'pipeline.bat: a producer and a consumer of one pipeline'
seq 100 | grep 7 | sed 's/^/line /' >"$dir/lines"
recipe 0 pipeline
without_trailing_blanks
output_equals "$dir/lines"

it 'pipeline.bat: the two ends may be started separately, in any order'
start_recipe producer pipeline producer
recipe 0 pipeline consumer
without_trailing_blanks
output_equals "$dir/lines"
over producer 0

it 'fanout.bat: each of three readers gets all lines'
recipe 0 fanout
without_trailing_blanks
output_is 'line 5
line 15
line 7
line 17
line 9
line 19
'

it 'progress.bat: shows each step of a job, and its end'
recipe 0 progress
without_trailing_blanks
output_is 'step 1 of 3
step 2 of 3
step 3 of 3
done
'

it 'counter.bat: two workers do each of ten items once'
recipe 0 counter
# Two cmd that print at once may mix the ends of their lines.
grep -o 'item [0-9]* by' "$dir/output" | sed 's/[^0-9]//g' | sort -n >"$dir/items"
seq 10 | cmp -s - "$dir/items" || {
    fail 'the items are not 1 to 10, each once'
    show "$dir/output"
}

it 'lock.bat: two scripts are never inside at once'
recipe 0 lock
awk '{ if ($3 == "inside") { if (who != "") exit 1; who = $1 } else { if (who != $1) exit 1; who = "" } n++ }
    END { exit n != 4 }' "$dir/output" || {
    fail 'they mix:'
    show "$dir/output"
}

it 'log.bat: three scripts append to one log'
recipe 0 log
sed 's/ *$//' "$dir/output" | sort >"$dir/lines"
for line in 1 2; do
    for script in 1 2 3; do echo "line $line of script $script"; done
done | cmp -s - "$dir/lines" || {
    fail 'these are not all lines:'
    show "$dir/output"
}

it 'next.bat: does something with each new value, and ends with the name'
recipe 0 next
output_is 'update 1: step 1
update 2: step 2
update 3: step 3
'

it 'chat.bat: a line of one side is printed on the other'
printf 'hello bob\r\nhow are you?\r\n' >"$dir/ann.txt"
printf 'hello ann\r\n' >"$dir/bob.txt"
start_recipe ann chat ann bob "$(with_backslashes "$dir/ann.txt")"
start_recipe bob chat bob ann "$(with_backslashes "$dir/bob.txt")"
prints_soon ann 'hello ann
'
prints_soon bob 'hello bob
how are you?
'
over ann 0
over bob 0

it 'chat.bat: prints its usage'
recipe 2 chat ann
errors_have 'usage: chat.bat ME YOU [FILE]'

# readme_recipe TITLE [LIMIT]: write the batch files of the recipe TITLE of README.md to
# $dir/readme, with names that no other scenario uses, and @echo off. A pause
# replaces `rem ... do it ...`, and LIMIT, if it is given, each `-t 10s`.
readme_recipe()
{
    rm -rf "$dir/readme"
    mkdir "$dir/readme"
    awk -v title="**$1.**" -v folder="$dir/readme/" '
        index($0, title) == 1 { found = 1 }
        found && /^```$/ { exit }
        /^rem [a-z]*\.bat$/ && inside { file = folder $2; printf "@echo off\r\n" >file; next }
        inside { printf "%s\r\n", $0 >file }
        found && /^```bat$/ { inside = 1 }' README.md
    sed -i "s/job\.\(state\|next\|lock\|question\|log\|files\)/$unique.\1/g; s/=answer\./=$unique.answer./g
        s/rem \.\.\. do it \.\.\./shmread -q --wait -t 500ms $unique.pause/; s/-t 10s/-t ${2:-10s}/" \
        "$dir"/readme/*.bat
}

# start_readme ID NAME: start the batch file NAME of that recipe in the
# background.
start_readme()
{
    begin_held "$1" shmread
    (
        $WINSHM_RUN cmd /c "$(with_backslashes "$dir/readme/$2.bat")" </dev/null >"$dir/held/$1.output" \
            2>"$dir/held/$1.errors" &
        echo $! >"$dir/held/$1.pid"
        wait $!
        echo $? >"$dir/held/$1.status"
    ) >/dev/null 2>&1 &
}

# readme_ends NAME STATUS: run the batch file NAME of that recipe to its end,
# and expect STATUS. $dir/output has its output without CRs.
readme_ends()
{
    start_readme "$1" "$1"
    over "$1" "$2"
    tr -d '\r' <"$dir/output" >"$dir/printed"
    cp "$dir/printed" "$dir/output"
}

it 'README.md, one to many: both readers get everything, beside a tap'
readme_recipe 'One to many'
sed -i 's/dir \/s \/b/cmd \/c "dir \/s \/b scripts"/; s/| find/| "%SystemRoot%\\System32\\find.exe"/; s/\.txt"/.bat"/
    s/all\.txt/"%~dp0all.txt"/; s/--tap/& --verbose/' "$dir"/readme/*.bat
start_readme sending send
start_readme texts texts
start_readme look look
says_soon look 'looks into the stream'
readme_ends all 0
over sending 0
over look 0
over texts 0
tr -d '\r' <"$dir/output" >"$dir/texts"
tr -d '\r' <"$dir/readme/all.txt" | grep -F .bat | cmp -s - "$dir/texts" || {
    fail 'the readers have different lines'
    show "$dir/texts"
}
grep -qF fanout.bat "$dir/texts" || fail 'nothing was listed'

it 'README.md, progress: the watcher prints the steps, and ends with the job'
readme_recipe Progress
start_readme watcher watch
readme_ends job 0
over watcher 0
output_lines 'step 1 of 2' 'step 2 of 2'

it 'README.md, workers: three of them do each item once'
readme_recipe Workers
for worker in 1 2 3; do start_readme worker$worker worker; done
for worker in 1 2 3; do over worker$worker 0; done
cat "$dir"/held/worker?.output | tr -d '\r' | sed 's/doing item //' | sort -n >"$dir/items"
seq 20 | cmp -s - "$dir/items" || {
    fail 'the items are not 1 to 20, each once'
    show "$dir/items"
}
let_go "$unique.next"

it 'README.md, one instance: each of two gets in, and none while another script has the lock'
readme_recipe 'One instance' 1s
start_readme first locked
start_readme second locked
for script in first second; do
    over $script 0
    output_lines 'one at a time'
done
run 0 shmwrite --detach "$unique.lock" taken
if on_wine; then
    readme_ends locked 1 # call in a `cmd /c` of Wine replaces each other status by 1
else
    readme_ends locked 6
fi
output_is ''
let_go "$unique.lock"

it 'README.md, ask and answer: the answer comes to the script that asked'
readme_recipe 'Ask and answer'
start_readme answerer answer
readme_ends ask 0
output_is 'the answer to a question'
over answerer 0

it 'README.md, a shared log: no line of two scripts is lost'
readme_recipe 'A shared log'
start_readme first log
readme_ends log 0
over first 0
run 0 shmread "$unique.log"
sort "$dir/output" | tr -d '\r' | uniq -c | sed 's/^ *//; s/ *$//' >"$dir/lines"
printf '2 done\n2 started\n' | cmp -s - "$dir/lines" || {
    fail 'these are not the lines'
    show "$dir/output"
}
let_go "$unique.log"

finish
