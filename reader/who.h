/* who.h - who may do what with a section, in words. */
#ifndef READER_WHO_H
#define READER_WHO_H

#include "common/text/sddl.h"

/*
 * Return the name of a SID, or of the letters for one: "this user" if that is
 * how the system writes `user`, which may be "".
 */
#define WHO_ROOM 256
const char *who_name(struct sddl_text sid, const char *user, char text[WHO_ROOM]);

/*
 * Take the next entry off the list, and tell it: "SYSTEM: everything", "Everyone: not write". One that is not that
 * simple stays as it is written, cut to the room. False at the end of the list.
 */
bool who_next(struct sddl_text *list, const char *user, char text[WHO_ROOM]);

#endif
