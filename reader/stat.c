/* stat.c - carries out --stat: describes NAME. */
#include "reader/stat.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/console/explain.h"
#include "common/text/size.h"
#include "reader/access_text.h"
#include "reader/describe.h"
#include "reader/find.h"
#include "reader/textout.h"
#include "reader/timestamp.h"

/* The column in which the values begin, after the keys. */
#define KEY_WIDTH 11

static void begin_line(struct textout *out, const char *key)
{
    char label[KEY_WIDTH + 1];
    (void)snprintf(label, sizeof label, "%s%s", key, key[0] == '\0' ? "" : ":");
    textout_print(out, "%-*s", KEY_WIDTH, label);
}

static void line(struct textout *out, const char *key, const char *text)
{
    begin_line(out, key);
    textout_masked(out, text);
    textout_print(out, "\r\n");
}

static void put_size(struct textout *out, uint64_t bytes)
{
    char text[SIZE_ROOM];
    textout_print(out, "%s", size_print(bytes, text));
    if (bytes >= 1024) {
        textout_print(out, " (%" PRIu64 " bytes)", bytes);
    }
}

static void line_bytes(struct textout *out, const char *key, uint64_t bytes)
{
    begin_line(out, key);
    put_size(out, bytes);
    textout_print(out, "\r\n");
}

static void line_timestamp(struct textout *out, const char *key, uint64_t moment)
{
    char text[TIMESTAMP_ROOM];
    line(out, key, timestamp_print(moment, text));
}

static void begin_process(struct textout *out, const char *key, const struct describe_process *process,
                          const char *state)
{
    static const char *const lives[] = {[LIFE_UNKNOWN] = "", [LIFE_DEAD] = ", dead", [LIFE_ALIVE] = ", alive"};
    begin_line(out, key);
    if (process->id == 0) {
        textout_print(out, "none yet");
    } else {
        textout_print(out, "process %lu%s", (unsigned long)process->id, lives[process->life]);
    }
    textout_print(out, "%s%s", state[0] == '\0' ? "" : ", ", state);
}

static void line_process(struct textout *out, const char *key, const struct describe_process *process,
                         const char *state)
{
    begin_process(out, key, process, state);
    textout_print(out, "\r\n");
}

/* ---- The parts --------------------------------------------------------------------------------------------------- */

/*
 * Print the word for the kind, which is the same in --list and JSON, and an
 * explanation.
 */
static void put_kind(enum describe_kind kind, struct textout *out)
{
    static const char *const remarks[DESCRIBE_STREAM + 1] = {
        [DESCRIBE_FOREIGN] = ": not created by shmwrite",
        [DESCRIBE_EMPTY] = ": only zeros",
        [DESCRIBE_FILLING] = ": still empty",
        [DESCRIBE_RELEASED] = ": another program keeps the memory open",
        [DESCRIBE_NEWER] = ": its layout is unknown",
        [DESCRIBE_DAMAGED] = ": its layout is damaged",
        [DESCRIBE_SEALED] = " value",
    };
    begin_line(out, "kind");
    textout_print(out, "%s%s\r\n", describe_kind_text(kind), remarks[kind] != NULL ? remarks[kind] : "");
}

static void put_memory(const struct description *description, struct textout *out)
{
    line_bytes(out, "size", description->size);
    if (description->committed < description->size) {
        line_bytes(out, "committed", description->committed);
    }
    const struct section_facts *facts = &description->facts;
    if (facts->is_file || facts->is_reserved) {
        line(out, "memory",
             facts->is_image  ? "an image: a program that is mapped as one"
             : facts->is_file ? "a file"
                              : "reserved: its creator commits it page by page");
    }
    if (description->has_capacity) {
        line_bytes(out, "capacity", description->capacity);
    }
}

static void put_contents(const struct description *description, struct textout *out)
{
    const winshm_slot *slot = &description->slot;
    char encoding[DESCRIBE_ENCODING_ROOM];
    line_bytes(out, "length", slot->length);
    begin_line(out, "updates");
    textout_print(out, "%" PRIu64 "\r\n", description->updates);
    if (slot->encoding == WINSHM_CODE_PAGE) {
        begin_line(out, "encoding");
        textout_print(out, "code page %lu\r\n", (unsigned long)slot->code_page);
    } else {
        line(out, "encoding", describe_encoding(slot, encoding));
    }
}

static const char *producer_text(uint32_t closed)
{
    switch (closed) {
    case WINSHM_OPEN:
        return "";
    case WINSHM_ENDED:
        return "has sent all";
    case WINSHM_FAILED:
        return "its input failed";
    default:
        return describe_closed(closed);
    }
}

static const char *consumer_text(uint32_t closed)
{
    switch (closed) {
    case WINSHM_OPEN:
        return "";
    case WINSHM_ENDED:
        return "has received all";
    case WINSHM_FAILED:
        return "its output failed";
    case WINSHM_CUT_OFF:
        return "the program that read its output has ended";
    case WINSHM_DROPPED:
        return "was too slow";
    default:
        return describe_closed(closed);
    }
}

