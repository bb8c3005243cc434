/* options.c - parses the command line of shmread. */
#include "reader/options.h"

#include <string.h>

#include "common/platform.h"
#include "common/text/size.h"
#include "reader/fields.h"

/* ---- Values of a form of their own ------------------------------------------------------------------------------- */

/*
 * Store the value of --encoding: a type of numbers, the name of an encoding, or
 * `cp` and the number of a code page. The code pages of UTF-8 and UTF-16 are
 * decoded by shmread itself. For any other, ask the system if it can decode the
 * code page.
 */
static enum status take_decoding(const struct report *report, const char *value, void *context)
{
    struct reader_options *options = context;
    uint32_t code_page = 0; /* none */
    options->has_encoding = true;
    options->has_number = number_type_named(value, strlen(value), &options->number);
    if (options->has_number || strcmp(value, "bytes") == 0) {
        options->encoding.encoding = WINSHM_BYTES;
    } else if (strcmp(value, "auto") == 0) {
        options->has_encoding = false;
    } else if (strcmp(value, "utf-8") == 0) {
        code_page = CODE_PAGE_UTF8;
    } else if (strcmp(value, "utf-16") == 0) {
        code_page = CODE_PAGE_UTF16;
    } else if (strcmp(value, "ansi") == 0) {
        code_page = code_page_ansi();
    } else if (strcmp(value, "oem") == 0) {
        code_page = code_page_oem();
    } else {
        size_t digits = strncmp(value, "cp", 2) == 0 ? strspn(value + 2, "0123456789") : 0;
        bool is_number = digits > 0 && digits <= 5 && value[2 + digits] == '\0';
        for (size_t i = 0; is_number && i < digits; i++) {
            code_page = 10 * code_page + (uint32_t)(value[2 + i] - '0');
        }
        if (code_page == 0) {
            return report_usage(report,
                                "--encoding: \"%s\" is none of auto, bytes, utf-8, utf-16, ansi, oem, cpN and types of "
                                "numbers, u8 to f64",
                                value);
        }
    }

    if (code_page == CODE_PAGE_UTF8) {
        options->encoding.encoding = WINSHM_UTF8;
    } else if (code_page == CODE_PAGE_UTF16) {
        options->encoding.encoding = WINSHM_UTF16;
    } else if (code_page != 0) {
        options->encoding = (struct value_text){.encoding = WINSHM_CODE_PAGE, .code_page = code_page};
        if (!code_page_is_known(code_page)) {
            return report_usage(report, "--encoding: this system cannot decode code page %u", (unsigned)code_page);
        }
    }
    return EXIT_DONE;
}

static enum status take_mutex(const struct report *report, const char *value, void *options)
{
    return command_name(report, value, NAME_AS_TYPED, ((struct reader_options *)options)->mutex);
}

static enum status take_count(const struct report *report, const char *value, void *options)
{
    uint64_t *count = &((struct reader_options *)options)->count;
    bool is_good = size_parse(value, count) && *count > 0;
    return is_good ? EXIT_DONE : report_usage(report, "--count: \"%s\" is not a number of values such as 1", value);
}

static enum status take_after(const struct report *report, const char *value, void *options)
{
    return size_parse(value, &((struct reader_options *)options)->after)
               ? EXIT_DONE
               : report_usage(report, "--after: \"%s\" is not the number of an update such as 17", value);
}

static enum status take_field(const struct report *report, const char *value, void *context)
{
    struct reader_options *options = context;
    if (options->field_count == FIELDS_MOST) {
        return report_usage(report, "--get: at most %d fields", FIELDS_MOST);
    }
    const char *fault = field_parse(value, &options->fields[options->field_count++]);
    return fault == NULL ? EXIT_DONE : report_usage(report, "--get: \"%s\": %s", value, fault);
}

