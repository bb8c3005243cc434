/*
 * version.h - the version of both tools.
 *
 * The C compiler, the resource compiler and scripts/dist.sh read this file. The
 * commit that was built is in version.c instead, so that a new commit compiles
 * only that file again.
 */
#ifndef COMMON_CONSOLE_VERSION_H
#define COMMON_CONSOLE_VERSION_H

#define VERSION_TEXT "1.0.0"
#define VERSION_NUMBERS 1, 0, 0, 0

#ifndef RC_INVOKED
/*
 * The version, the architecture, the version of the layout and the commit, as
 * in "1.0.0 (x86_64, layout 1, build 84e50f1)".
 */
extern const char version_text[];
#endif

#endif
