#!/bin/sh
# dist.sh ARCH BUILD [FOLDER] - pack the programs in BUILD into a zip archive.
#
# The archive is FOLDER/winshm-VERSION-ARCH.zip. FOLDER is build/ by default.
#
# The same source produces the same bytes of the archive on every machine. The
# files are sorted, and have the time of the commit, fixed rights and line ends,
# and no owner.
set -eu
cd "$(dirname "$0")/.."

arch=$1
programs=$2
version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/console/version.h)
name=winshm-$version-$arch
packed=${3:-build}
folder=$packed/dist/$name

# The time of all files. Without a repository it is the day of the version.
when=${SOURCE_DATE_EPOCH:-}
if [ -z "$when" ] && [ -e .git ]; then
    when=$(git log -1 --format=%ct 2>/dev/null) || when=
fi
when=${when:-1767225600}

rm -rf "$packed/dist" "$packed/$name.zip"
mkdir -p "$folder/examples"
cp "$programs/shmwrite.exe" "$programs/shmread.exe" "$programs/winshm-check.exe" "$folder"

# text FILE TO END: copy a text file, and end each line with END and a newline,
# whether or not it ends in CR LF here. END is \r or nothing. awk converts \r to
# a CR, because sed and $(...) drop a CR on Windows.
text()
{
    tr -d '\r' <"$1" | awk -v end="$3" '{ printf "%s%s\n", $0, end }' >"$2"
}

# Text and batch files end their lines in CR LF, for cmd and old editors.
# document FILE TO: copy a document. Replace the paths of the source tree by the
# paths of the package. Documents about the source itself are not packed.
document()
{
    sed 's|\.\./scripts/examples/README\.md|examples/README.txt|g; s|scripts/examples/README\.md|examples/README.txt|g
        s|(\.\./README\.md|(README.txt|g; s|\(\.\./\)*writer/README\.md|shmwrite.txt|g
        s|\(\.\./\)*reader/README\.md|shmread.txt|g; s|scripts/examples|examples|g
        s|common/examples/|examples/|g; s|common/include/winshm\.h|winshm.h|g' "$1" >"$packed/dist/document"
    text "$packed/dist/document" "$2" '\r'
    rm "$packed/dist/document"
}
document README.md "$folder/README.txt"
document writer/README.md "$folder/shmwrite.txt"
document reader/README.md "$folder/shmread.txt"
document scripts/examples/README.md "$folder/examples/README.txt"
text scripts/demo.bat "$folder/demo.bat" '\r'
text common/include/winshm.h "$folder/winshm.h" ''
for file in scripts/examples/*.bat; do
    text "$file" "$folder/examples/${file##*/}" '\r'
done
for file in common/examples/*.c; do
    text "$file" "$folder/examples/${file##*/}" ''
done

(
    cd "$folder"
    LC_ALL=C
    TZ=UTC
    export LC_ALL TZ
    find . -type f | sed 's|^\./||' | sort >../files
    xargs sha256sum <../files | tr '*' ' ' >SHA256SUMS.txt # on Windows a star marks a binary file
    rm ../files

    chmod 755 . examples ./*.exe
    chmod 644 ./*.txt ./*.bat ./*.h examples/*
    find . -exec touch -d "@$when" {} +
    cd ..
    find "$name" -type f | sort | zip -q -X -9 "../$name.zip" -@
)
rm -rf "$packed/dist"
echo "$packed/$name.zip"
