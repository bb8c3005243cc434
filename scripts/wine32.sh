#!/bin/sh
# wine32.sh FOLDER - put the 32-bit half of Wine into FOLDER, for WINEDLLPATH.
#
# Installed, it would bring the 32-bit libraries of half a system along. But Wine 8 and later also runs 32-bit programs
# in 64-bit processes, where it finds no 32-bit loader, and needs no more for that than its own 32-bit DLLs
# (release notes of Wine 8.0, "WoW64"). Debian has these in libwine for i386, which is fetched and unpacked,
# not installed. What apt has to know for that stays in FOLDER as well: this system does not become one of two
# architectures. Not possible elsewhere: then 1, and a line that says so.
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

# apt FOLDER ARGUMENT...: as on a system that has i386 too.
apt()
{
    apt-get -qq -o APT::Architectures::=amd64 -o APT::Architectures::=i386 -o APT::Sandbox::User=root \
        -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" "$@"
}

# An update may fail for one list of many, and then what was fetched is enough, or is not.
apt update
if ! (cd "$folder/apt" && apt download "libwine:i386=$wanted" && dpkg-deb -x ./libwine_*_i386.deb .) ||
    ! mv "$folder"/apt/usr/lib/i386-linux-gnu/wine/i386-windows "$folder"; then
    echo "wine32.sh: cannot fetch libwine:i386" >&2
    exit 1
fi
rm -rf "$folder/apt"
echo "$wanted" >"$folder/version"
