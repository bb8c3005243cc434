#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'a console shows text as text, and Ctrl+C ends a holder'

# Under Wine the terminal of script(1) is a console. On Windows no program here
# can read what a console shows.
if ! on_wine || ! command -v script >/dev/null; then
    skip 'the console' 'this needs Wine and script(1)'
    finish
    exit
fi
TERM=xterm
SHELL=/bin/sh
export TERM SHELL

# on_console COMMAND-LINE: start a tool on a console. `press` types there, and
# $dir/screen has what the console shows. The last line is the status of the
# tool. The shell that prints it ignores Ctrl+C, which the terminal sends to the
# shell, too.
on_console()
{
    on_console=$1
    rm -f "$dir/keys" "$dir/screen"
    mkfifo "$dir/keys"
    timeout "$limit" script -qefc "trap : INT; wine $1; echo STATUS \$?" /dev/null <"$dir/keys" >"$dir/screen" 2>&1 &
    exec 8>"$dir/keys"
}

press()
{
    printf '%b' "$1" >&8
}

# on_screen: store what the console shows in $dir/output, without the control
# sequences that move or hide the cursor.
escape=$(printf '\033')
on_screen()
{
    sed "s/$escape\[[?0-9;]*[A-Za-z]//g" "$dir/screen" | tr -d '\r' >"$dir/output"
}

shows()
{
    on_screen
    grep -qF -e "$1" "$dir/output"
}

# ends STATUS: expect that the tool on the console ends with STATUS. If Wine
# fails to start it, start it again.
ends()
{
    for try in 1 2 3; do
        until_true shows 'STATUS ' || fail 'it does not end'
        exec 8>&-
        wait $!
        on_screen
        if [ $try -eq 3 ] || [ "$(cat "$dir/output")" != 'STATUS 1' ]; then
            break
        fi
        on_console "$on_console"
    done
    if ! shows "STATUS $1"; then
        fail "it does not end with $1, and the console shows last:"
        tail -n 5 "$dir/output" | sed 's/^/#     /' >>"$dir/failures"
    fi
}

it 'adds a newline to a text without one'
hold demo shmwrite "$unique" 'no newline'
on_console "$(program shmread) $unique"
ends 0
output_is 'no newline
STATUS 0
'
release demo "$unique"

it 'adds no newline if there is one, or if there is no text'
printf 'one newline\r\n' | hold demo shmwrite "$unique"
on_console "$(program shmread) $unique"
ends 0
output_is 'one newline
STATUS 0
'
release demo "$unique"
hold demo shmwrite "$unique" ''
on_console "$(program shmread) $unique"
ends 0
output_is 'STATUS 0
'
release demo "$unique"

it 'shows characters that are in no code page, from UTF-8, from UTF-16 and in messages'
hold demo shmwrite "$unique" 'Grüße 漢字'
on_console "$(program shmread) $unique"
ends 0
output_has 'Grüße 漢字'
release demo "$unique"
hold demo shmwrite -e utf-16 "$unique" 'Grüße 漢字'
on_console "$(program shmread) $unique"
ends 0
output_has 'Grüße 漢字'
release demo "$unique"
on_console "$(program shmread) 漢字$unique"
ends 1
output_has "shmread: 漢字$unique: does not exist"

it 'shows a character that the end of a piece cuts'
{
    printf 'a'
    i=0
    while [ $i -lt 3000 ]; do
        printf '漢'
        i=$((i + 1))
    done
} >"$dir/long"
hold demo shmwrite "$unique" <"$dir/long"
on_console "$(program shmread) $unique"
ends 0
# Wine prints a part of a line again at the end of the screen, so there may be
# more characters than in the value.
test "$(grep -o '漢' "$dir/output" | wc -l)" -ge 3000 || fail 'some are missing'
grep -q '�' "$dir/output" && fail 'some are broken'
release demo "$unique"

it 'releases the name after Ctrl+C, and ends with status 0'
on_console "$(program shmwrite) --verbose $unique text"
until_true shows 'holding 4 bytes' || fail 'it holds nothing'
run 0 shmread "$unique"
output_is 'text'
press '\0003'
ends 0
output_has "$unique: released: interrupted"
run 1 shmread "$unique"

it 'says how to end the typed input, and reads it'
on_console "$(program shmwrite) $unique"
until_true shows 'type the contents; Ctrl+Z and Enter' || fail 'it does not say so'
press 'typed\r'
until_true shows 'typed' || fail 'it is not shown'
run 1 shmread "$unique"
press '\0003'
until_true shows 'STATUS ' || fail 'it does not end'
exec 8>&-
run 1 shmread "$unique"

skip 'Ctrl+Z at the start of a line ends the typed input' 'Wine drops it'

finish
