/*
 * send.h - --stream: sending the input through a ring in shared memory, to the one who reads it.
 *
 * Two threads: the pump reads the input straight into the ring; the other one watches over it, and notices that the
 * reader has died while the pump is still waiting for input.
 */
#ifndef WRITER_SEND_H
#define WRITER_SEND_H

#include "writer/context.h"

enum status send_run(struct writer *writer);

#endif
