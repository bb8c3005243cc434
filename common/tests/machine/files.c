/* files.c - the files, pipes, consoles and message boxes of the simulated machine. */
#include <stdlib.h>
#include <string.h>

#include "common/tests/machine/parts.h"

struct disk_file {
    char *path;
    bool device;
    struct bytes bytes;
    struct disk_file *next;
};

static struct disk_file *disk;
static uint64_t disk_limit;
static char *box_text;
static char *box_title;
static bool box_stays;

void files_drop(struct stream *stream)
{
    bytes_free(&stream->bytes);
    free(stream->pieces);
    *stream = (struct stream){.limit = UINT64_MAX};
}

/* ---- The disk ---------------------------------------------------------------------------------------------------- */

static struct disk_file *disk_find(const char *path)
{
    struct disk_file *file = disk;
    while (file != NULL && strcmp(file->path, path) != 0) {
        file = file->next;
    }
    return file;
}

static struct disk_file *disk_add(const char *path)
{
    struct disk_file *file = disk_find(path);
    if (file == NULL) {
        file = machine_need(calloc(1, sizeof *file));
        *file = (struct disk_file){.path = machine_copy(path), .next = disk};
        disk = file;
    }
    return file;
}

static uint64_t disk_used(void)
{
    uint64_t used = 0;
    for (const struct disk_file *file = disk; file != NULL; file = file->next) {
        used += file->bytes.size;
    }
    for (const object *open = machine.handles; open != NULL; open = open->next) {
        used += open->path != NULL ? open->stream.bytes.size : 0;
    }
    return used;
}

void machine_file_put(const char *path, const void *bytes, size_t size)
{
    struct disk_file *file = disk_add(path);
    bytes_free(&file->bytes);
    bytes_append(&file->bytes, bytes, size);
}

const uint8_t *machine_file_bytes(const char *path, size_t *size)
{
    const struct disk_file *file = disk_find(path);
    if (file != NULL && size != NULL) {
        *size = file->bytes.size;
    }
    return file == NULL ? NULL : file->bytes.at;
}

void machine_file_device(const char *path)
{
    machine_file_put(path, "", 0);
    disk_find(path)->device = true;
}

void machine_disk_limit(uint64_t bytes)
{
    disk_limit = bytes;
}

/* ---- Pipes and the console --------------------------------------------------------------------------------------- */

static object *standard_of(uint32_t process, enum standard which)
{
    return &machine_process(process)->standard[which];
}

/* Replace the stream of a standard handle by an empty one and return it. */
static struct stream *standard_renew(uint32_t process, enum standard which, enum machine_stream kind)
{
    object *renewed = standard_of(process, which);
    renewed->absent = false;
    files_drop(&renewed->stream);
    renewed->stream.kind = kind;
    return &renewed->stream;
}

void machine_standard_absent(uint32_t process, enum standard which)
{
    standard_of(process, which)->absent = true;
}

void machine_input_pipe(uint32_t process, const struct machine_piece *pieces, size_t count)
{
    struct stream *stream = standard_renew(process, STANDARD_INPUT, MACHINE_PIPE);
    stream->pieces = machine_need(malloc((count + 1) * sizeof *pieces));
    for (size_t i = 0; i < count; i++) {
        stream->pieces[i] = pieces[i];
    }
    stream->piece_count = count;
}

void machine_input_go_on(uint32_t process)
{
    standard_of(process, STANDARD_INPUT)->stream.permits++;
}

void machine_input_file(uint32_t process, const void *bytes, size_t size, uint64_t claimed)
{
    struct stream *stream = standard_renew(process, STANDARD_INPUT, MACHINE_FILE);
    bytes_append(&stream->bytes, bytes, size);
    stream->claimed = claimed;
}

void machine_input_console(uint32_t process, const uint16_t *const lines[])
{
    standard_renew(process, STANDARD_INPUT, MACHINE_CONSOLE)->lines = lines;
}

void machine_output(uint32_t process, enum standard which, enum machine_stream stream)
{
    struct stream *renewed = standard_renew(process, which, stream);
    renewed->encoder.rule = TEXT_EXACT;
}

void machine_output_limit(uint32_t process, enum standard which, uint64_t bytes, oserror error)
{
    standard_of(process, which)->stream.limit = bytes;
    standard_of(process, which)->stream.limit_error = error;
}

