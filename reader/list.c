/* list.c - carries out --list: lists the named shared memory of the machine. */
#include "reader/list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/console/explain.h"
#include "reader/describe.h"
#include "reader/pattern.h"
#include "reader/textout.h"

/* ---- The names --------------------------------------------------------------------------------------------------- */

/* The names that were found. */
struct names {
    const char *pattern; /* NULL to list all */
    char *text;          /* owned: the names, one after the other, each ended by a zero */
    size_t room;         /* bytes of the text */
    size_t length;       /* bytes of the text that are used */
    size_t count;
    uint64_t deadline;
    bool failed;  /* there was no memory for a name */
    bool is_late; /* the deadline has passed: nothing more is listed */
};

/*
 * Ensure that `size` more bytes fit into the text. Return false if there is no
 * memory for them.
 */
static bool list_make_room(struct names *names, size_t size)
{
    if (size <= names->room - names->length) {
        return true;
    }
    size_t room = 2 * names->room + size + 65536;
    char *text = memory_take(room);
    if (text == NULL) {
        names->failed = true;
        return false;
    }
    if (names->length > 0) {
        memcpy(text, names->text, names->length);
    }
    memory_give(names->text);
    names->text = text;
    names->room = room;
    return true;
}

static bool is_late(struct names *names)
{
    names->is_late = names->is_late || clock_now() >= names->deadline;
    return names->is_late;
}

/*
 * Add a name that matches the pattern. sections_list() calls this for each name
 * until it returns false.
 */
static bool add(void *context, const char *name)
{
    struct names *names = context;
    size_t size = strlen(name) + 1;
    if (is_late(names)) {
        return false;
    }
    if (names->pattern != NULL && !pattern_matches(names->pattern, name)) {
        return true;
    }
    if (!list_make_room(names, size)) {
        return false;
    }
    memcpy(names->text + names->length, name, size);
    names->length += size;
    names->count++;
    return true;
}

/*
 * Compare two names for qsort(). Names with a backslash, which are those of
 * `Global\`, come last.
 */
static int compare(const void *a, const void *b)
{
    const char *left = *(const char *const *)a;
    const char *right = *(const char *const *)b;
    int spaces = (strchr(left, '\\') != NULL) - (strchr(right, '\\') != NULL);
    return spaces != 0 ? spaces : strcmp(left, right);
}

/*
 * Return an array of the names in order. A name that was found twice is in it
 * once, and names->count becomes the length of the array. The caller releases
 * the array with memory_give(). Return NULL if there is no memory for it.
 */
static const char **sorted(struct names *names)
{
    const char **order = memory_take((names->count + 1) * sizeof *order);
    if (order == NULL) {
        return NULL;
    }
    const char *name = names->text;
    for (size_t i = 0; i < names->count; i++, name += strlen(name) + 1) {
        order[i] = name;
    }
    qsort(order, names->count, sizeof *order, compare);
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (kept == 0 || strcmp(order[i], order[kept - 1]) != 0) {
            order[kept++] = order[i];
        }
    }
    names->count = kept;
    return order;
}

/* ---- The rows ---------------------------------------------------------------------------------------------------- */

/* Shown in place of the kind when a name is too long for these tools. */
static const char long_name[] = "long name";

/* Return true if no tool of ours can open the name, because it is too long. */
static bool is_long(const char *name)
{
    char full[NAME_ROOM];
    return name_make(name, NAME_AS_TYPED, full) != NAME_GOOD;
}

/*
 * Return the text for the column KIND. It is the kind, except for foreign
 * memory that is not plain memory, and for a section that cannot be opened.
 * `text` has room for the number of an error.
 */
static const char *kind_text(const struct description *description, char text[16])
{
    oserror error = description->open_error != OSERROR_NONE ? description->open_error : description->map_error;
    if (description->kind == DESCRIBE_FOREIGN && (description->facts.is_file || description->facts.is_reserved)) {
        return describe_backing(&description->facts);
    }
    if (description->kind != DESCRIBE_CLOSED) {
        return describe_kind_text(description->kind);
    }
    if (error == OSERROR_ACCESS_DENIED) {
        return "denied";
    }
    (void)snprintf(text, 16, "error %lu", (unsigned long)error);
    return text;
}

static void list_put_row(struct textout *out, const char *size, const char *kind, const char *length, const char *name)
{
    textout_print(out, "%13s  %-9s  %13s  ", size, kind, length);
    textout_masked(out, name);
    textout_print(out, "\r\n");
}

