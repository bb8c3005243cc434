/*
 * options_fuzz.c - anything that could be typed as a command line, for both tools.
 *
 * The input is which tool it is, and then one word a line, each made of what UTF-16 can be made of, as main.c has it.
 * Either it is understood, without a word, and what it says is possible; or it is a wrong one, and one line says so.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/tests/machine/machine.h"
#include "common/text/text.h"
#include "reader/options.h"
#include "writer/options.h"

/* ---- The command line -------------------------------------------------------------------------------------------- */

#define WORDS 24

struct line {
    int count;
    char *words[WORDS + 1]; /* getopt changes their order */
    char *blocks[WORDS];    /* each of its own */
};

/* The same text by way of UTF-16. */
static char *as_converted(const void *bytes, size_t size)
{
    char *text = fuzz_text(bytes, size);
    size_t length = strlen(text);
    uint16_t *units = malloc(sizeof *units * (TEXT_DECODED_ROOM(length) + 1));
    HOLDS(units != NULL);
    size_t count = text_utf16_from_utf8(text, length, units);
    char *utf8 = malloc(TEXT_ENCODED_ROOM(count) + 1);
    HOLDS(utf8 != NULL);
    length = text_utf8_from_utf16(units, count, utf8);
    char *word = fuzz_text(utf8, length);
    free(utf8);
    free(units);
    free(text);
    return word;
}

static void line_make(struct line *line, struct program program, const char *tool)
{
    line->blocks[0] = fuzz_text(tool, strlen(tool));
    line->count = 1;
    while (program.left > 0 && line->count < WORDS) {
        const uint8_t *end = memchr(program.at, '\n', program.left);
        size_t size = end != NULL ? (size_t)(end - program.at) : program.left;
        line->blocks[line->count++] = as_converted(program.at, size);
        size += end != NULL ? 1 : 0;
        program.at += size;
        program.left -= size;
    }
    for (int i = 0; i < line->count; i++) {
        line->words[i] = line->blocks[i];
    }
    line->words[line->count] = NULL;
}

static void line_free(struct line *line)
{
    for (int i = 0; i < line->count; i++) {
        free(line->blocks[i]);
    }
}

/* ---- What must hold ---------------------------------------------------------------------------------------------- */

static void check_said(enum status status, const char *tool)
{
    size_t size = 0;
    const char *said = machine_written(1, STANDARD_ERROR, &size);
    HOLDS(status == EXIT_DONE || status == EXIT_USAGE);
    if (status == EXIT_DONE) {
        HOLDS(size == 0);
        return;
    }
    const char *end = strstr(said, "\r\n");
    HOLDS(end != NULL && end[2] == '\0' && strlen(said) == size);
    HOLDS(strncmp(said, tool, strlen(tool)) == 0 && strncmp(said + strlen(tool), ": ", 2) == 0);
    HOLDS(strstr(said, "(try --help)\r\n") != NULL);
    for (const char *at = said; at < end; at++) {
        HOLDS((unsigned char)*at >= 0x20);
    }
}

static void check_name(const char *name)
{
    char again[NAME_ROOM];
    HOLDS(memchr(name, 0, NAME_ROOM) != NULL);
    HOLDS(name_make(name, NAME_AS_TYPED, again) == NAME_GOOD && strcmp(name, again) == 0);
}

/* What was understood is what was typed: a word of it. */
static void check_word(const struct line *line, const char *word)
{
    bool found = word == NULL;
    for (int i = 1; i < line->count; i++) {
        found = found || (word >= line->blocks[i] && word <= line->blocks[i] + strlen(line->blocks[i]));
    }
    HOLDS(found);
}

static void check_common(const struct line *line, const struct command *common, int most)
{
    HOLDS(common->scope <= NAME_GLOBAL);
    HOLDS(common->operand_count >= 0 && common->operand_count <= most);
    check_word(line, common->operands[0]);
    check_word(line, common->operands[1]);
}