static enum status take_rows(const struct report *report, const char *value, void *context)
{
    struct reader_options *options = context;
    const char *fault = field_parse_rows(value, &options->row_count, &options->row_size);
    options->has_rows = fault == NULL;
    return options->has_rows ? EXIT_DONE : report_usage(report, "--rows: \"%s\" %s", value, fault);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

#define FOLLOWING (1U << VERB_FOLLOW)
#define PRINTING (1U << VERB_PRINT | FOLLOWING)
#define TAPPING (1U << VERB_TAP)
#define DESCRIBING (1U << VERB_STAT | 1U << VERB_LIST)

#define COMMAND_STRUCT struct reader_options
#define VERB(chosen) COMMAND_VERB(enum reader_verb, chosen)
_Static_assert(offsetof(COMMAND_STRUCT, common) == 0, "command_parse() finds it there");
_Static_assert(sizeof(enum reader_verb) == sizeof(unsigned), "command_parse() stores it so");

static const struct command_option reader_rows[] = {
    {'f', "follow", NULL, VERB(VERB_FOLLOW), COMMAND_ANY, "print each new value, until NAME goes away",
     "\nActions (default: print NAME once):\n"},
    {0, "count", "N", COMMAND_OTHER(take_count), FOLLOWING, "end after N values"},
    {0, "numbered", NULL, COMMAND_FLAG(numbered), FOLLOWING, "print the number of the update before each value"},
    {0, "after", "N", COMMAND_OTHER(take_after), FOLLOWING, "skip the values up to update N"},
    {0, "interval", "DURATION", COMMAND_DURATION(interval), FOLLOWING,
     "how often --follow looks at memory of another program (100ms)"},
    {0, "tap", NULL, VERB(VERB_TAP), COMMAND_ANY,
     "print what passes through the stream NAME from now on, beside its reader; bytes may be missed (status 9)"},
    {0, "stat", NULL, VERB(VERB_STAT), COMMAND_ANY, "describe NAME: sizes, times, writer, access list"},
    {'L', "list", NULL, VERB(VERB_LIST), COMMAND_ANY,
     "list the named shared memory of this session and of Global\\, all or what matches PATTERN (with * and ?)"},
    {0, "json", NULL, COMMAND_FLAG(json), PRINTING | DESCRIBING,
     "print JSON: the contents, or those of --get, or of --stat and --list"},
    {'w', "wait", NULL, COMMAND_FLAG(wait), PRINTING | TAPPING | 1U << VERB_STAT,
     "first wait until NAME exists and has contents"},

    {0, "offset", "N", COMMAND_SIZE(offset), PRINTING, "begin at byte N: 16, 0x10, 4K", "\nPart to print:\n"},
    {'n', "length", "N", COMMAND_SIZE(length), PRINTING, "print at most N bytes"},
    {'z', "text", NULL, COMMAND_FLAG(text), PRINTING, "stop at the first NUL"},
    {'r', "raw", NULL, COMMAND_FLAG(raw), PRINTING, "print the whole memory, to its last byte"},
    {0, "get", "FIELD", COMMAND_EACH(take_field), PRINTING,
     "print this field; up to 64 times. FIELD is [LABEL=]TYPE@OFFSET[*COUNT], such as f32@28, rpm=i32@0x10 or "
     "name=text@32*260. TYPE is that of numbers (see -e), text, utf-16 or hex"},
    {0, "rows", "COUNT*SIZE", COMMAND_OTHER(take_rows), PRINTING,
     "with --get: print the fields of COUNT rows of SIZE bytes, a row each line"},
    {0, "mutex", "MUTEX", COMMAND_OTHER(take_mutex), PRINTING,
     "for memory of another program: own its mutex MUTEX while copying"},

    {'e', "encoding", "ENC", COMMAND_OTHER(take_decoding), PRINTING | TAPPING,
     "decode as bytes, utf-8, utf-16, ansi, oem or cpN, such as cp1252 (auto); the output is UTF-8; "
     "or print numbers of the type u8, i8, u16, i16, u32, i32, u64, i64, f32 or f64, one a line",
     "\nOutput:\n"},
    {'x', "hex", NULL, COMMAND_FLAG(hex), PRINTING | TAPPING, "print offsets, sixteen bytes a line, and characters"},
    {'m', "message-box", NULL, COMMAND_FLAG(message_box), 1U << VERB_PRINT, "show the contents in a message box"},
    {'o', "output", "FILE", COMMAND_FILE(output), 1U << VERB_PRINT | DESCRIBING,
     "write to FILE, replaced only when the output is whole"},
    {'P', "progress", NULL, COMMAND_FLAG(progress), 1U << VERB_PRINT | TAPPING, "show progress of a stream"},
};
#define READER_COUNT (sizeof reader_rows / sizeof *reader_rows)
_Static_assert(READER_COUNT <= COMMAND_OPTIONS_MOST, "command.h has room for so many");

const struct command_table reader_options_table = {
    .head = "Usage: shmread [OPTION]... NAME\n"
            "       shmread --list [OPTION]... [PATTERN]\n"
            "Print the contents of named shared memory.\n",
    .rows = reader_rows,
    .count = READER_COUNT,
    .common = "\n",
    .foot = "\n"
            "shmread prints what shmwrite put there byte for byte; it converts text in UTF-16\n"
            "or in a code page to UTF-8. It prints memory of other programs as a string, up\n"
            "to the first NUL: UTF-16, UTF-8, or else the ANSI code page. A DURATION without\n"
            "a unit is in seconds. NAME may begin with Global\\ or Local\\ and has no other\n"
            "backslash; its case matters. A NAME that begins with - or / comes after --.\n"
            "Long options may be shortened.\n"
            "\n"
            "Examples:\n"
            "  for /f \"delims=\" %v in ('shmread job.state') do echo the job is %v\n"
            "  shmread --list \"*Sens*\"               names that contain Sens\n"
            "  shmread AIDA64_SensorValues           memory of another program, as text\n"
            "  shmread --hex -n 64 MumbleLink        memory of another program, as bytes\n"
            "\n",
    .other_tool = "shmwrite",
    .other_options = " detach put update stream release input chomp append add if pad lines size sealed hold-for "
                     "hold-with reads readers allow sddl ",
    .old_name = "lock",
    .new_name = "mutex",
};

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/* Report two fields of one name, of which most programs would read only one. */
static enum status check_keys(const struct report *report, const struct reader_options *options)
{
    for (size_t i = 1; i < options->field_count; i++) {
        size_t length = field_key_length(&options->fields[i]);
        for (size_t j = 0; j < i; j++) {
            if (field_key_length(&options->fields[j]) == length &&
                memcmp(options->fields[j].text, options->fields[i].text, length) == 0) {
                return report_usage(report, "--json: two fields have the name %.*s", (int)length,
                                    options->fields[i].text);
            }
        }
    }
    return EXIT_DONE;
}

/* Return whether there is a field that --encoding decodes. */
static bool has_text_field(const struct reader_options *options)
{
    size_t i = 0;
    while (i < options->field_count && options->fields[i].kind != FIELD_TEXT) {
        i++;
    }
    return i < options->field_count;
}

/* Report options that cannot be combined. */
static enum status check_reader(const struct report *report, const struct reader_options *options)
{
    if (options->raw && options->text) {
        return report_usage(report, "--raw and --text cannot be combined");
    }
    if (options->hex && options->has_encoding) {
        return report_usage(report, "--hex and --encoding cannot be combined");
    }
    if (options->text && options->has_number) {
        return report_usage(report, "--text and a type of numbers cannot be combined");
    }
    bool has_fields = options->field_count > 0;
    if (has_fields && (options->hex || options->text)) {
        return report_usage(report, "--get and --%s cannot be combined", options->hex ? "hex" : "text");
    }
    if (has_fields && options->has_number) {
        return report_usage(report, "--get and a type of numbers in --encoding cannot be combined");
    }
    if (has_fields && value_text_is_wide(options->encoding)) {
        return report_usage(report, "--get: a field of UTF-16 has the type utf-16, without --encoding");
    }
    if (has_fields && options->has_encoding && !has_text_field(options)) {
        return report_usage(report, "--get: --encoding is for fields of the type text, and there is none");
    }
    if (options->has_rows && !has_fields) {
        return report_usage(report, "--rows needs --get");
    }
    if (options->json && (options->hex || options->has_number)) {
        return report_usage(report, "--json and %s cannot be combined", options->hex ? "--hex" : "a type of numbers");
    }
    if (options->json && check_keys(report, options) != EXIT_DONE) {
        return EXIT_USAGE;
    }
    if (options->numbered && (options->raw || options->json)) {
        return report_usage(report, "--numbered and --%s cannot be combined", options->raw ? "raw" : "json");
    }
    if (options->hex && options->message_box) {
        return report_usage(report, "--hex and --message-box cannot be combined");
    }
    if (options->message_box && options->output != NULL) {
        return report_usage(report, "--message-box and --output cannot be combined");
    }
    if (options->verb == VERB_STAT && !options->wait && options->common.timeout != CLOCK_NEVER) {
        return report_usage(report, "--timeout with --stat needs --wait");
    }
    if (options->interval == 0) {
        return report_usage(report, "--interval: 0 is too short: give 1ms or more");
    }
    return EXIT_DONE;
}

enum status reader_options_parse(int count, char **arguments, struct report *report, struct reader_options *options)
{
    *options = (struct reader_options){.common.timeout = CLOCK_NEVER, .interval = 100, .length = UINT64_MAX};
    struct command *common = &options->common;
    enum status status = command_parse(report, &reader_options_table, options, count, arguments);
    if (status != EXIT_DONE || common->help || common->version) {
        return status;
    }
    bool lists = options->verb == VERB_LIST;
    if (common->operand_count < 1 && !lists) {
        return report_usage(report, "NAME is missing");
    }
    status = command_check_operands(report, common, 1, lists ? "PATTERN" : "NAME",
                                    lists ? "put double quotes around PATTERN"
                                          : "put double quotes around a NAME with blanks");
    if (status == EXIT_DONE) {
        status = command_check_verb(report, &reader_options_table, common, options->verb);
    }
    if (status == EXIT_DONE) {
        status = check_reader(report, options);
    }
    if (status == EXIT_DONE && options->field_count > 0) {
        status = fields_limit(report, options);
    }
    if (status == EXIT_DONE && !lists) {
        status = command_name(report, common->operands[0], common->scope, options->name);
    }
    return status;
}
