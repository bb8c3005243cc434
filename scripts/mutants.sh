#!/bin/sh
# mutants.sh FILE [WORDS] - plant each of the defects that FILE lists, or those with WORDS in their first line, in a
# copy of the source, one at a time, and run the test that has to see it. Fails if a test sees nothing, or a defect
# does not fit into the source any more. FILE says how it is written.
#
# The copies are in build/mutants/, with the objects of the tests, so that only what a defect changes is built. A copy
# in which something is wrong stays there.
set -u

# plant FUNCTION OLD NEW: replace OLD in that function, or macro, in the one file that has it there, once.
plant()
{
    planted=0
    for file in common/*.h common/text/*.[ch] common/memory/*.[ch] common/console/*.[ch] writer/*.[ch] reader/*.[ch]; do
        if name=$1 old=$2 new=$3 awk '
            BEGIN { start = "^(#define |[a-z].*[ *])" ENVIRON["name"] "[(]"; old = ENVIRON["old"] }
            $0 ~ start && !/;$/ { inside = 1; is_macro = /^#/ }
            inside && (at = index($0, old)) > 0 {
                $0 = substr($0, 1, at - 1) ENVIRON["new"] substr($0, at + length(old))
                count++
            }
            { print }
            is_macro ? !/\\$/ : /^}/ { inside = 0 }
            END { exit count != 1 }' "$file" >planted; then
            cat planted >"$file"
            planted=$((planted + 1))
        fi
    done
    [ $planted -eq 1 ]
}

# program TEST: what runs it.
program()
{
    case $1 in
    *_test) find common writer reader -name "$1.c" | sed 's|^|build/native/|; s|\.c$||' ;;
    *_fuzz) echo "build/fuzz/$1" ;;
    *) echo "scripts/$1" ;;
    esac
}

# passes TEST: one that hangs does not. One that has failed in a part is not waited for.
passes()
{
    case $1 in
    *_test)
        { timeout 150 "$(program "$1")"; echo "ended with $?"; } |
            awk '{ print } /^not ok/ { exit } $0 == "ended with 0" { passed = 1 } END { exit !passed }'
        ;;
    *_fuzz) timeout 120 sh scripts/fuzz.sh --one 30 "$(program "$1")" ;;
    *) timeout 300 sh "$(program "$1")" ;;
    esac
}

# One, as xargs below starts it.
if [ "$1" = --one ]; then
    mutant=$2
    name=$(cat "$mutant/name")
    test=$(cat "$mutant/test")
    mkdir -p "$mutant/tree/build/native" "$mutant/tree/build/fuzz"
    cp -pR Makefile common writer reader scripts "$mutant/tree/"
    case $test in
    *_fuzz) cp -pR build/fuzz/obj "$mutant/tree/build/fuzz/" ;;
    *) cp -pR build/native/obj build/native/thread "$mutant/tree/build/native/" ;;
    esac
    cd "$mutant/tree" || exit 1
    while IFS= read -r line; do
        rest=${line#*: }
        plant "${line%%: *}" "${rest%% =>*}" "$(printf '%s\n' "${rest#* =>}" | sed 's/^ //')" || {
            echo "$name: DOES NOT APPLY: $line"
            exit 1
        }
    done <../edits
    make "$(program "$test")" >../log 2>&1 || {
        echo "$name: DOES NOT BUILD: see $mutant/log"
        exit 1
    }
    if passes "$test" >../log 2>&1; then
        echo "$name: SURVIVED $test"
        exit 1
    fi
    echo "$name: caught by $test"
    cd ../../../.. && rm -rf "$mutant"
    exit
fi

cd "$(dirname "$0")/.." || exit 2
mutants=build/mutants
rm -rf "$mutants"
mkdir -p "$mutants"
awk -v mutants="$mutants" -v words="${2-}" '
    /^(#|$)/ { next }
    /^[^ ]/ {
        left_out = index($0, words) == 0
        if (left_out) { next }
        directory = sprintf("%s/%03d", mutants, ++count)
        system("mkdir -p " directory)
        match($0, / \[.*\]$/)
        print substr($0, 1, RSTART - 1) >(directory "/name")
        print substr($0, RSTART + 2, RLENGTH - 3) >(directory "/test")
    }
    /^ / && !left_out { sub(/^ +/, ""); print >(directory "/edits") }' "$1"

# Each test has to pass without a defect.
sort -u "$mutants"/*/test | grep '_test$' | while read -r test; do
    if ! passes "$test" >"$mutants/log" 2>&1; then
        cat "$mutants/log" >&2
        echo "mutants: $test fails without any of them" >&2
        exit 1
    fi
done || exit 1
{
    find "$mutants" -mindepth 1 -maxdepth 1 -type d | sort | xargs -n 1 -P 2 sh scripts/mutants.sh --one
    echo $? >"$mutants/status"
} | tee "$mutants/log"
echo "$(grep -c ': caught by ' "$mutants/log") of $(grep -c '' "$mutants/log") caught"
exit "$(cat "$mutants/status")"
