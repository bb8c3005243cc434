/* printable.c - decides which characters of a name can be shown as they are. */
#include "common/text/printable.h"

#include <stddef.h>

bool printable_is(uint32_t c)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } masked[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200E, 0x200F}, {0x2028, 0x202E},
                  {0x2066, 0x2069}, {0xD800, 0xDFFF}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFF}};
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
        if (c >= masked[i].first && c <= masked[i].last) {
            return false;
        }
    }
    return (c & 0xFFFE) != 0xFFFE;
}
