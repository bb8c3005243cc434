#!/bin/sh
# wine32.sh FOLDER - download the 32-bit DLLs of Wine into FOLDER.
#
# FOLDER is to be in WINEDLLPATH. If Wine 8 or later finds no 32-bit loader, it
# runs 32-bit programs in 64-bit processes, and needs nothing for that but its
# own 32-bit DLLs (release notes of Wine 8.0, "WoW64"). Debian has these DLLs in
# the package libwine for i386. To install that package would install many
# 32-bit libraries. So this script only downloads and unpacks it. The package
# lists for i386 are in FOLDER, too, so that i386 is not added to the
# architectures of this system.
#
# On a system without apt-get or without Debian's Wine it prints a line that
# says so, and fails.
set -u

folder=$1
wanted=$(dpkg-query -W -f '${Version}' libwine 2>/dev/null)
if [ -z "$wanted" ] || ! command -v apt-get >/dev/null; then
    echo "wine32.sh: there is no Wine of Debian's here" >&2
    exit 1
fi
if [ "$(cat "$folder/version" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

rm -rf "$folder"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" || exit 1
folder=$(cd "$folder" && pwd)

# apt ARGUMENT...: run apt-get as on a system that also has i386, with its lists
# in $folder.
apt()
{
    apt-get -qq -o APT::Architectures::=amd64 -o APT::Architectures::=i386 -o APT::Sandbox::User=root \
        -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" "$@"
}

# The update may fail for some lists only. Whether the others are enough shows
# at the download.
apt update
if ! (cd "$folder/apt" && apt download "libwine:i386=$wanted" && dpkg-deb -x ./libwine_*_i386.deb .) ||
    ! mv "$folder"/apt/usr/lib/i386-linux-gnu/wine/i386-windows "$folder"; then
    echo "wine32.sh: cannot fetch libwine:i386" >&2
    exit 1
fi
rm -rf "$folder/apt"
echo "$wanted" >"$folder/version"
