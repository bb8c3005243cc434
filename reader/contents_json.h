/* contents_json.h - prints contents as a JSON object. */
#ifndef READER_CONTENTS_JSON_H
#define READER_CONTENTS_JSON_H

#include "reader/copy.h"

/*
 * Print a value for which copy_value() has returned COPY_TAKEN, and of which
 * there is a copy, as an object in one line, with these keys:
 *   - `name`: the full name.
 *   - `updates`, `updated`: how many updates there have been, and the time of
 *     the last one, or of the creation.
 *   - `encoding`: that of --encoding, or else the recorded one.
 *   - `text`: the contents, if they are text, or else `base64`. Text in a code
 *     page is text. UTF-8 and UTF-16 are if they are valid. Bytes of no encoding
 *     are if they are valid UTF-8 without a NUL and without a byte order mark.
 * Return EXIT_DONE. Otherwise report the failure and return its status.
 */
enum status contents_json_value(const struct reader *reader, const struct copied_value *value);

/*
 * Print memory that copy_memory() has copied in the same way. It has no updates.
 */
enum status contents_json_memory(const struct reader *reader, const struct copied_memory *part);

#endif