const char *machine_written(uint32_t process, enum standard which, size_t *size)
{
    const struct bytes *bytes = &standard_of(process, which)->stream.bytes;
    if (size != NULL) {
        *size = bytes->size;
    }
    return bytes->at == NULL ? "" : (const char *)bytes->at;
}

size_t machine_writes(uint32_t process, enum standard which)
{
    return standard_of(process, which)->stream.writes;
}

void machine_written_clear(uint32_t process, enum standard which)
{
    bytes_free(&standard_of(process, which)->stream.bytes);
    standard_of(process, which)->stream.writes = 0;
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

object *file_standard(enum standard which)
{
    object *standard = standard_of(current(), which);
    return standard->absent ? NULL : standard;
}

static struct stream *stream_check(object *file, const char *function)
{
    if (handle_check(file, function)->target != NULL) {
        machine_mistake("%s of what is not a file", function);
    }
    return &file->stream;
}

oserror file_open(const char *path, object **file)
{
    oserror error = machine_begin_own_call("file_open");
    if (error != OSERROR_NONE) {
        return error;
    }
    const struct disk_file *there = disk_find(path);
    if (there == NULL) {
        return OSERROR_FILE_NOT_FOUND;
    }
    object *opened = handle_add(NULL, ACCESS_READ);
    opened->stream.kind = MACHINE_FILE;
    bytes_append(&opened->stream.bytes, there->bytes.at, there->bytes.size);
    opened->stream.claimed = there->device ? UINT64_MAX : there->bytes.size;
    *file = opened;
    return OSERROR_NONE;
}

bool file_remaining(object *file, uint64_t *bytes)
{
    const struct stream *stream = stream_check(file, "file_remaining");
    if (stream->kind != MACHINE_FILE || stream->claimed == UINT64_MAX) {
        return false;
    }
    *bytes = stream->claimed > stream->position ? stream->claimed - stream->position : 0;
    return true;
}

oserror file_read(object *file, void *bytes, size_t size, size_t *got)
{
    oserror error = machine_begin_own_call("file_read");
    struct stream *stream = stream_check(file, "file_read");
    if (stream->kind == MACHINE_CONSOLE) {
        machine_mistake("file_read of a console");
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    const uint8_t *from = stream->bytes.at;
    size_t there = stream->bytes.size;
    if (stream->pieces != NULL) {
        while (stream->piece < stream->piece_count && stream->pieces[stream->piece].error == OSERROR_NONE &&
               stream->position == stream->pieces[stream->piece].size) {
            stream->piece++;
            stream->position = 0;
        }
        while (stream->piece < stream->piece_count && stream->pieces[stream->piece].error == MACHINE_BLOCKS) {
            struct waiter waiter = {.process = current(), .deadline = CLOCK_NEVER, .reads = stream};
            while (stream->permits == 0) {
                schedule_wait(&waiter);
            }
            stream->permits--;
            stream->piece++;
        }
        if (stream->piece == stream->piece_count) {
            *got = 0;
            return OSERROR_NONE;
        }
        if (stream->pieces[stream->piece].error != OSERROR_NONE) {
            return stream->pieces[stream->piece].error;
        }
        from = stream->pieces[stream->piece].bytes;
        there = stream->pieces[stream->piece].size;
    }
    size_t count = there - stream->position < size ? there - stream->position : size;
    if (count > 0) {
        memcpy(bytes, from + stream->position, count);
    }
    stream->position += count;
    *got = count;
    return OSERROR_NONE;
}

oserror file_write(object *file, const void *bytes, size_t size)
{
    oserror error = machine_begin_own_call("file_write");
    struct stream *stream = stream_check(file, "file_write");
    if (stream->kind == MACHINE_CONSOLE) {
        machine_mistake("file_write to a console");
    }
    if (file->committed) {
        machine_mistake("file_write to a file that is committed");
    }
    if (file == &machine.processes[current()].standard[STANDARD_INPUT] ||
        (!file->standard && file->access != ACCESS_WRITE)) {
        machine_mistake("file_write to what is open for reading");
    }
    if (error != OSERROR_NONE || size == 0) {
        return error;
    }
    stream->writes++;
    uint64_t room = stream->limit;
    error = stream->limit_error;
    if (!file->standard) {
        uint64_t used = disk_used();
        room = used < disk_limit ? disk_limit - used : 0;
        error = OSERROR_DISK_FULL;
    }
    size_t count = size <= room ? size : (size_t)room;
    struct disk_file *device = file->path == NULL ? NULL : disk_find(file->path);
    bytes_append(device != NULL && device->device ? &device->bytes : &stream->bytes, bytes, count);
    if (stream->limit != UINT64_MAX) {
        stream->limit -= count;
    }
    return count == size ? OSERROR_NONE : error;
}

oserror file_create(const char *path, object **file)
{
    oserror error = machine_begin_own_call("file_create");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (objects_is_denied(path, ACCESS_WRITE)) {
        return OSERROR_ACCESS_DENIED;
    }
    object *made = handle_add(NULL, ACCESS_WRITE);
    made->stream.kind = MACHINE_FILE;
    made->path = machine_copy(path);
    *file = made;
    return OSERROR_NONE;
}

oserror file_commit(object *file, const char *path)
{
    oserror error = machine_begin_own_call("file_commit");
    struct stream *stream = stream_check(file, "file_commit");
    if (file->path == NULL || file->committed || strcmp(file->path, path) != 0) {
        machine_mistake("file_commit of what was not made as %s", path);
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    file->committed = true;
    struct disk_file *there = disk_add(path);
    if (!there->device) {
        bytes_free(&there->bytes);
        bytes_append(&there->bytes, stream->bytes.at, stream->bytes.size);
        bytes_free(&stream->bytes);
    }
    return OSERROR_NONE;
}

bool file_is_console(object *file)
{
    return stream_check(file, "file_is_console")->kind == MACHINE_CONSOLE;
}

oserror console_read(object *console, uint16_t *units, size_t size, size_t *got)
{
    oserror error = machine_begin_own_call("console_read");
    struct stream *stream = stream_check(console, "console_read");
    if (stream->kind != MACHINE_CONSOLE || stream->lines == NULL) {
        machine_mistake("console_read of what is not the keyboard");
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    if (*stream->lines == NULL) {
        machine_mistake("process %u reads the console, and nobody types", current());
    }
    const uint16_t *line = *stream->lines;
    if (line[0] == 3) {
        stream->lines++;
        machine_interrupt(current());
        return OSERROR_OPERATION_ABORTED;
    }
    size_t count = 0;
    while (count < size && line[stream->unit] != 0) {
        units[count++] = line[stream->unit++];
    }
    if (line[stream->unit] == 0) {
        stream->lines++;
        stream->unit = 0;
    }
    *got = count;
    return OSERROR_NONE;
}

oserror console_write(object *console, const uint16_t *units, size_t size)
{
    oserror error = machine_begin_own_call("console_write");
    struct stream *stream = stream_check(console, "console_write");
    if (stream->kind != MACHINE_CONSOLE || stream->lines != NULL) {
        machine_mistake("console_write to what is not the screen");
    }
    if (error != OSERROR_NONE || size == 0) {
        return error;
    }
    char *text = machine_need(malloc(TEXT_ENCODED_ROOM(size)));
    stream->writes++;
    bytes_append(&stream->bytes, text, text_encode(&stream->encoder, units, size, false, text));
    free(text);
    return OSERROR_NONE;
}

/* ---- The message box --------------------------------------------------------------------------------------------- */

static void box_forget(void)
{
    free(box_text);
    free(box_title);
    box_text = NULL;
    box_title = NULL;
}

oserror message_box(const char *title, const uint16_t *text)
{
    oserror error = machine_begin_own_call("message_box");
    if (error != OSERROR_NONE) {
        return error;
    }
    size_t count = 0;
    while (text[count] != 0) {
        count++;
    }
    box_forget();
    box_text = machine_need(malloc(TEXT_ENCODED_ROOM(count) + 1));
    (void)text_utf8_from_utf16(text, count, box_text);
    box_title = machine_copy(title);
    struct waiter waiter = {.process = current(), .deadline = CLOCK_NEVER};
    while (box_stays) {
        schedule_wait(&waiter);
    }
    return OSERROR_NONE;
}

void machine_box_stays(void)
{
    box_stays = true;
}

const char *machine_box_text(void)
{
    return box_text;
}

const char *machine_box_title(void)
{
    return box_title;
}

void files_reset(void)
{
    while (disk != NULL) {
        struct disk_file *file = disk;
        disk = file->next;
        bytes_free(&file->bytes);
        free(file->path);
        free(file);
    }
    disk_limit = UINT64_MAX;
    box_forget();
    box_stays = false;
}