static void check_reader(const struct line *line, const struct reader_options *options)
{
    bool lists = options->verb == VERB_LIST;
    check_common(line, &options->common, 1);
    HOLDS(options->common.operand_count == 1 || lists);
    if (!lists) {
        check_name(options->name);
    }
    if (options->lock[0] != '\0') {
        check_name(options->lock);
    }
    check_word(line, options->output);
    HOLDS(options->verb <= VERB_LIST && options->interval > 0);
    HOLDS(!(options->raw && options->text) && !(options->hex && options->has_encoding));
    HOLDS(!options->json || options->verb >= VERB_STAT);
    HOLDS(options->encoding.encoding <= WINSHM_CODE_PAGE);
    HOLDS((options->encoding.encoding == WINSHM_CODE_PAGE) == (options->encoding.code_page != 0));
    if (options->encoding.code_page != 0) {
        HOLDS(code_page_is_known(options->encoding.code_page));
    }
}

static void check_writer(const struct line *line, const struct writer_options *options)
{
    check_common(line, &options->common, 2);
    HOLDS(options->common.operand_count >= 1);
    check_name(options->name);
    check_word(line, options->text);
    check_word(line, options->input);
    check_word(line, options->background);
    HOLDS(options->verb <= VERB_BACKGROUND && options->encoding <= TEXT_CHOICE_ANSI);
    HOLDS(!(options->raw && options->sealed) && !(options->text != NULL && options->input != NULL));
    HOLDS(options->text == NULL || options->verb <= VERB_PUT);
    HOLDS(!options->has_offset || options->verb == VERB_UPDATE);
    HOLDS(options->offset == 0 || options->has_offset);
    HOLDS((options->background != NULL) == (options->verb == VERB_BACKGROUND));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    bool reads = take(&program, 1) % 2 != 0;
    struct report report = {.program = reads ? "shmread" : "shmwrite"};
    struct line line;
    line_make(&line, program, report.program);
    machine_written_clear(1, STANDARD_ERROR);
    if (reads) {
        struct reader_options *options = malloc(sizeof *options);
        HOLDS(options != NULL);
        enum status status = reader_options_parse(line.count, line.words, &report, options);
        check_said(status, report.program);
        if (status == EXIT_DONE && !options->common.help && !options->common.version) {
            check_reader(&line, options);
        }
        free(options);
    } else {
        struct writer_options *options = malloc(sizeof *options);
        HOLDS(options != NULL);
        enum status status = writer_options_parse(line.count, line.words, &report, options);
        check_said(status, report.program);
        if (status == EXIT_DONE && !options->common.help && !options->common.version) {
            check_writer(&line, options);
        }
        free(options);
    }
    line_free(&line);
    return 0;
}

/* ---- Seeds ------------------------------------------------------------------------------------------------------- */

/* The long options as --help lists them, and their letters. */
static void words_of(const char *usage)
{
    for (const char *at = strchr(usage, '-'); at != NULL; at = strchr(at, '-')) {
        size_t length = strspn(at, "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        char word[40];
        if (length > 1 && length < sizeof word - 1 && (at[-1] == ' ')) {
            memcpy(word, at, length);
            word[length] = '\n';
            word[length + 1] = '\0';
            fuzz_word(word);
        }
        at += length;
    }
}

void fuzz_seeds(void)
{
    words_of(reader_options_usage);
    words_of(writer_options_usage);
    static const char *const words[] = {"--background\n", "utf-16", "ansi", "cp1252", "cp", "Global\\", "64K",  "10s",
                                        "--\n",           "/?",     "-",    "=",      "\n", "auto",     "bytes"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fuzz_word(words[i]);
    }
    static const char *const lines[] = {
        "0--put\n--size\n64K\ndemo\nhello",
        "0-cuq\n--offset=16\nGlobal\\demo\n--input\nfile",
        "0--stream\n-P\n-t5s\ndemo",
        "0--sealed\n--hold-for\n10s\n--reads\n3\n--encoding\nutf-16\nname\n--\n-text",
        "0--background\n1:2:3\ndemo",
        "0--release\n--global\ndemo",
        "1demo",
        "1-fw\n--interval\n50ms\n--text\n--local\ndemo",
        "1--raw\n-o\nfile\ndemo\n-n\n10\n--offset\n0x10",
        "1--encoding\ncp1252\n--lock\nGlobal\\mutex\ndemo",
        "1--list\n--json\nde*",
        "1--stat\ndemo",
        "1-mz\ndemo",
        "1--help",
        "1/?",
        /* Wrong ones. */
        "1-rz\ndemo",
        "1-x\n-e\nansi\ndemo",
        "0--raw\n--sealed\ndemo",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        fuzz_seed_text(lines[i]);
    }
}
