#!/bin/sh
# shellcheck source=common/tests/scenario.sh
. "$(dirname "$0")/../../common/tests/scenario.sh"
goal 'README.md says what the programs say'

# usage_in_readme TOOL: the block of README.md that begins with its usage line.
usage_in_readme()
{
    awk -v first="Usage: $1 " '
        /^```/ { inside = 0 }
        index($0, first) == 1 { inside = 1 }
        inside { print }
    ' README.md
}

for tool in shmwrite shmread; do
    it "has the --help of $tool, to the letter"
    usage_in_readme $tool >"$dir/readme"
    run 0 $tool --help
    tr -d '\r' <"$dir/output" >"$dir/help"
    diff "$dir/readme" "$dir/help" >"$dir/difference" || {
        fail 'README.md (<) and --help (>) differ'
        sed 's/^/#     /' "$dir/difference" >>"$dir/failures"
    }
done

# The table of --help has a status that goes on in a second line; that of README.md is one row each.
it 'has the exit statuses of --help in its table'
sed -n '/^Exit status:/,$p' "$dir/help" | tail -n +2 |
    awk '/^ +[0-9]+  / { if (row) print row; number = $1; sub(/^ +[0-9]+  /, ""); row = "| " number " | " $0; next }
        { sub(/^ +/, ""); row = row " " $0 }
        END { print row }' | sed 's/$/ |/' >"$dir/statuses"
grep -E '^\| [0-9]+ \|' README.md >"$dir/table"
diff "$dir/table" "$dir/statuses" >"$dir/difference" || {
    fail 'README.md (<) and --help (>) differ'
    sed 's/^/#     /' "$dir/difference" >>"$dir/failures"
}
test "$(wc -l <"$dir/table")" -eq 10 || fail 'the table does not have ten rows'

finish
