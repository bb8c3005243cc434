/*
 * streams.c - how fast a stream is, beside pipes, files and memcpy.
 *
 *     bench move IN OUT CHUNK              read CHUNK, write CHUNK, until the end; - is a standard handle
 *     bench consume NAME CHUNK             the other end of `chunks` and `latency`: started by them
 *
 * Whatever has two ends is measured alike, and without the start of programs: the sending end is there and has filled
 * whatever it can fill; the time is taken from the moment when the receiving end is ready to the moment when it has
 * everything.
 */
#include "common/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/memory/shared.h"
#include "common/memory/stream.h"
#include "common/memory/trailer.h"

static uint64_t size_of_file(const wchar_t *path)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    bench_need(GetFileAttributesExW(path, GetFileExInfoStandard, &data), "size of a file");
    return (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
}

/* What `move` has measured is its exit status, in microseconds; 1 is a failure. */
static double time_of_move(HANDLE process, const char *what)
{
    DWORD status = bench_exit_status(process, what);
    if (status <= 1) {
        fprintf(stderr, "bench: %s has failed\n", what);
        exit(1);
    }
    return status * 1e-6;
}

static void command_move(wchar_t command[COMMAND], const wchar_t *in, const wchar_t *out, DWORD chunk)
{
    wchar_t own[MAX_PATH];
    bench_own_path(own);
    (void)swprintf(command, COMMAND, L"\"%ls\" move \"%ls\" \"%ls\" %lu", own, in, out, chunk);
}

static int move(const wchar_t *in, const wchar_t *out, size_t chunk)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    if (wcscmp(in, L"-") != 0) {
        input = CreateFileW(in, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
        bench_need(input != INVALID_HANDLE_VALUE, "input");
    }
    if (wcscmp(out, L"-") != 0) {
        output = CreateFileW(out, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                             _wcsicmp(out, L"NUL") == 0 ? OPEN_EXISTING : CREATE_ALWAYS, 0, NULL);
        bench_need(output != INVALID_HANDLE_VALUE, "output");
    }
    uint8_t *buffer = VirtualAlloc(NULL, chunk, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    bench_need(buffer != NULL, "buffer");
    double begun = bench_seconds();
    DWORD got;
    while (ReadFile(input, buffer, (DWORD)chunk, &got, NULL) && got > 0) {
        for (DWORD done = 0; done < got;) {
            DWORD count = 0;
            bench_need(WriteFile(output, buffer + done, got - done, &count, NULL), "write");
            done += count;
        }
    }
    return 2 + (int)((bench_seconds() - begun) * 1e6);
}

/* ---- What is compared -------------------------------------------------------------------------------------------- */

/* From what is in a pipe, or has ended, it is clear that its writer has begun. */
static void wait_for_pipe(HANDLE pipe, HANDLE writer)
{
    DWORD available = 0;
    while (PeekNamedPipe(pipe, NULL, 0, NULL, &available, NULL) && available == 0 &&
           WaitForSingleObject(writer, 1) == WAIT_TIMEOUT) {
    }
}

static double through_pipe(HANDLE reading, HANDLE writing, const wchar_t *file, DWORD chunk)
{
    wchar_t command[COMMAND];
    command_move(command, file, L"-", chunk);
    HANDLE writer = bench_start(command, INVALID_HANDLE_VALUE, writing);
    wait_for_pipe(reading, writer);
    command_move(command, L"-", L"NUL", chunk);
    double taken = time_of_move(bench_start(command, reading, INVALID_HANDLE_VALUE), "pipe reader");
    (void)time_of_move(writer, "pipe writer");
    return taken;
}

static double anonymous_pipe(const wchar_t *file, DWORD chunk, DWORD buffer)
{
    HANDLE reading;
    HANDLE writing;
    bench_need(CreatePipe(&reading, &writing, NULL, buffer), "CreatePipe");
    return through_pipe(reading, writing, file, chunk);
}

static double named_pipe(const wchar_t *file, DWORD chunk)
{
    wchar_t name[64];
    (void)swprintf(name, 64, L"\\\\.\\pipe\\bench%lu", GetCurrentProcessId());
    HANDLE reading = CreateNamedPipeW(name, PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 65536, 65536, 0, NULL);
    bench_need(reading != INVALID_HANDLE_VALUE, "CreateNamedPipe");
    HANDLE writing = CreateFileW(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    bench_need(writing != INVALID_HANDLE_VALUE, "named pipe");
    return through_pipe(reading, writing, file, chunk);
}

static double temporary_file(const wchar_t *file, DWORD chunk)
{
    wchar_t folder[MAX_PATH];
    wchar_t path[MAX_PATH + 20];
    wchar_t command[COMMAND];
    bench_own_path(folder);
    (void)swprintf(path, MAX_PATH + 20, L"%ls.tmp", folder);
    command_move(command, file, path, chunk);
    double taken =
        time_of_move(bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE), "to a temporary file");
    command_move(command, path, L"NUL", chunk);
    taken += time_of_move(bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE), "from a temporary file");
    bench_need(DeleteFileW(path), "delete");
    return taken;
}

