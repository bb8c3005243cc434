/* access_text.h - who may do what with a section, in words. */
#ifndef READER_ACCESS_TEXT_H
#define READER_ACCESS_TEXT_H

#include "common/text/sddl.h"

/*
 * Return the name of a SID, or of the letters for one: "this user" if that is
 * how the system writes `user`, which may be "".
 */
#define ACCESS_TEXT_ROOM 256
const char *access_text_name(struct sddl_text sid, const char *user, char text[ACCESS_TEXT_ROOM]);

/*
 * Take the next entry off the list, and put it into words: "SYSTEM: everything",
 * "Everyone: not write". One that is not that simple stays as it is written, cut
 * to the room. Return false at the end of the list.
 */
bool access_text_next(struct sddl_text *list, const char *user, char text[ACCESS_TEXT_ROOM]);

#endif
