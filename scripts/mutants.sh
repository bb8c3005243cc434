#!/bin/sh
# mutants.sh FILE [WORDS] - plant defects, and check that tests fail.
#
# FILE is a list of defects, and describes its own format. With WORDS, only the
# defects with WORDS in their first line are used. Each defect is planted in a
# copy of the source of its own, and its test runs there. Fails if a test
# passes, or if a defect cannot be planted in the present source.
#
# The copies are in build/mutants/. Each begins with the objects of the tests,
# so that only the changed files are compiled. A copy is removed if its test has
# failed as it should.
set -u

# plant FUNCTION OLD NEW: replace OLD by NEW in this function or macro. Fails
# unless OLD occurs there exactly once, in exactly one file.
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

# program TEST: print the path of the program or script of a test.
program()
{
    case $1 in
    *_test) find common writer reader -name "$1.c" | sed 's|^|build/native/|; s|\.c$||' ;;
    *_fuzz) echo "build/fuzz/$1" ;;
    *) echo "scripts/$1" ;;
    esac
}

# passes TEST: run it, and return whether it passes. A test that hangs fails. A
# test is not run further after its first failure.
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

# Try one defect. xargs below starts this script so.
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

# Each test must pass without a defect.
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
