/* list.h - --list: what named shared memory there is. */
#ifndef READER_LIST_H
#define READER_LIST_H

#include "reader/context.h"

/*
 * List the sections of the namespaces that the options ask for whose names match PATTERN: those of this session, then
 * those of `Global\`, each in the order of their bytes. EXIT_NOTHING when there are none.
 */
enum status list_run(const struct reader *reader);

#endif
