/* lines.c - --lines: makes each line of the input the new value of NAME. */
#include "writer/lines.h"

#include <inttypes.h>
#include <string.h>

#include "common/console/explain.h"
#include "common/console/progress.h"
#include "common/memory/announcement.h"
#include "common/memory/value.h"
#include "common/text/size.h"
#include "common/text/text.h"
#include "writer/create.h"
#include "writer/existing.h"
#include "writer/patience.h"
#include "writer/pump.h"
#include "writer/put.h"
#include "writer/update_lock.h"

/*
 * The size of the ring in bytes. A quarter of it is the most that is read at
 * once, and so the largest batch.
 */
#define LINES_RING_BYTES ((size_t)1 << 20)

/* The longest end of a line: CR LF in UTF-16. */
#define LINE_END_MOST 4

struct lines {
    struct writer *writer;
    struct pump pump;
    struct stream stream;        /* this thread's side of the ring */
    void *memory;                /* the ring, the trailer of the ring, and `part` */
    object *data;                /* auto event: wakes this thread */
    object *space;               /* auto event: wakes the pump */
    object *stop;                /* event: asks the pump to stop */
    bool is_wide;                /* the input is UTF-16 */
    uint8_t *part;               /* the part of a line that has come, if its end has not */
    size_t part_size;            /* bytes */
    uint64_t room;               /* for a line, in bytes */
    uint64_t count;              /* lines that have become the value */
    struct hold hold;            /* with --put: only during a batch */
    struct trailer_identity put; /* with --put: of the value that the first line created or updated */
    bool in_batch;               /* this thread owns the mutex `writer` */
    struct progress progress;
};

static bool is_put(const struct lines *lines)
{
    return lines->writer->options->verb == VERB_PUT;
}

static enum status has_been_released(const struct report *report)
{
    return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "has been released");
}

static enum status line_too_long(const struct lines *lines, uint64_t room)
{
    char size[SIZE_ROOM];
    return report_failure(lines->writer->report, EXIT_NO_ROOM, OSERROR_NONE, "line %" PRIu64 " is larger than %s",
                          lines->count + 1, size_print_exact(room, size));
}

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

/* Create NAME with its first contents, and become its holder. */
static enum status hold_first(struct lines *lines, struct contents *contents)
{
    const struct writer *writer = lines->writer;
    enum status status = create_value(writer, contents, &lines->hold);
    if (status == EXIT_DONE) {
        status = hold_begin(writer, &lines->hold);
    }
    if (status == EXIT_DONE) {
        (void)object_signal(lines->hold.writer, SIGNAL_RELEASE);
        lines->stream.end = lines->hold.release;
    }
    if (status == EXIT_DONE && !file_is_console(lines->pump.input.file)) {
        /* On a console the note would appear in the line that the user is typing. */
        report_note(writer->report, "holding the newest line until the input ends");
    }
    return status;
}

/* Make the first line the contents of NAME. */
static enum status publish_first(struct lines *lines, const uint8_t *line, size_t size)
{
    struct writer *writer = lines->writer;
    struct contents contents = {.text = lines->pump.input.text};
    writer->deadline = patience_deadline(writer->options, PATIENCE_MS);
    enum status status = contents_add_bytes(writer->report, &contents, line, size);
    if (status == EXIT_DONE) {
        status = is_put(lines) ? put_contents(writer, &contents, &lines->put) : hold_first(lines, &contents);
    }
    contents_close(&contents);
    return status;
}

/*
 * Open the value that the first line created or updated. If it does not exist
 * any more, or NAME is another value now, report that it has been released.
 */
