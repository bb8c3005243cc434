/* put.h - --put: updates NAME, or creates it and holds it in the background. */
#ifndef WRITER_PUT_H
#define WRITER_PUT_H

#include "writer/context.h"

enum status put_run(struct writer *writer);

#endif
