#!/bin/sh
# debian13.sh FOLDER - run the README's commands on a fresh Debian 13.
#
# It runs `make setup demo` and `make setup test`, and then the scenarios again
# with programs for the UCRT, the newer C library of Windows.
#
# FOLDER stores the downloads, so that later runs are fast: `base` is a Debian
# 13 with nothing but make and git, and `archives` has the packages that
# scripts/setup.sh installs there. Each run works in FOLDER/run, a copy of
# `base`. It is removed if the run succeeds, and otherwise at the next run. The
# source is a clone of the last commit of this repository, without changes that
# are not committed.
#
# Needs root, debootstrap and unshare. Debian comes from the mirror that apt-get
# of this machine uses. The mounts and all processes are in name spaces of their
# own, so that the kernel removes them however this script ends.
#
# Prints what the commands print, then one line for each of them with its counts
# and its duration. The exit status is 0 if all of them succeed, else 1.
set -u

release=trixie

fail()
{
    echo "debian13.sh: $*" >&2
    exit 2
}

# ---- In the name spaces ----------------------------------------------------------------------------------------------

# make_base FOLDER: install the smallest Debian 13 that has make and git.
make_base()
{
    # The mirror is the one with the label Debian. That of the security updates
    # has another label.
    # shellcheck disable=SC2016 # apt-get, not the shell, replaces $()
    mirror=$(apt-get indextargets --format '$(REPO_URI)|$(LABEL)' 2>/dev/null | sed -n 's/|Debian$//p' | sed 1q)
    test -n "$mirror" || fail 'apt-get of this machine knows no mirror of Debian'
    echo "debian13.sh: installing Debian 13 into $1/base, once"
    rm -rf "$1/base.new"
    debootstrap --variant=minbase --include=make,git,ca-certificates "$release" "$1/base.new" "$mirror" \
        >"$1/debootstrap.log" 2>&1 || fail "debootstrap failed; see $1/debootstrap.log"
    # dpkg need not wait for the disk: this system is useless after a crash.
    echo force-unsafe-io >"$1/base.new/etc/dpkg/dpkg.cfg.d/unsafe-io"
    mv "$1/base.new" "$1/base"
}

mount_or_fail()
{
    mount "$@" || fail "cannot mount: $*"
}

# enter FOLDER: prepare a system in FOLDER/run, and run this script inside of
# it.
enter()
{
    test -d "$1/base" || make_base "$1"
    rm -rf "$1/run"
    cp -a "$1/base" "$1/run" || fail "cannot copy $1/base"
    git clone --quiet . "$1/run/winshm" || fail 'git cannot clone this repository'

    # Copy the settings of this machine for the network and for apt-get.
    cp /etc/resolv.conf /etc/hosts "$1/run/etc/"
    apt-config dump | grep -E '^Acquire::(Check|ForceIP|http|https)' >"$1/run/etc/apt/apt.conf.d/90machine"
    echo 'APT::Keep-Downloaded-Packages "true";' >>"$1/run/etc/apt/apt.conf.d/90machine"

    mkdir -p "$1/archives" "$1/run/dev/pts" "$1/run/dev/shm"
    mount_or_fail -t proc proc "$1/run/proc"
    mount_or_fail -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$1/run/dev/pts"
    mount_or_fail -t tmpfs -o mode=1777 shm "$1/run/dev/shm"
    mount_or_fail --bind "$1/archives" "$1/run/var/cache/apt/archives"
    ln -sf pts/ptmx "$1/run/dev/ptmx"
    chroot "$1/run" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        TERM="${TERM:-dumb}" sh /winshm/scripts/debian13.sh --inside
}

# ---- In Debian 13 ----------------------------------------------------------------------------------------------------

# part NAME COMMAND...: run a command, and append a line about it to /results.
part()
{
    name=$1
    shift
    echo "==== $name"
    begun=$(date +%s)
    { "$@" 2>&1; echo $? >/status; } | tee /output
    status=$(cat /status)
    seconds=$(($(date +%s) - begun))
    result=succeeded
    test "$status" -eq 0 || { result="failed with status $status"; failed=1; }
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' /output | sed '$!d')
    echo "$name: $result${counts:+, $counts}, $seconds s" >>/results
}

# with_ucrt: build the programs for the UCRT in a folder of their own, and run
# the scenarios with them.
# shellcheck disable=SC2317 # `part` calls this function
with_ucrt()
{
    sh scripts/setup.sh ucrt || return
    make -j2 scenario-programs BUILD=build/ucrt CROSS=x86_64-w64-mingw32ucrt- WERROR=-Werror || return
    # shellcheck disable=SC2035 # test.sh makes file names from these: no ./ here
    WINSHM_BUILD=build/ucrt sh scripts/test.sh writer/tests/*.t reader/tests/*.t common/tests/scenarios/*.t
}

inside()
{
    cd /winshm || exit 2
    failed=0
    : >/results
    part 'make setup demo' make setup demo
    part 'make setup test' make setup test
    part 'scenarios with UCRT' with_ucrt

    echo "==== Debian $(cat /etc/debian_version), commit $(git rev-parse --short HEAD)"
    wine --version 2>/dev/null # its stderr recommends 32-bit libraries
    for tool in x86_64-w64-mingw32-gcc x86_64-w64-mingw32ucrt-gcc clang; do
        $tool --version | sed 1q
    done
    dpkg-query -W -f '${Package} ${Version}\n' mingw-w64-common
    cat /results
    exit $failed
}

# ---- On this machine -------------------------------------------------------------------------------------------------

case ${1-} in
--inside) inside ;;
--enter)
    enter "$2"
    exit
    ;;
'') fail 'which folder?' ;;
esac

test "$(id -u)" = 0 || fail 'this needs root, for debootstrap and chroot'
for tool in debootstrap unshare git apt-get; do
    command -v $tool >/dev/null 2>&1 || fail "this needs $tool, which is not installed"
done
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$1" || exit 2
folder=$(cd "$1" && pwd) || exit 2
case $folder in
*[!A-Za-z0-9/._-]*) fail "debootstrap does not work in a folder of such a name: $folder" ;;
esac

exec 9>"$folder/lock"
flock -n 9 || fail "another run uses $folder"
trap 'kill -KILL "$running"; rm -rf "$folder/run"; exit 130' INT TERM HUP
unshare --mount --pid --fork --kill-child sh scripts/debian13.sh --enter "$folder" 9>&- &
running=$!
wait "$running"
status=$?
test $status -ne 0 || rm -rf "$folder/run"
exit $status