static void put_ring(const struct description *description, struct textout *out)
{
    line_bytes(out, "sent", description->head);
    line_bytes(out, "received", description->tails[description->slowest]);
    char text[SIZE_ROOM];
    begin_line(out, "in ring");
    textout_print(out, "%s, %u %%\r\n", size_print(description->fill, text),
                  (unsigned)(100.0 * (double)description->fill / (double)description->capacity));
}

/* Print the only consumer of a stream, or each of several. */
static void put_consumers(const struct description *description, struct textout *out)
{
    uint32_t come = 0;
    for (uint32_t i = 0; i < description->consumer_count; i++) {
        come += description->consumers[i].id != 0;
    }
    if (description->consumer_count > 1) {
        begin_line(out, "consumers");
        textout_print(out, "%u of %u have come\r\n", (unsigned)come, (unsigned)description->consumer_count);
    }
    for (uint32_t i = 0; i < description->consumer_count; i++) {
        const struct describe_process *consumer = &description->consumers[i];
        begin_process(out, description->consumer_count > 1 ? "" : "consumer", consumer,
                      consumer_text(consumer->closed));
        if (description->consumer_count > 1 && description->has_ring && consumer->id != 0) {
            textout_print(out, ", ");
            put_size(out, description->tails[i]);
            textout_print(out, "%s",
                          i == description->slowest && describe_has_slowest(description) ? ", the slowest" : "");
        }
        textout_print(out, "\r\n");
    }
}

/* Print the times, and the processes that use the memory. */
static void put_people(const struct description *description, struct textout *out)
{
    if (description->has_identity) {
        line_timestamp(out, "created", description->created);
    }
    if (description->has_contents) {
        line_timestamp(out, "updated", description->slot.updated);
        line_process(out, "writer", &description->writer, "");
    }
    if (description->kind == DESCRIBE_STREAM) {
        line_process(out, "producer", &description->producer, producer_text(description->producer.closed));
        put_consumers(description, out);
    }

    /*
     * A value always has this line. Other memory has it only if there is a
     * holder: a stream, which its producer holds, and memory without a trailer,
     * which shmwrite holds after --raw.
     */
    bool wants_holder = description->kind == DESCRIBE_VALUE || description->kind == DESCRIBE_SEALED ||
                        (description->has_holder && description->holder != HOLDER_NONE);
    static const char *const states[] = {[HOLDER_NONE] = "none", [HOLDER_GONE] = "dead", [HOLDER_ALIVE] = "alive"};
    if (wants_holder && description->holding.id != 0) {
        line_process(out, "holder", &description->holding, "");
    } else if (wants_holder) {
        line(out, "holder", description->has_holder ? states[description->holder] : "unknown");
    }
}

/*
 * Print the access list, one line for each entry, the owner, and both as an
 * SDDL string.
 */
static void put_security(const struct description *description, struct textout *out)
{
    struct sddl parsed;
    char text[ACCESS_TEXT_ROOM];
    if (description->security_error != OSERROR_NONE) {
        bool is_denied = description->security_error == OSERROR_ACCESS_DENIED;
        (void)snprintf(text, sizeof text, "unknown (error %lu)", (unsigned long)description->security_error);
        line(out, "who may", is_denied ? "unknown (access denied)" : text);
        return;
    }
    if (sddl_parse(description->sddl, &parsed)) {
        const char *key = "who may";
        while (parsed.has_list && access_text_next(&parsed.list, description->user, text)) {
            line(out, key, text);
            key = "";
        }
        if (key[0] != '\0') {
            line(out, key, parsed.has_list ? "nobody" : "everybody: everything");
        }
        if (parsed.owner.length > 0) {
            line(out, "owner", access_text_name(parsed.owner, description->user, text));
        }
    }
    line(out, "sddl", description->sddl);
}

static void put_lines(const struct description *description, struct textout *out)
{
    line(out, "name", description->name);
    put_kind(description->kind, out);
    put_memory(description, out);
    if (description->has_contents) {
        put_contents(description, out);
    }
    if (description->has_ring) {
        put_ring(description, out);
    }
    put_people(description, out);
    put_security(description, out);
}

static enum status put_description(const struct reader *reader, const struct description *description)
{
    if (description->open_error != OSERROR_NONE) {
        return explain_open(reader->report, reader->options->name, description->open_error);
    }
    if (description->map_error != OSERROR_NONE) {
        return explain_map(reader->report, description->map_error);
    }
    struct textout out;
    textout_begin(&out, reader->output);
    if (reader->options->json) {
        struct json json;
        textout_json(&out, &json);
        describe_json(description, &json);
        textout_print(&out, "\r\n");
    } else {
        put_lines(description, &out);
    }
    enum status status = textout_end(&out);
    return status == EXIT_DONE ? output_finish(reader->output) : status;
}

enum status stat_run(const struct reader *reader)
{
    const struct reader_options *options = reader->options;
    struct description description;
    char user[SID_ROOM];
    /* This loads a library. Do it first, so that NAME is open only briefly. */
    if (user_in_sddl(user) != OSERROR_NONE) {
        user[0] = '\0';
    }
    for (;;) {
        describe_take(options->name, user, options->wait, &description);
        if (!options->wait || !describe_is_nothing(&description)) {
            return put_description(reader, &description);
        }
        enum status status = find_pause(reader);
        if (status != EXIT_DONE) {
            return status;
        }
    }
}
