#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'Windows behaves as common/windows/README.md says, and so does Wine, with known differences'

table=common/windows/README.md
timeout "$((limit * 6))" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/winshm-check.exe" >"$dir/raw" 2>"$dir/errors"
status=$?
tr -d '\r' <"$dir/raw" >"$dir/report"

# Compare the checks that report a difference with the tables of known
# differences in README.md.
sed -n 's/^not ok [0-9]* - different: //p' "$dir/report" >"$dir/different"
sed -n '/^## Differences of Wine/,/^## /s/^| '"'\([^']*\)' |.*/\1/p" "$table" >"$dir/known"

it 'runs to its end, and prints its counts'
grep -q '^1\.\.[0-9]' "$dir/report" || fail "it ended with $status: $(tail -n 1 "$dir/report")"
count=$(wc -l <"$dir/different")
[ "$status" -eq $((count < 9 ? count : 9)) ] || fail "$count differences, and status $status"

it 'reports no unknown difference'
while read -r line; do
    explained=
    while read -r title; do
        case $line in
        "$title: "*) explained=yes ;;
        esac
    done <"$dir/known"
    # On Windows no difference is known.
    if ! on_wine || [ -z "$explained" ]; then
        fail "$line"
    fi
done <"$dir/different"

known='reports each difference that the table of Wine 8 explains'
if on_wine && grep -q 'Wine 8\.' "$dir/report"; then
    it "$known"
    # These are of Wine 10.
    sed '/^renaming with POSIX semantics/d; /^a file that is being read/d' "$dir/known" >"$dir/known.8"
    while read -r title; do
        grep -qF -- " - different: $title: " "$dir/report" || fail "it does not differ: $title"
    done <"$dir/known.8"
else
    skip "$known" 'this is not Wine 8'
fi

it 'has each check that a row of the table names'
grep -o "platform_test\.c\` '[^|;]*" "$table" | grep -o "'[^']*'" | sort -u >"$dir/cited"
[ -s "$dir/cited" ] || fail 'the table names none'
while read -r title; do
    title=${title#\'}
    title=${title%\'}
    grep -qF -- ": $title" "$dir/report" || fail "there is no $title"
done <"$dir/cited"

if on_wine; then # elsewhere the temporary folder is shared with others
    it 'leaves no file behind'
    for file in "$WINEPREFIX"/drive_c/users/*/Temp/winshm-check*; do
        [ ! -e "$file" ] || fail "$file"
    done
fi

finish
