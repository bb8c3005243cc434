# shellcheck shell=sh
# wine.sh - creates a Wine prefix for one run of tests, and removes it.
#
# Sourced in the top folder of the source. wine_begin creates the prefix, and
# sets WINSHM_RUN to the command with which Windows programs run: `wine`, or
# nothing on Windows itself. wine_end removes the prefix without a trace.

# wine_begin: create a prefix and start its server. Fails if Wine does not
# start.
wine_begin()
{
    case $(uname -s) in
    *_NT* | Windows*)
        # Without these variables MSYS2 and the bash of Git convert a NAME that
        # begins with a slash, and /?, as if they were paths.
        MSYS2_ARG_CONV_EXCL='*'
        MSYS_NO_PATHCONV=1
        WINSHM_RUN=
        export MSYS2_ARG_CONV_EXCL MSYS_NO_PATHCONV WINSHM_RUN
        return
        ;;
    esac

    mkdir -p build
    WINEPREFIX=$(mktemp -d "$PWD/build/wine.XXXXXX") || return 1
    WINEDEBUG=-all
    WINEDLLOVERRIDES='mscoree,mshtml=' # do not ask to install .NET and a browser
    LC_ALL=C.UTF-8                     # the encoding from which Wine converts arguments
    WINSHM_RUN=wine
    export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES LC_ALL WINSHM_RUN
    unset DISPLAY WAYLAND_DISPLAY WINEARCH WINESERVER WINELOADER

    # The driver "null" creates windows as on a screen, but needs no screen.
    # Wine reads this entry when a program creates its first window.
    cat >"$WINEPREFIX/user.reg" <<'REGISTRY'
WINE REGISTRY Version 2

[Software\\Wine\\Drivers]
"Graphics"="null"
REGISTRY

    # Start a server that stays. Otherwise each program of a scenario would
    # start one, and wait for its end.
    wineserver -p && wineboot -i </dev/null >build/wineboot.log 2>&1
}

# wine_end: end all programs in the prefix, and remove it.
wine_end()
{
    if [ -n "${WINEPREFIX-}" ] && [ "${WINSHM_RUN-}" = wine ]; then
        wineserver -k
        wineserver -w
        # Remove the socket of the server, too. Debian's Wine stores its path in
        # the prefix, and other builds name it after the prefix.
        listened=$(cat "$WINEPREFIX/wineserver" 2>/dev/null)
        case $listened in
        wine-??????) rm -rf "/tmp/$listened" ;;
        esac
        rm -rf "/tmp/.wine-$(id -u)/server-$(stat -c %D "$WINEPREFIX")-$(printf %x "$(stat -c %i "$WINEPREFIX")")"
        rm -rf "$WINEPREFIX"
        WINEPREFIX=
    fi
}
