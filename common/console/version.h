/*
 * version.h - what this is the version of. Read by the compiler, by the resource compiler, and by scripts/dist.sh.
 *
 * Which commit was built is no part of it: that is in version.c, which alone is built again for another commit.
 */
#ifndef COMMON_CONSOLE_VERSION_H
#define COMMON_CONSOLE_VERSION_H

#define VERSION_TEXT "1.0.0"
#define VERSION_NUMBERS 1, 0, 0, 0

#ifndef RC_INVOKED
/* Version, architecture, layout and build: "1.0.0 (x86_64, layout 1, build 84e50f1)". */
extern const char version_text[];
#endif

#endif