static const winshm_trailer *look_at_stream(const wchar_t *name, HANDLE writer)
{
    HANDLE section = NULL;
    while ((section = OpenFileMappingW(FILE_MAP_READ, FALSE, name)) == NULL) {
        bench_need(WaitForSingleObject(writer, 1) == WAIT_TIMEOUT, "shmwrite has ended");
    }
    const uint8_t *base = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    MEMORY_BASIC_INFORMATION memory;
    bench_need(base != NULL && VirtualQuery(base, &memory, sizeof memory) != 0, "view");
    CloseHandle(section);
    return (const void *)(base + memory.RegionSize - WINSHM_TRAILER_SIZE);
}

/* Through shmwrite and shmread. *filled is what was in the ring before the time began. */
static double stream(const wchar_t *file, uint64_t ring, uint64_t *filled)
{
    wchar_t name[64];
    wchar_t command[COMMAND];
    bench_name(name);
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --stream %ls --size %llu --input \"%ls\"", bench_tools,
                   name, ring, file);
    HANDLE writer = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
    const winshm_trailer *trailer = look_at_stream(name, writer);
    do { /* until the ring is full, or holds all */
        Sleep(1);
        *filled = shared_load64_acquire(&trailer->head);
    } while (*filled < ring && shared_load32_acquire(&trailer->producer_closed) == WINSHM_OPEN);

    (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q %ls -o NUL", bench_tools, name);
    HANDLE reader = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
    while (shared_load32_acquire(&trailer->consumer) == 0) {
        Sleep(0);
    }
    double begun = bench_seconds();
    while (shared_load32_acquire(&trailer->consumer_closed) == WINSHM_OPEN) {
        Sleep(1);
    }
    double ended = bench_seconds();
    bench_need(shared_load32_acquire(&trailer->consumer_closed) == WINSHM_ENDED, "shmread");
    bench_finish(reader, "shmread");
    bench_finish(writer, "shmwrite");
    MEMORY_BASIC_INFORMATION memory;
    bench_need(VirtualQuery(trailer, &memory, sizeof memory) != 0 && UnmapViewOfFile(memory.AllocationBase), "unmap");
    return ended - begun;
}

/* Copy with the one instruction that x86 has for it. Return false on other processors. */
static bool copy_string(uint8_t *to, const uint8_t *from, size_t size)
{
#if defined __x86_64__ || defined __i386__
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return true;
#else
    (void)to;
    (void)from;
    (void)size;
    return false;
#endif
}

/* One large copy, from and to memory that was touched before. */
static void copy_memory(size_t size, unsigned round)
{
    uint8_t *from = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    uint8_t *to = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    bench_need(from != NULL && to != NULL, "memory");
    memset(from, 1, size);
    memset(to, 2, size);
    double begun = bench_seconds();
    memcpy(to, from, size);
    double middle = bench_seconds();
    bool copied = copy_string(to, from, size);
    double ended = bench_seconds();
    printf("memcpy\t%u\t%zu\t%.6f\n", round, size, middle - begun);
    if (copied) {
        printf("rep movsb\t%u\t%zu\t%.6f\n", round, size, ended - middle);
    }
    VirtualFree(from, 0, MEM_RELEASE);
    VirtualFree(to, 0, MEM_RELEASE);
}

