/* version.c - the text of --version. */
#include "common/console/version.h"

#include "common/include/winshm.h"

/* The Makefile defines the commit that is built. */
#ifndef BUILD_TEXT
#define BUILD_TEXT "unknown"
#endif

/* The architecture for which this program is compiled. */
#if defined __x86_64__
#define ARCHITECTURE "x86_64"
#elif defined __i386__
#define ARCHITECTURE "i686"
#elif defined __aarch64__
#define ARCHITECTURE "aarch64"
#elif defined __arm__
#define ARCHITECTURE "arm"
#else
#define ARCHITECTURE "unknown architecture"
#endif

#define QUOTED(text) #text
#define QUOTED_VALUE(macro) QUOTED(macro)

const char version_text[] =
    VERSION_TEXT " (" ARCHITECTURE ", layout " QUOTED_VALUE(WINSHM_LAYOUT) ", build " BUILD_TEXT ")";
