/*
 * streams.c - measure a stream against pipes, files and memcpy.
 *
 *     bench move IN OUT CHUNK    read and write CHUNK bytes at a time until the
 *                                end; - is a standard handle
 *     bench busy PROCESS         compute until PROCESS ends
 *
 * All transports with two ends are measured alike, without the start of the
 * programs. The sender has started and has filled the buffer. The time runs
 * from the moment when the receiver is ready until it has received everything.
 */
#include "common/bench/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/include/winshm.h"
#include "common/memory/shared.h"

uint64_t streams_size(const wchar_t *path)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    bench_need(GetFileAttributesExW(path, GetFileExInfoStandard, &data), "size of a file");
    return (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
}

/*
 * Return the time that `move` has measured, in seconds. Its exit status is the
 * time in microseconds, or 1 for a failure.
 */
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

int streams_move(wchar_t *arguments[])
{
    const wchar_t *in = arguments[0];
    const wchar_t *out = arguments[1];
    size_t chunk = bench_number(arguments[2]);
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

/* Bytes per call to a pipe. */
#define CALL 65536

/* ---- Transports -------------------------------------------------------------------------------------------------- */

/*
 * Wait until the writer has begun: the pipe contains bytes, or the writer has
 * ended.
 */
static void wait_for_pipe(HANDLE pipe, HANDLE writer)
{
    DWORD available = 0;
    while (PeekNamedPipe(pipe, NULL, 0, NULL, &available, NULL) && available == 0 &&
           WaitForSingleObject(writer, 1) == WAIT_TIMEOUT) {
    }
}

double streams_pipe(const wchar_t *file)
{
    HANDLE reading;
    HANDLE writing;
    wchar_t command[COMMAND];
    bench_need(CreatePipe(&reading, &writing, NULL, 0), "CreatePipe");
    command_move(command, file, L"-", CALL);
    HANDLE writer = bench_start(command, INVALID_HANDLE_VALUE, writing);
    wait_for_pipe(reading, writer);
    command_move(command, L"-", L"NUL", CALL);
    double taken = time_of_move(bench_start(command, reading, INVALID_HANDLE_VALUE), "pipe reader");
    (void)time_of_move(writer, "pipe writer");
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

/* Return the address of the view of a trailer. */
static void *view_of(const winshm_trailer *trailer)
{
    MEMORY_BASIC_INFORMATION memory;
    bench_need(VirtualQuery(trailer, &memory, sizeof memory) != 0, "view");
    return memory.AllocationBase;
}

/* The most readers of a stream here. */
#define READERS_MOST 8

/* Return the lines of the readers of a stream. */
static const winshm_consumer *lines_of(const winshm_trailer *trailer)
{
    const uint8_t *base = view_of(trailer);
    return (const void *)(trailer->kind == WINSHM_FANOUT ? base + trailer->capacity : (const uint8_t *)&trailer->tail);
}

/*
 * Start each process again that has ended. None ends by itself before the last
 * reader has come, but Wine does not start a program now and then.
 */
static void restart_ended(const wchar_t *command, HANDLE started[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (WaitForSingleObject(started[i], 0) == WAIT_OBJECT_0) {
            CloseHandle(started[i]);
            started[i] = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
        }
    }
}

/*
 * Return the time of a transfer from shmwrite to this many shmread, beside this
 * many taps. Store the bytes that were sent before the time began in *early:
 * the ring was full.
 */
static double stream(const wchar_t *file, unsigned readers, unsigned taps, uint64_t *early)
{
    wchar_t name[64];
    wchar_t command[COMMAND];
    wchar_t several[32] = L"";
    bench_name(name);
    if (readers > 1) {
        (void)swprintf(several, 32, L"--readers %u", readers);
    }
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --stream %ls %ls --input \"%ls\"", bench_tools, several,
                   name, file);
    HANDLE writer = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
    const winshm_trailer *trailer = look_at_stream(name, writer);
    do { /* until the ring is full or the input has ended */
        Sleep(1);
    } while (shared_load32_acquire(&trailer->state) != WINSHM_PUBLISHED ||
             (shared_load64_acquire(&trailer->head) < trailer->capacity &&
              shared_load32_acquire(&trailer->producer_closed) == WINSHM_OPEN));

    HANDLE started[READERS_MOST];
    HANDLE tapping[READERS_MOST];
    (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q --tap %ls", bench_tools, name);
    for (unsigned i = 0; i < taps; i++) {
        tapping[i] = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
    }
    Sleep(taps > 0 ? 500 : 0); /* nothing shows that a tap has come */
    (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q %ls -o NUL", bench_tools, name);
    const winshm_consumer *lines = lines_of(trailer);
    for (unsigned i = 0; i < readers; i++) {
        started[i] = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
    }
    for (unsigned i = 0; i < readers; i++) {
        while (shared_load32_acquire(&lines[i].process) == 0) {
            restart_ended(command, started, readers);
        }
    }
    double begun = bench_seconds();
    *early = shared_load64_acquire(&trailer->head);
    for (unsigned i = 0; i < readers; i++) {
        while (shared_load32_acquire(&lines[i].closed) == WINSHM_OPEN) {
            Sleep(1);
        }
    }
    double ended = bench_seconds();
    for (unsigned i = 0; i < readers; i++) {
        bench_finish(started[i], "shmread");
    }
    for (unsigned i = 0; i < taps; i++) {
        (void)bench_exit_status(tapping[i], "shmread --tap"); /* 9 if it has missed a byte */
    }
    bench_finish(writer, "shmwrite");
    bench_need(UnmapViewOfFile(view_of(trailer)), "unmap");
    return ended - begun;
}

static void row(const char *what, unsigned round, uint64_t size, double taken)
{
    printf("%s\t%u\t%" PRIu64 "\t%.6f\n", what, round, size, taken);
    (void)fflush(stdout);
}

/* Measure one large copy between blocks of memory that were touched before. */
static void copy_memory(size_t size, unsigned round)
{
    uint8_t *from = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    uint8_t *to = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    bench_need(from != NULL && to != NULL, "memory");
    memset(from, 1, size);
    memset(to, 2, size);
    double begun = bench_seconds();
    memcpy(to, from, size);
    double ended = bench_seconds();
    row("memcpy", round, size, ended - begun);
    VirtualFree(from, 0, MEM_RELEASE);
    VirtualFree(to, 0, MEM_RELEASE);
}

int streams_throughput(wchar_t *arguments[])
{
    const wchar_t *file = arguments[1];
    unsigned rounds = bench_number(arguments[2]);
    uint64_t size = streams_size(file);
    for (unsigned round = 1; round <= rounds; round++) {
        uint64_t early;
        double taken = stream(file, 1, 0, &early);
        row("stream", round, size - early, taken);
        copy_memory((size_t)size, round);
        row("pipe", round, size, streams_pipe(file));
    }
    return 0;
}

/* ---- Beside other work ------------------------------------------------------------------------------------------- */

/* Bytes per call of the bare loop: as many as a stream moves at a time. */
#define BARE_CALL 262144

/* How often each round measures the stream and the bare loop, in turn. */
#define TURNS 5

/* The most busy loops. */
#define BUSY_MOST 2

int streams_busy(wchar_t *arguments[])
{
    HANDLE parent = OpenProcess(SYNCHRONIZE, FALSE, bench_number(arguments[0]));
    while (parent != NULL && WaitForSingleObject(parent, 0) == WAIT_TIMEOUT) {
        for (volatile unsigned i = 0; i < 100000000; i++) {
        }
    }
    return 0;
}

static int compare_numbers(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static double median(const double numbers[TURNS])
{
    double sorted[TURNS];
    memcpy(sorted, numbers, sizeof sorted);
    qsort(sorted, TURNS, sizeof *sorted, compare_numbers);
    return sorted[TURNS / 2];
}

/* Print a number whose key ends with the number of busy loops. */
static void tell_beside(const char *key, unsigned busy, double number)
{
    char numbered[64];
    (void)snprintf(numbered, sizeof numbered, "%s-%u", key, busy);
    bench_tell(numbered, number);
}

/*
 * Measure one round beside `busy` busy loops. Print the speeds in MiB/s, and
 * the speed of each stream as a multiple of the median of the bare loops, and
 * of the pipe, of the same round.
 */
static void measure_beside(const wchar_t *file, unsigned busy)
{
    double size = (double)streams_size(file);
    double streams[TURNS];
    double bare[TURNS];
    wchar_t command[COMMAND];
    for (int turn = 0; turn < TURNS; turn++) {
        uint64_t early;
        double taken = stream(file, 1, 0, &early);
        streams[turn] = (size - (double)early) / taken / (double)MEGA;
        tell_beside("stream", busy, streams[turn]);
        command_move(command, file, L"NUL", BARE_CALL);
        bare[turn] = size / time_of_move(bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE), "bare loop");
        bare[turn] /= (double)MEGA;
        tell_beside("bare", busy, bare[turn]);
    }
    double pipe = size / streams_pipe(file) / (double)MEGA;
    tell_beside("pipe", busy, pipe);
    for (int turn = 0; turn < TURNS; turn++) {
        tell_beside("of-bare", busy, streams[turn] / median(bare));
        tell_beside("of-pipe", busy, streams[turn] / pipe);
    }
}

int streams_beside(wchar_t *arguments[])
{
    const wchar_t *file = arguments[1];
    unsigned rounds = bench_number(arguments[2]);
    wchar_t own[MAX_PATH];
    wchar_t command[COMMAND];
    bench_own_path(own);
    (void)swprintf(command, COMMAND, L"\"%ls\" busy %lu", own, GetCurrentProcessId());
    for (unsigned round = 1; round <= rounds; round++) {
        HANDLE loops[BUSY_MOST];
        for (unsigned busy = 0; busy <= BUSY_MOST; busy++) {
            if (busy > 0) {
                loops[busy - 1] = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
            }
            measure_beside(file, busy);
        }
        for (unsigned i = 0; i < BUSY_MOST; i++) {
            bench_need(TerminateProcess(loops[i], 0), "end a busy loop");
            bench_finish(loops[i], "busy loop");
        }
    }
    return 0;
}

/* ---- Several readers --------------------------------------------------------------------------------------------- */

/* Write all of the buffer to a pipe. */
static void write_all(HANDLE pipe, const uint8_t *buffer, DWORD size)
{
    for (DWORD done = 0; done < size;) {
        DWORD count = 0;
        bench_need(WriteFile(pipe, buffer + done, size - done, &count, NULL), "write to a pipe");
        done += count;
    }
}

/*
 * Do what tee does: read the file, and write each piece into one pipe after the
 * other. Return the speed in MiB/s until the program at the end of each has
 * read all. This is slow, so stop after TEE_MOST / readers bytes of the file.
 */
#define TEE_MOST (256 * (uint64_t)MEGA)

static double speed_of_tee(const wchar_t *file, unsigned readers)
{
    static uint8_t buffer[CALL];
    HANDLE writing[READERS_MOST];
    HANDLE started[READERS_MOST];
    wchar_t command[COMMAND];
    HANDLE input =
        CreateFileW(file, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    bench_need(input != INVALID_HANDLE_VALUE, "input");
    command_move(command, L"-", L"NUL", CALL);
    for (unsigned i = 0; i < readers; i++) {
        HANDLE reading;
        bench_need(CreatePipe(&reading, &writing[i], NULL, 0), "CreatePipe");
        started[i] = bench_start(command, reading, INVALID_HANDLE_VALUE);
        write_all(writing[i], buffer, 1); /* this reader has come when it has read that */
        (void)FlushFileBuffers(writing[i]);
    }
    double begun = bench_seconds();
    uint64_t sent = 0;
    DWORD got;
    while (sent < TEE_MOST / readers && ReadFile(input, buffer, CALL, &got, NULL) && got > 0) {
        for (unsigned i = 0; i < readers; i++) {
            write_all(writing[i], buffer, got);
        }
        sent += got;
    }
    for (unsigned i = 0; i < readers; i++) {
        (void)FlushFileBuffers(writing[i]);
    }
    double ended = bench_seconds();
    for (unsigned i = 0; i < readers; i++) {
        CloseHandle(writing[i]);
        (void)time_of_move(started[i], "reader of tee");
    }
    CloseHandle(input);
    return (double)sent / (ended - begun) / (double)MEGA;
}

static double speed_of_stream(const wchar_t *file, unsigned readers, unsigned taps)
{
    uint64_t early;
    double taken = stream(file, readers, taps, &early);
    return (double)(streams_size(file) - early) / taken / (double)MEGA;
}

int streams_readers(wchar_t *arguments[])
{
    const wchar_t *file = arguments[1];
    unsigned rounds = bench_number(arguments[2]);
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned readers = 1; readers <= READERS_MOST; readers *= 2) {
            char key[32];
            double streamed = speed_of_stream(file, readers, 0);
            double teed = speed_of_tee(file, readers);
            (void)snprintf(key, sizeof key, "stream-%u", readers);
            bench_tell(key, streamed);
            (void)snprintf(key, sizeof key, "tee-%u", readers);
            bench_tell(key, teed);
            (void)snprintf(key, sizeof key, "of-tee-%u", readers);
            bench_tell(key, streamed / teed);
        }
        double alone = speed_of_stream(file, 1, 0);
        double tapped = speed_of_stream(file, 1, 1);
        bench_tell("untapped", alone);
        bench_tell("tapped", tapped);
        bench_tell("of-untapped", tapped / alone);
    }
    return 0;
}

/* ---- Latency ----------------------------------------------------------------------------------------------------- */

/* Milliseconds between two lines, so that both sides wait for each. */
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
        if (i >= 10) { /* not the first ones, which touch the memory for the first time */
            printf("%s\t%.2f\n", what, (bench_seconds() - sent) * 1e6);
        }
    }
    (void)fflush(stdout);
}

int streams_latency(wchar_t *arguments[])
{
    unsigned count = bench_number(arguments[1]);
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
    return 0;
}