static void row(const char *what, unsigned round, uint64_t size, double taken)
{
    printf("%s\t%u\t%llu\t%.6f\n", what, round, size, taken);
    (void)fflush(stdout);
}

static int throughput(const wchar_t *file, const wchar_t *small_file, unsigned rounds)
{
    uint64_t size = size_of_file(file);
    for (unsigned round = 1; round <= rounds; round++) {
        uint64_t filled;
        double taken = stream(file, MEGA, &filled);
        row("stream", round, size - filled, taken);
        copy_memory((size_t)size, round);
        row("anonymous pipe, 64K calls", round, size, anonymous_pipe(file, 65536, 0));
        row("anonymous pipe, 4K calls", round, size_of_file(small_file), anonymous_pipe(small_file, 4096, 0));
        row("anonymous pipe, 64K calls, 1M buffer", round, size, anonymous_pipe(file, 65536, (DWORD)MEGA));
        row("named pipe, 64K calls", round, size, named_pipe(file, 65536));
        row("temporary file, 64K calls", round, size, temporary_file(file, 65536));
    }
    return 0;
}

static int rings(const wchar_t *file, const wchar_t *small_file, unsigned rounds)
{
    for (unsigned round = 1; round <= rounds; round++) {
        for (uint64_t ring = 4096; ring <= 64 * MEGA; ring *= 2) {
            const wchar_t *input = ring < 65536 ? small_file : file;
            uint64_t size = size_of_file(input);
            uint64_t filled;
            double taken = stream(input, ring, &filled);
            printf("%llu\t%u\t%llu\t%.6f\n", ring, round, size - filled, taken);
            (void)fflush(stdout);
        }
    }
    return 0;
}

/* ---- A stream of our own ----------------------------------------------------------------------------------------- */

/* The two ends as the tools have them, without the tools: the ring, its events, and nothing that watches over it. */
struct end {
    object *section;
    struct view view;
    struct mapping mapping;
    struct stream stream;
};

static void end_begin(struct end *end, const char *name, uint64_t ring, bool produces)
{
    struct trailer_plan plan;
    char data[100];
    char space[100];
    (void)snprintf(data, sizeof data, "%s.data", name);
    (void)snprintf(space, sizeof space, "%s.space", name);
    *end = (struct end){0};
    struct stream *stream = &end->stream;
    if (produces) {
        bench_need(trailer_plan_stream(ring, &plan), "plan");
        bench_must(section_create(name, plan.section_size, NULL, &end->section), "section");
        bench_must(view_map(end->section, ACCESS_WRITE, &end->view), "view");
        bench_must(signal_create(data, NULL, &stream->other), "data");
        bench_must(signal_create(space, NULL, &stream->wake), "space");
        trailer_begin(&end->view, &plan, &end->mapping);
        shared_store32_release(&end->mapping.trailer->state, WINSHM_PUBLISHED);
    } else {
        bench_must(section_open(name, ACCESS_WRITE, &end->section), "section");
        bench_must(view_map(end->section, ACCESS_WRITE, &end->view), "view");
        bench_must(event_open(data, &stream->wake), "data");
        bench_must(event_open(space, &stream->other), "space");
        bench_need(trailer_attach(&end->view, &end->mapping) == TRAILER_OURS, "trailer");
    }
    ring_attach(&stream->ring, &end->mapping, produces);
    stream_begin(stream);
}

static void end_close(struct end *end)
{
    stream_close(&end->stream, WINSHM_ENDED);
    object_close(end->stream.wake);
    object_close(end->stream.other);
    view_unmap(&end->view);
    object_close(end->section);
}