static void put_text(const struct description *description, struct textout *out)
{
    char size[24] = "-";
    char length[24] = "-";
    char kind[16];
    if (description->has_size) {
        (void)snprintf(size, sizeof size, "%" PRIu64, description->size);
    }
    if (description->has_contents) {
        (void)snprintf(length, sizeof length, "%" PRIu64, description->slot.length);
    } else if (description->has_ring) {
        (void)snprintf(length, sizeof length, "%" PRIu64, description->fill);
    }
    list_put_row(out, size, kind_text(description, kind), length, description->name);
}

static void put_long(const char *name, struct textout *out, struct json *json)
{
    if (json == NULL) {
        list_put_row(out, "-", long_name, "-", name);
        return;
    }
    json_open(json, NULL, '{');
    json_text(json, "name", name);
    json_text(json, "kind", describe_kind_text(DESCRIBE_CLOSED));
    json_text(json, "reason", long_name);
    json_close(json, '}');
}

/*
 * Print the rows until the deadline, and return their number. A name that has
 * disappeared since it was found has no row. The header of the table is printed
 * before the first row only, so that an empty list prints nothing.
 */
static size_t put_rows(const char **order, struct names *names, struct textout *out, struct json *json)
{
    size_t rows = 0;
    for (size_t i = 0; i < names->count && out->status == EXIT_DONE && !is_late(names); i++) {
        bool is_closed = is_long(order[i]);
        struct description description;
        if (!is_closed) {
            describe_take(order[i], NULL, false, &description);
            if (description.open_error == OSERROR_FILE_NOT_FOUND) {
                continue;
            }
        }
        if (rows++ == 0 && json == NULL) {
            list_put_row(out, "SIZE", "KIND", "LENGTH", "NAME");
        }
        if (json != NULL) {
            json_line(json);
        }
        if (is_closed) {
            put_long(order[i], out, json);
        } else if (json != NULL) {
            describe_json(&description, json);
        } else {
            put_text(&description, out);
        }
    }
    return rows;
}

/*
 * Report that the list is not complete, or that it is empty. Return the status
 * of that, or EXIT_DONE.
 */
static enum status judge_list(const struct report *report, const struct names *names, size_t rows)
{
    if (names->is_late) {
        return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for the list of names");
    }
    if (rows == 0) {
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "%s",
                              names->pattern == NULL ? "there is no named shared memory"
                                                     : "no shared memory matches the pattern");
    }
    return EXIT_DONE;
}

static enum status put_list(const struct reader *reader, struct names *names)
{
    const char **order = sorted(names);
    if (order == NULL) {
        return explain_no_memory(reader->report, names->count * sizeof *order, OSERROR_NOT_ENOUGH_MEMORY);
    }
    struct textout out;
    struct json json;
    bool as_json = reader->options->json;
    textout_begin(&out, reader->output);
    textout_json(&out, &json);
    if (as_json) {
        json_open(&json, NULL, '[');
    }
    size_t rows = put_rows(order, names, &out, as_json ? &json : NULL);
    if (as_json) {
        json_close(&json, ']');
        textout_print(&out, "\r\n");
    }
    memory_give((void *)order);
    enum status status = textout_end(&out);
    if (status == EXIT_DONE) {
        status = output_finish(reader->output);
    }
    return status == EXIT_DONE ? judge_list(reader->report, names, rows) : status;
}

enum status list_run(const struct reader *reader)
{
    const struct command *common = &reader->options->common;
    struct names names = {.pattern = common->operand_count > 0 ? common->operands[0] : NULL,
                          .deadline = reader->deadline};
    oserror error = sections_list(common->scope, add, &names);
    enum status status = EXIT_DONE;
    if (names.failed) {
        status = explain_no_memory(reader->report, 2 * names.room, OSERROR_NOT_ENOUGH_MEMORY);
    } else if (error == OSERROR_NONE || names.count > 0) {
        status = put_list(reader, &names);
    }
    memory_give(names.text);

    /*
     * A namespace that cannot be searched is reported only after the names of
     * the other one have been listed.
     */
    if (error != OSERROR_NONE && (status == EXIT_DONE || status == EXIT_NOTHING)) {
        return report_failure(reader->report, error == OSERROR_ACCESS_DENIED ? EXIT_DENIED : EXIT_SYSTEM, error,
                              "cannot read all names");
    }
    return status;
}
