#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'the package of make dist is complete, always the same, and runs wherever it is unpacked'

for tool in zip unzip sha256sum; do
    command -v $tool >/dev/null || leave_out "there is no $tool"
done
version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/console/version.h)
name=winshm-$version-x86_64
packed=$dir/$name.zip
unpacked="$dir/un packed/$name"

it 'packs the programs, the header, the examples, the demonstration and the documents'
sh scripts/dist.sh x86_64 "$build" "$dir" >"$dir/said" 2>&1 || fail "$(cat "$dir/said")"
mkdir "$dir/un packed"
unzip -q "$packed" -d "$dir/un packed" >"$dir/said" 2>&1 || fail "$(cat "$dir/said")"
{
    printf '%s\n' README.txt SHA256SUMS.txt demo.bat examples/README.txt shmread.exe shmread.txt shmwrite.exe \
        shmwrite.txt winshm-check.exe winshm.h
    for file in scripts/examples/*.bat common/examples/*.c; do
        echo "examples/${file##*/}"
    done
} | LC_ALL=C sort >"$dir/wanted"
(cd "$unpacked" && find . -type f | sed 's|^\./||' | LC_ALL=C sort) >"$dir/output"
output_equals "$dir/wanted"
for tool in shmwrite shmread winshm-check; do
    cmp -s "$build/$tool.exe" "$unpacked/$tool.exe" || fail "$tool.exe is another"
done

it 'lists the right checksums'
(cd "$unpacked" && sha256sum -c SHA256SUMS.txt) >"$dir/said" 2>&1 || fail "$(cat "$dir/said")"
[ "$(wc -l <"$unpacked/SHA256SUMS.txt")" -eq $(($(wc -l <"$dir/wanted") - 1)) ] || fail 'a file has no sum'

it 'ends the lines of the text and batch files in CR LF'
for file in "$unpacked"/*.txt "$unpacked"/*.bat "$unpacked"/examples/*.bat "$unpacked"/examples/*.txt; do
    case $file in
    */SHA256SUMS.txt) ;; # sha256sum -c accepts no CR
    *)
        lines_end_in_cr "$file" || fail "$file has other line ends"
        show_cr <"$file" | grep -q "$cr$cr" && fail "$file has more than one CR at the end of a line"
        ;;
    esac
done
[ "$(wc -l <"$unpacked/README.txt")" -eq "$(wc -l <README.md)" ] || fail 'README.txt is not README.md'
(cd "$unpacked" && grep -n 'scripts/examples\|common/examples\|common/include\|er/README' ./*.txt examples/*.txt) \
    >"$dir/elsewhere" && fail "a document names a file that the package has elsewhere: $(head -n 1 "$dir/elsewhere")"

it 'packs the same bytes again, whatever the rights and the times of the files'
mkdir "$dir/again" "$dir/build"
cp "$build/shmwrite.exe" "$build/shmread.exe" "$build/winshm-check.exe" "$dir/build"
(
    umask 077
    TZ=Pacific/Chatham LC_ALL=C sh scripts/dist.sh x86_64 "$dir/build" "$dir/again"
) >"$dir/said" 2>&1 || fail "$(cat "$dir/said")"
cmp -s "$packed" "$dir/again/$name.zip" || fail 'it is another archive'

it 'runs the demonstration where it is unpacked'
if on_wine; then
    # Wine's fc does not compare the files.
    mkdir "$unpacked/tests"
    cp "$build/tests/same_w.exe" "$unpacked/tests"
fi
timeout "$((limit * 2))" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$unpacked/demo.bat")" \
    >"$dir/output" 2>"$dir/errors"
status=$?
[ $status -eq 0 ] || fail "it ended with $status"
output_has 'Every result is as expected.'

finish