/* Room, or bytes; 0 when the other side has ended. */
static size_t end_span(struct end *end, uint8_t **bytes, size_t chunk)
{
    for (;;) {
        uint32_t closed = ring_closed(&end->stream.ring);
        size_t size = 0;
        bench_need(ring_span(&end->stream.ring, bytes, &size) == RING_SOUND, "ring");
        if (size > 0) {
            return size < chunk ? size : chunk;
        }
        if (closed != WINSHM_OPEN) {
            return 0;
        }
        (void)stream_wait(&end->stream, CLOCK_NEVER);
    }
}

/* A consumer is there when it has said so, in a word that the ring does not need. */
static HANDLE start_consumer(struct end *end, const char *name, size_t chunk, HANDLE output)
{
    wchar_t own[MAX_PATH];
    wchar_t command[COMMAND];
    bench_own_path(own);
    (void)swprintf(command, COMMAND, L"\"%ls\" consume %hs %zu", own, name, chunk);
    HANDLE consumer = bench_start(command, INVALID_HANDLE_VALUE, output);
    while (shared_load32_acquire(&end->mapping.trailer->consumer) == 0) {
        bench_need(WaitForSingleObject(consumer, 1) == WAIT_TIMEOUT, "the consumer has ended");
    }
    return consumer;
}

/* With chunk 0: each piece is a time stamp, and how long it was under way is printed. */
static int consume(const wchar_t *wide, size_t chunk)
{
    char name[64];
    bench_narrow(wide, name);
    struct end end;
    end_begin(&end, name, 0, false);
    HANDLE nul = CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    shared_store32_release(&end.mapping.trailer->consumer, GetCurrentProcessId());
    uint8_t *bytes;
    for (size_t size; (size = end_span(&end, &bytes, chunk != 0 ? chunk : sizeof(double))) > 0;) {
        if (chunk != 0) {
            DWORD count;
            bench_need(WriteFile(nul, bytes, (DWORD)size, &count, NULL), "NUL");
        } else {
            double sent;
            double now = bench_seconds();
            memcpy(&sent, bytes, sizeof sent);
            printf("ring\t%.2f\n", (now - sent) * 1e6);
        }
        stream_advance(&end.stream, size);
    }
    end_close(&end);
    return 0;
}