static enum status open_put(struct lines *lines)
{
    const struct writer *writer = lines->writer;
    struct hold *hold = &lines->hold;
    enum trailer_verdict verdict;
    enum status status = update_lock_own(writer, hold);
    if (status != EXIT_DONE) {
        return status;
    }
    oserror error = existing_open(writer, ACCESS_WRITE, hold, &verdict);
    bool is_same = verdict == TRAILER_OURS && trailer_is_same(&hold->mapping, lines->put);
    if (error != OSERROR_NONE && error != OSERROR_FILE_NOT_FOUND) {
        status = existing_explain_open(writer, hold, error);
    } else if (verdict == TRAILER_NEWER || verdict == TRAILER_DAMAGED) {
        status = explain_verdict(writer->report, verdict);
    } else if (!is_same) {
        status = has_been_released(writer->report);
    }
    if (status != EXIT_DONE) {
        hold_close(hold);
    }
    return status;
}

/* Own the mutex `writer`, and with --put open NAME. */
static enum status begin_batch(struct lines *lines)
{
    struct writer *writer = lines->writer;
    writer->deadline = patience_deadline(writer->options, PATIENCE_MS);
    enum status status = is_put(lines) ? open_put(lines) : update_lock_wait(writer, &lines->hold);
    lines->in_batch = status == EXIT_DONE;
    return status;
}

/*
 * End the batch, if one has begun: announce its updates, and let other updaters
 * in. Return `status`, or the failure of a batch whose value was released
 * before its last update was complete.
 */
static enum status end_batch(struct lines *lines, enum status status)
{
    const struct writer *writer = lines->writer;
    if (!lines->in_batch) {
        return status;
    }
    lines->in_batch = false;
    bool is_released = is_put(lines) && trailer_is_released(&lines->hold.mapping);
    announcement_make(writer->options->name, &lines->hold.mapping);
    if (!is_put(lines)) {
        (void)object_signal(lines->hold.writer, SIGNAL_RELEASE);
        return status;
    }
    hold_close(&lines->hold);
    return is_released && status == EXIT_DONE ? has_been_released(writer->report) : status;
}

/* Replace the contents of NAME, during a batch. */
static enum status publish_next(const struct lines *lines, const uint8_t *line, size_t size)
{
    const struct mapping *mapping = &lines->hold.mapping;
    struct value_update update;
    if (size > mapping->capacity) {
        return line_too_long(lines, mapping->capacity);
    }
    if (!value_begin_update(mapping, &update)) {
        return explain_verdict(lines->writer->report, TRAILER_DAMAGED);
    }
    value_write(&update, 0, line, size);
    value_commit(&update, size, lines->pump.input.text);
    return EXIT_DONE;
}

