#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'the documents agree with the programs'

# usage_in FILE TOOL: print the block of FILE that begins with the usage line of
# TOOL.
usage_in()
{
    awk -v first="Usage: $2 " '
        /^```/ { inside = 0 }
        index($0, first) == 1 { inside = 1 }
        inside { print }
    ' "$1"
}

for wing in writer reader; do
    case $wing in
    writer) tool=shmwrite ;;
    reader) tool=shmread ;;
    esac
    it "$wing/README.md contains the --help of $tool, to the letter"
    usage_in "$wing/README.md" "$tool" >"$dir/readme"
    run 0 "$tool" --help
    tr -d '\r' <"$dir/output" >"$dir/help"
    diff "$dir/readme" "$dir/help" >"$dir/difference" || {
        fail "$wing/README.md (<) and --help (>) differ"
        sed 's/^/#     /' "$dir/difference" >>"$dir/failures"
    }
done

# In --help a status may continue in a second line. In README.md each has one row.
it 'README.md contains the exit statuses of --help in its table'
sed -n '/^Exit status:/,$p' "$dir/help" | tail -n +2 |
    awk '/^ +[0-9]+  / { if (row) print row; number = $1; sub(/^ +[0-9]+  /, ""); row = "| " number " | " $0; next }
        { sub(/^ +/, ""); row = row " " $0 }
        END { print row }' | sed 's/$/ |/' >"$dir/statuses"
grep -E '^\| [0-9]+ \|' README.md >"$dir/table"
diff "$dir/table" "$dir/statuses" >"$dir/difference" || {
    fail 'README.md (<) and --help (>) differ'
    sed 's/^/#     /' "$dir/difference" >>"$dir/failures"
}
test -s "$dir/table" || fail 'there is no table'

it 'the C example of README.md prints the value of its name'
hold example shmwrite demo 'hello, world'
run 0 readme_example
output_lines 'hello, world'
release example demo

if command -v perl >/dev/null; then
    it 'build/messages.txt lists what the tools can print, and no message ends with a full stop'
    find writer reader common/console common/memory common/text common/windows -maxdepth 1 -name '*.c' |
        sort | sed 's/^/code=/' | xargs perl scripts/words.pl --messages | sort -u >build/messages.txt
    grep -q '^access denied: this user may not open it$' build/messages.txt || fail 'a known message is missing'
    if grep -nE '[^.][.!]$' build/messages.txt >"$dir/stopped"; then
        fail 'messages that end with a full stop:'
        sed 's/^/#     /' "$dir/stopped" >>"$dir/failures"
    fi
fi

it 'common/README.md names each file of the source, and no other file'
sed -n '/^## Code layout/,/^## How/p' common/README.md >"$dir/layout"
for file in writer/*.c reader/*.c common/text/*.c common/memory/*.c common/console/*.c common/windows/*.c \
    scripts/*.sh scripts/*.pl; do
    awk -v folder="${file%/*}/" -v name="${file##*/}" '
        /^[a-z]/ { inside = $1 == folder }
        inside && /^  [a-z]/ { for (i = 1; i <= NF && $i ~ /[.]/; i++) if ($i == name) found = 1 }
        END { exit !found }' "$dir/layout" || fail "$file is not named"
done
awk '/^[a-z]/ { folder = $1 } /^  [a-zR]/ { for (i = 1; i <= NF && $i ~ /[.\/]/; i++) print folder $i }' "$dir/layout" |
    while read -r named; do
        test -e "$named" || fail "$named is not there"
    done

finish