static double pump(const wchar_t *file, uint64_t ring, size_t chunk)
{
    wchar_t wide[64];
    char name[64];
    bench_name(wide);
    bench_narrow(wide, name);
    struct end end;
    end_begin(&end, name, ring, true);
    HANDLE consumer = start_consumer(&end, name, chunk, INVALID_HANDLE_VALUE);
    HANDLE input =
        CreateFileW(file, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    bench_need(input != INVALID_HANDLE_VALUE, "input");

    double begun = bench_seconds();
    uint8_t *bytes;
    DWORD got = 1;
    for (size_t size; got > 0 && (size = end_span(&end, &bytes, chunk)) > 0;) {
        bench_need(ReadFile(input, bytes, (DWORD)size, &got, NULL), "read");
        stream_advance(&end.stream, got);
    }
    while (shared_load64_acquire(&end.mapping.trailer->tail) != end.stream.ring.position) {
        YieldProcessor();
    }
    double ended = bench_seconds();
    end_close(&end);
    bench_finish(consumer, "consumer");
    CloseHandle(input);
    return ended - begun;
}

static int chunks(const wchar_t *file, unsigned rounds)
{
    uint64_t size = size_of_file(file);
    for (unsigned round = 1; round <= rounds; round++) {
        for (uint64_t ring = 65536; ring <= 16 * MEGA; ring *= 4) {
            for (size_t chunk = 4096; chunk <= ring; chunk *= 4) {
                printf("%llu\t%zu\t%u\t%llu\t%.6f\n", ring, chunk, round, size, pump(file, ring, chunk));
                (void)fflush(stdout);
            }
        }
    }
    return 0;
}

/* ---- Latency ----------------------------------------------------------------------------------------------------- */

/* A line a moment, so that both sides wait each time. */
#define MOMENT 2

static void lines(const char *what, HANDLE to, HANDLE from, unsigned count)
{
    char line[64];
    for (unsigned i = 0; i < count; i++) {
        Sleep(MOMENT);
        int size = snprintf(line, sizeof line, "%08u a line such as somebody types\n", i);
        double sent = bench_seconds();
        DWORD done;
        bench_need(WriteFile(to, line, (DWORD)size, &done, NULL), "write a line");
        for (DWORD got = 0; got < (DWORD)size; got += done) {
            bench_need(ReadFile(from, line + got, (DWORD)size - got, &done, NULL), "read a line");
        }
        if (i >= 10) { /* not the first few, which touch everything for the first time */
            printf("%s\t%.2f\n", what, (bench_seconds() - sent) * 1e6);
        }
    }
    (void)fflush(stdout);
}

static int latency(unsigned count)
{
    HANDLE in[2];
    HANDLE out[2];
    wchar_t command[COMMAND];
    bench_need(CreatePipe(&in[0], &in[1], NULL, 0) && CreatePipe(&out[0], &out[1], NULL, 0), "pipes");
    command_move(command, L"-", L"-", 4096);
    HANDLE mover = bench_start(command, in[0], out[1]);
    lines("pipe, pipe", in[1], out[0], count);
    CloseHandle(in[1]);
    (void)time_of_move(mover, "mover");
    CloseHandle(out[0]);

    wchar_t name[64];
    bench_name(name);
    bench_need(CreatePipe(&in[0], &in[1], NULL, 0) && CreatePipe(&out[0], &out[1], NULL, 0), "pipes");
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --stream %ls", bench_tools, name);
    HANDLE writer = bench_start(command, in[0], INVALID_HANDLE_VALUE);
    (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q --wait %ls", bench_tools, name);
    HANDLE reader = bench_start(command, INVALID_HANDLE_VALUE, out[1]);
    lines("pipe, stream, pipe", in[1], out[0], count);
    CloseHandle(in[1]);
    bench_finish(reader, "shmread");
    bench_finish(writer, "shmwrite");
    CloseHandle(out[0]);

    char narrow[64];
    bench_name(name);
    bench_narrow(name, narrow);
    struct end end;
    end_begin(&end, narrow, MEGA, true);
    HANDLE output;
    bench_need(DuplicateHandle(GetCurrentProcess(), GetStdHandle(STD_OUTPUT_HANDLE), GetCurrentProcess(), &output, 0,
                               TRUE, DUPLICATE_SAME_ACCESS),
               "duplicate");
    HANDLE consumer = start_consumer(&end, narrow, 0, output);
    for (unsigned i = 0; i < count; i++) {
        Sleep(MOMENT);
        uint8_t *bytes;
        bench_need(end_span(&end, &bytes, sizeof(double)) == sizeof(double), "room");
        double now = bench_seconds();
        memcpy(bytes, &now, sizeof now);
        stream_advance(&end.stream, sizeof now);
    }
    end_close(&end);
    bench_finish(consumer, "consumer");
    return 0;
}

/* ------------------------------------------------------------------------------------------------------------------ */

int streams_verb(const wchar_t *verb, int count, wchar_t *arguments[])
{
    if (wcscmp(verb, L"move") == 0 && count == 3) {
        return move(arguments[0], arguments[1], wcstoul(arguments[2], NULL, 10));
    }
    if (wcscmp(verb, L"consume") == 0 && count == 2) {
        return consume(arguments[0], wcstoul(arguments[1], NULL, 10));
    }
    if (wcscmp(verb, L"chunks") == 0 && count == 2) {
        return chunks(arguments[0], wcstoul(arguments[1], NULL, 10));
    }
    if (wcscmp(verb, L"throughput") == 0 && count == 4) {
        bench_tools = arguments[0];
        return throughput(arguments[1], arguments[2], wcstoul(arguments[3], NULL, 10));
    }
    if (wcscmp(verb, L"rings") == 0 && count == 4) {
        bench_tools = arguments[0];
        return rings(arguments[1], arguments[2], wcstoul(arguments[3], NULL, 10));
    }
    if (wcscmp(verb, L"latency") == 0 && count == 2) {
        bench_tools = arguments[0];
        return latency(wcstoul(arguments[1], NULL, 10));
    }
    return BENCH_OTHER;
}
