/*
 * version.h - what this is the version of. Read by the compiler, by the resource compiler, and by scripts/dist.sh.
 *
 * BUILD_TEXT comes from the Makefile: the commit that was built.
 */
#ifndef VERSION_H
#define VERSION_H

#define VERSION_TEXT "1.0.0"
#define VERSION_NUMBERS 1, 0, 0, 0

#ifndef BUILD_TEXT
#define BUILD_TEXT "unknown"
#endif

#endif
