/*
 * send.h - --stream: sends the input to a reader, through a ring in shared
 * memory.
 *
 * Two threads do this. The pump (pump.h) reads the input directly into the
 * ring. The main thread supervises the pump and the reader. So it detects the
 * death of the reader even while the pump is blocked in a read of the input.
 */
#ifndef WRITER_SEND_H
#define WRITER_SEND_H

#include "writer/context.h"

enum status send_run(struct writer *writer);

#endif
