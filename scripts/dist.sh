#!/bin/sh
# dist.sh ARCH BUILD - pack the programs in BUILD, for ARCH, into build/winshm-VERSION-ARCH.zip.
#
# The same source makes the same archive: the files are in order, as old as the commit they are built from, and have no
# owner.
set -eu
cd "$(dirname "$0")/.."

arch=$1
programs=$2
version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/version.h)
name=winshm-$version-$arch
folder=build/dist/$name
when=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}

rm -rf "$folder" "build/$name.zip"
mkdir -p "$folder/examples"
cp "$programs/shmwrite.exe" "$programs/shmread.exe" common/include/winshm.h "$folder"
cp scripts/demo.bat "$folder/demo.bat"
cp scripts/examples/*.bat common/examples/*.c "$folder/examples"

# As Windows' own editor shows it well, that of old Windows too.
sed 's/$/\r/' README.md >"$folder/README.txt"
sums=$(cd "$folder" && find . -type f | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum)
printf '%s\n' "$sums" >"$folder/SHA256SUMS.txt"

find "$folder" -exec touch -h -d "@$when" {} +
(
    cd build/dist
    export TZ=UTC
    find "$name" -type f | LC_ALL=C sort | zip -q -X -9 "../$name.zip" -@
)
rm -rf "$folder"
echo "build/$name.zip"
