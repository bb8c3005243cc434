# shellcheck shell=sh
# wine.sh - a Wine prefix for one run of tests, started with wine_begin and taken away without a trace by wine_end.
#
# Sourced from the top of the tree. Afterwards WINSHM_RUN is what goes in front of a Windows program: `wine`, or nothing
# on Windows itself, where both functions have nothing to do.

wine_begin()
{
    case $(uname -s) in
    *_NT* | Windows*)
        # MSYS2, and the bash of Git, would take a NAME that begins with a slash, and /?, for paths.
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
    WINEDLLOVERRIDES='mscoree,mshtml=' # nobody needs .NET or a browser, and nobody should be asked to install them
    LC_ALL=C.UTF-8                     # in which the arguments are that Wine turns into UTF-16
    WINSHM_RUN=wine
    export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES LC_ALL WINSHM_RUN
    unset DISPLAY WAYLAND_DISPLAY WINEARCH WINESERVER WINELOADER

    # Windows are made as they are on a screen, without one. Whoever makes the first one looks here.
    cat >"$WINEPREFIX/user.reg" <<'REGISTRY'
WINE REGISTRY Version 2

[Software\\Wine\\Drivers]
"Graphics"="null"
REGISTRY

    # A server that stays: else each program of a scenario would start one and wait for it to end.
    wineserver -p && wineboot -i </dev/null >build/wineboot.log 2>&1
}

wine_end()
{
    if [ -n "${WINEPREFIX-}" ] && [ "${WINSHM_RUN-}" = wine ]; then
        wineserver -k
        wineserver -w
        # Where the server listened: Debian's notes it in the prefix, others name it after the prefix.
        listened=$(cat "$WINEPREFIX/wineserver" 2>/dev/null)
        case $listened in
        wine-??????) rm -rf "/tmp/$listened" ;;
        esac
        rm -rf "/tmp/.wine-$(id -u)/server-$(stat -c %D "$WINEPREFIX")-$(printf %x "$(stat -c %i "$WINEPREFIX")")"
        rm -rf "$WINEPREFIX"
        WINEPREFIX=
    fi
}
