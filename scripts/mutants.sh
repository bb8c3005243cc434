#!/bin/sh
# mutants.sh FILE [WORDS] - plant each of the defects that FILE lists, or those with WORDS in their name, in a copy of
# the source, one at a time, and run the tests that should see it. Fails when one of them is not seen, or does not fit
# into the source any more.
#
# FILE says how it is written. The copies are in build/mutants/, with the objects of the tests, so that no more is built
# than what a defect changes; a copy in which something is wrong stays there.
set -u

# plant DIRECTORY: replace the lines of old by those of new in the file; they have to be there once.
plant()
{
    awk -v old="$1/old" -v new="$1/new" '
        BEGIN {
            while ((getline text <old) > 0) { wanted[++size] = text }
            while ((getline text <new) > 0) { instead = instead text "\n" }
        }
        { line[NR] = $0 }
        END {
            for (i = 1; i <= NR; i++) {
                for (j = 1; j <= size && line[i + j - 1] == wanted[j]; j++) { }
                if (size > 0 && j > size) { found++; at = i }
            }
            if (found != 1) { exit 1 }
            for (i = 1; i <= NR; i++) {
                if (i == at) { printf "%s", instead; i += size - 1 } else { print line[i] }
            }
        }' "$1/tree/$2" >"$1/planted" && cat "$1/planted" >"$1/tree/$2"
}

# run TEST: does it pass? A test that hangs does not. One that has failed in a part is not waited for.
run()
{
    case $1 in
    *.sh) timeout 300 sh "$1" ;;
    build/fuzz/*) timeout 120 sh scripts/fuzz.sh --one 30 "$1" ;;
    *)
        { timeout 60 "$1"; echo "ended with $?"; } |
            awk '{ print } /^not ok/ { exit } $0 == "ended with 0" { passed = 1 } END { exit !passed }'
        ;;
    esac
}

# One, as xargs below starts it.
if [ "$1" = --one ]; then
    mutant=$2
    name=$(cat "$mutant/name")
    file=$(cat "$mutant/file")
    mkdir -p "$mutant/tree/build/native" "$mutant/tree/build/fuzz"
    cp -pR Makefile common writer reader scripts "$mutant/tree/"
    cp -pR build/native/obj "$mutant/tree/build/native/"
    if grep -q fuzz "$mutant/tests"; then
        cp -pR build/fuzz/obj "$mutant/tree/build/fuzz/"
    fi
    if ! plant "$mutant" "$file"; then
        echo "$name: DOES NOT APPLY: $file has not, or not once, the lines that it replaces"
        exit 1
    fi
    cd "$mutant/tree" || exit 1
    status=1
    while read -r test; do
        case $test in
        *_test) test=build/native/$test ;;
        *_fuzz) test=build/fuzz/$test ;;
        esac
        case $test in
        build/*)
            if ! make "$test" >../log 2>&1; then
                echo "$name: DOES NOT BUILD: see $mutant/log"
                exit 1
            fi
            ;;
        esac
        if ! run "$test" >../log 2>&1; then
            echo "$name: caught by $(basename "$test")"
            status=0
            break
        fi
    done <../tests
    cd ../../../.. || exit 1
    if [ $status -eq 0 ]; then
        rm -rf "$mutant"
    else
        echo "$name: SURVIVED: $file, $(tr '\n' ' ' <"$mutant/tests")"
    fi
    exit $status
fi

cd "$(dirname "$0")/.." || exit 2
mutants=build/mutants
rm -rf "$mutants"
mkdir -p "$mutants"

# What a defect is caught by has to pass without it.
sed -n 's/^test: \(.*_test\)$/\1/p' "$1" | sort -u | while read -r test; do
    if ! timeout 60 "build/native/$test" >"$mutants/log" 2>&1; then
        cat "$mutants/log" >&2
        echo "mutants: $test fails without any of them" >&2
        exit 1
    fi
done || exit 1

awk -v mutants="$mutants" -v words="${2-}" '
    /^mutant: / { left_out = index($0, words) == 0 }
    /^#/ || left_out { next }
    /^mutant: / {
        count++
        directory = sprintf("%s/%03d", mutants, count)
        system("mkdir -p " directory)
        print substr($0, 9) >(directory "/name")
    }
    /^file: / { print substr($0, 7) >(directory "/file") }
    /^test: / { print substr($0, 7) >(directory "/tests") }
    /^-/ { print substr($0, 2) >(directory "/old"); printf "" >(directory "/new") }
    /^\+/ { print substr($0, 2) >(directory "/new") }
' "$1"
{
    find "$mutants" -mindepth 1 -maxdepth 1 -type d | sort | xargs -n 1 -P 2 sh scripts/mutants.sh --one
    echo $? >"$mutants/status"
} | tee "$mutants/log"
echo "$(grep -c ': caught by ' "$mutants/log") of $(grep -c '' "$mutants/log") caught"
exit "$(cat "$mutants/status")"
