/* access_text.h - describes access lists in words. */
#ifndef READER_ACCESS_TEXT_H
#define READER_ACCESS_TEXT_H

#include "common/text/sddl.h"

/*
 * Write the name of the user or group with the SID `sid` to `text`, and return
 * `text`. `sid` may also be the two letters that SDDL has for some SIDs. `user`
 * is the SID of this user as user_in_sddl() returns it, or "". If it equals
 * `sid`, the name is "this user". A SID without a name is written as it is.
 */
#define ACCESS_TEXT_ROOM 256
const char *access_text_name(struct sddl_text sid, const char *user, char text[ACCESS_TEXT_ROOM]);

/*
 * Remove the first entry from `list`, and describe it in `text`, such as
 * "SYSTEM: everything" or "Everyone: not write". An entry with conditions, or
 * one that applies only to other objects, is copied as it is, cut to
 * ACCESS_TEXT_ROOM. Return false at the end of the list.
 */
bool access_text_next(struct sddl_text *list, const char *user, char text[ACCESS_TEXT_ROOM]);

#endif