/* Make a line the contents of NAME. `size` includes the end of the line. */
static enum status publish_line(struct lines *lines, const uint8_t *line, size_t size)
{
    enum status status = EXIT_DONE;
    size -= text_final_newline(line, size, lines->is_wide);
    if (size > lines->room) {
        return line_too_long(lines, lines->room);
    }
    if (lines->count == 0) {
        status = publish_first(lines, line, size);
    } else {
        status = lines->in_batch ? EXIT_DONE : begin_batch(lines);
        status = status == EXIT_DONE ? publish_next(lines, line, size) : status;
    }
    lines->count += status == EXIT_DONE;
    return status;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* Return the number of bytes up to the first LF and with it, or `size` if there is none. */
static size_t to_line_end(const uint8_t *bytes, size_t size, bool is_wide)
{
    if (!is_wide) {
        const uint8_t *end = memchr(bytes, '\n', size);
        return end != NULL ? (size_t)(end - bytes) + 1 : size;
    }
    size_t at = 0;
    while (size - at >= 2 && text_final_newline(bytes + at, 2, true) == 0) {
        at += 2;
    }
    return size - at >= 2 ? at + 2 : size;
}

static bool ends_line(const uint8_t *bytes, size_t size, bool is_wide)
{
    return is_wide ? size % 2 == 0 && text_final_newline(bytes, size, true) != 0 : bytes[size - 1] == '\n';
}

/*
 * Take the next bytes of the input: publish each line that is whole now, and
 * keep the part of a line behind the last one.
 */
static enum status take_bytes(struct lines *lines, const uint8_t *bytes, size_t size)
{
    enum status status = EXIT_DONE;
    while (size > 0 && status == EXIT_DONE) {
        /* In UTF-16, first complete a unit whose first byte is in the part. */
        bool is_half = lines->is_wide && lines->part_size % 2 != 0;
        size_t step = is_half ? 1 : to_line_end(bytes, size, lines->is_wide);
        if (lines->part_size == 0 && ends_line(bytes, step, lines->is_wide)) {
            status = publish_line(lines, bytes, step);
        } else if (step > lines->room + LINE_END_MOST - lines->part_size) {
            status = line_too_long(lines, lines->room);
        } else {
            memcpy(lines->part + lines->part_size, bytes, step);
            lines->part_size += step;
            if (ends_line(lines->part, lines->part_size, lines->is_wide)) {
                status = publish_line(lines, lines->part, lines->part_size);
                lines->part_size = 0;
            }
        }
        bytes += step;
        size -= step;
    }
    return status;
}

/*
 * Take what is in the ring, as one batch. Set *any to whether there was
 * something.
 */
static enum status take_batch(struct lines *lines, bool *any)
{
    uint8_t *bytes;
    size_t size;
    if (ring_span(&lines->stream.ring, &bytes, &size) == RING_BROKEN) {
        return EXIT_SYSTEM; /* cannot happen: the ring is in private memory */
    }
    *any = size > 0;
    size = stream_piece(&lines->stream, size);
    enum status status = end_batch(lines, take_bytes(lines, bytes, size));
    if (size > 0) {
        stream_advance(&lines->stream, size);
    }
    return status;
}

/* Handle the end of the input: publish a last line that has no end. */
static enum status finish(struct lines *lines)
{
    const struct report *report = lines->writer->report;
    enum status status = EXIT_DONE;
    if (lines->pump.end == PUMP_INPUT_FAILED) {
        return pump_explain_input(report, &lines->pump);
    }
    if (lines->pump.end != PUMP_ALL_SENT) {
        return report_failure(report, EXIT_SYSTEM, lines->pump.error, "cannot wait for the input");
    }
    if (lines->part_size > 0) {
        status = end_batch(lines, publish_line(lines, lines->part, lines->part_size));
    }
    return status == EXIT_DONE && lines->count == 0
               ? report_failure(report, EXIT_NOTHING, OSERROR_NONE, "nothing to write: the input is empty")
               : status;
}

/*
 * Take all lines of the input. Return EXIT_DONE after the last one, or when
 * this process is asked to let go of NAME.
 */
static enum status take_all(struct lines *lines)
{
    const struct report *report = lines->writer->report;
    struct stream *stream = &lines->stream;
    for (;;) {
        /*
         * Load this before looking at the ring: a pump that has closed its side
         * adds no more bytes.
         */
        uint32_t closed = ring_closed(&stream->ring);
        bool any = false;
        enum status status = take_batch(lines, &any);
        if (status != EXIT_DONE) {
            return status;
        }
        if (!any && closed != WINSHM_OPEN) {
            return finish(lines);
        }
        /* If there is more to do, only look: the input may never pause. */
        struct waited waited =
            any ? wait_any(&stream->end, stream->end != NULL ? 1 : 0, 0) : stream_wait(stream, lines->progress.due);
        progress_show(&lines->progress, stream->ring.position, ring_fill(&stream->ring), stream->ring.capacity, false);
        if (waited.how == WAITED_FAILED) {
            return report_failure(report, EXIT_SYSTEM, waited.error, "cannot wait for the input");
        }
        if (waited.how == WAITED_INTERRUPTED) {
            return EXIT_INTERRUPTED;
        }
        if (waited.how == WAITED_SIGNALLED && waited.which == (any ? 0 : 1)) {
            report_detail(report, "released: on request");
            return EXIT_DONE;
        }
    }
}

/* ---- The verb ---------------------------------------------------------------------------------------------------- */

/* Make the ring, and start the pump. */
static enum status start(struct lines *lines)
{
    const struct report *report = lines->writer->report;
    const size_t before_part = LINES_RING_BYTES + WINSHM_TRAILER_SIZE;
    uint64_t most = SIZE_MAX - before_part - LINE_END_MOST;
    uint8_t *memory = lines->room <= most ? memory_take(before_part + (size_t)lines->room + LINE_END_MOST) : NULL;
    if (memory == NULL) {
        return explain_no_memory(report, lines->room, OSERROR_NOT_ENOUGH_MEMORY);
    }
    lines->memory = memory;
    lines->part = memory + before_part;
    struct mapping mapping = {.view = {.base = memory, .size = before_part},
                              .trailer = (winshm_trailer *)(void *)(memory + LINES_RING_BYTES),
                              .kind = WINSHM_STREAM,
                              .capacity = LINES_RING_BYTES,
                              .consumers = 1};
    memset(mapping.trailer, 0, WINSHM_TRAILER_SIZE);

    oserror error = object_create(OBJECT_AUTO_EVENT, NULL, NULL, &lines->data);
    if (error == OSERROR_NONE) {
        error = object_create(OBJECT_AUTO_EVENT, NULL, NULL, &lines->space);
    }
    if (error == OSERROR_NONE) {
        error = object_create(OBJECT_EVENT, NULL, NULL, &lines->stop);
    }
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_SYSTEM, error, "cannot wait for the input");
    }
    struct stream *pumped = &lines->pump.stream;
    *pumped = (struct stream){.wake = lines->space, .others = &lines->data, .other_count = 1, .end = lines->stop};
    ring_produce(&pumped->ring, &mapping);
    stream_begin(pumped);
    lines->stream = (struct stream){.wake = lines->data, .others = &lines->space, .other_count = 1};
    ring_consume(&lines->stream.ring, &mapping, 0);
    stream_begin(&lines->stream);
    return pump_start(report, &lines->pump);
}

/*
 * Let go of NAME first, and then stop the pump. If it does not stop, keep
 * everything that it may use until the process ends.
 */
static void lines_close(struct lines *lines)
{
    hold_close(&lines->hold);
    if (pump_stop(&lines->pump)) {
        object_close(lines->stop);
        object_close(lines->space);
        object_close(lines->data);
        memory_give(lines->memory);
        contents_close(&lines->pump.input);
    }
}

/* Publish all lines of the input, which is open. */
static enum status run_opened(struct lines *lines)
{
    const struct writer *writer = lines->writer;
    uint64_t total = 0;
    lines->is_wide = value_text_is_wide(lines->pump.input.text);
    (void)file_remaining(lines->pump.input.file, &total);
    /* Progress would appear in the line that the user is typing. */
    bool is_shown = writer->options->progress && !file_is_console(lines->pump.input.file);
    progress_begin(&lines->progress, writer->report, is_shown, total);
    enum status status = start(lines);
    if (status != EXIT_DONE) {
        return status;
    }
    status = take_all(lines);
    const struct ring *ring = &lines->stream.ring;
    progress_show(&lines->progress, ring->position, ring_fill(ring), ring->capacity, true);
    if (status == EXIT_INTERRUPTED && lines->hold.ends != NULL) {
        report_detail(writer->report, "released: interrupted");
        return EXIT_DONE;
    }
    return status;
}

enum status lines_run(struct writer *writer)
{
    static struct lines lines; /* not on the stack: the pump may outlive this function */
    bool exists;
    enum status status = access_decide(writer);
    if (status == EXIT_DONE) {
        status = writer->options->verb == VERB_PUT ? put_check(writer, &exists) : existing_check(writer);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    lines = (struct lines){.writer = writer,
                           .room = options_line_room(writer->options),
                           .pump = {.report = *writer->report, .timeout = CLOCK_NEVER}};
    status = contents_open_input(writer, &lines.pump.input);
    if (status == EXIT_DONE) {
        status = run_opened(&lines);
        lines_close(&lines);
    }
    return status;
}
