/* The one file that writes lines: the protocol of README.md, and messages for people. */
#include "probe.h"

static char buffer[65536];
static size_t filled;
static uint64_t lines, omitted;
static uint64_t most_per_kind = 10000;
static uint32_t per_kind[128];
static int exit_code = DONE;

/* What the attempts under one protected path came to. Most answers are never given: pages that stay zero take no memory. */
static struct tallies {
    struct tallies *next;
    const char *path;
    uint64_t counts[OPERATIONS][ANSWERS];
} *first, *current;

/* Names of the errnos that file systems answer with; any other is told as `E<number>`. */
static const char *const errno_names[134] = {
    [1] = "EPERM",        [2] = "ENOENT",        [3] = "ESRCH",    [4] = "EINTR",      [5] = "EIO",
    [6] = "ENXIO",        [7] = "E2BIG",         [9] = "EBADF",    [11] = "EAGAIN",    [12] = "ENOMEM",
    [13] = "EACCES",      [14] = "EFAULT",       [16] = "EBUSY",   [17] = "EEXIST",    [18] = "EXDEV",
    [19] = "ENODEV",      [20] = "ENOTDIR",      [21] = "EISDIR",  [22] = "EINVAL",    [23] = "ENFILE",
    [24] = "EMFILE",      [25] = "ENOTTY",       [26] = "ETXTBSY", [27] = "EFBIG",     [28] = "ENOSPC",
    [29] = "ESPIPE",      [30] = "EROFS",        [31] = "EMLINK",  [32] = "EPIPE",     [34] = "ERANGE",
    [36] = "ENAMETOOLONG", [38] = "ENOSYS",      [39] = "ENOTEMPTY", [40] = "ELOOP",   [61] = "ENODATA",
    [71] = "EPROTO",      [74] = "EBADMSG",      [75] = "EOVERFLOW", [84] = "EILSEQ",  [95] = "EOPNOTSUPP",
    [103] = "ECONNABORTED", [107] = "ENOTCONN",  [110] = "ETIMEDOUT", [111] = "ECONNREFUSED",
    [112] = "EHOSTDOWN",  [116] = "ESTALE",      [117] = "EUCLEAN", [121] = "EREMOTEIO", [122] = "EDQUOT",
    [126] = "ENOKEY",     [127] = "EKEYEXPIRED", [128] = "EKEYREVOKED",
};

static void write_all(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        long written = SYS(write, fd, bytes, count);
        if (written == -EINTR) continue;
        if (written == -EAGAIN) { /* the other end may have made the pipe non-blocking: it is the same open file */
            struct poll ready = {.fd = fd, .events = POLLOUT};
            SYS(ppoll, &ready, 1);
            continue;
        }
        if (written < 0) exit_now(FAILED); /* nobody listens: the end line stays away, and that is what counts */
        bytes += written;
        count -= (size_t)written;
    }
}

void flush(void)
{
    write_all(1, buffer, filled);
    filled = 0;
}

static void put(char byte)
{
    if (filled == sizeof buffer) flush();
    buffer[filled++] = byte;
}

void raw(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length; at++) put(bytes[at]);
}

/** One byte of foreign text, so that nothing in it can end a field, a line or a terminal's patience. */
static size_t escape(char *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    if (byte > 0x20 && byte < 0x7f && byte != '\\') {
        out[0] = (char)byte;
        return 1;
    }
    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 15];
    return 4;
}

static size_t decimal(char out[20], uint64_t number)
{
    size_t length = 0;
    for (uint64_t rest = number; length == 0 || rest; rest /= 10) length++;
    for (size_t at = length; at--; number /= 10) out[at] = (char)('0' + number % 10);
    return length;
}

void limit_lines(uint64_t most)
{
    most_per_kind = most;
}

bool begin(char kind)
{
    bool limited = false;
    for (const char *k = "SUKXDZ"; *k; k++) limited |= *k == kind;
    if (limited && per_kind[(int)kind] >= most_per_kind) {
        omitted++;
        return false;
    }
    per_kind[(int)kind]++;
    put(kind);
    return true;
}

void bytes_field(const char *bytes, size_t length)
{
    char escaped[4];
    put('\t');
    for (size_t at = 0; at < length; at++) raw(escaped, escape(escaped, (unsigned char)bytes[at]));
}

void text_field(const char *text)
{
    bytes_field(text, length_of(text));
}

void number_field(uint64_t number)
{
    char digits[20];
    put('\t');
    raw(digits, decimal(digits, number));
}

void capabilities_field(uint64_t capabilities)
{
    put('\t');
    for (int shift = 60; shift >= 0; shift -= 4) put("0123456789abcdef"[(capabilities >> shift) & 15]);
}

void answer_field(unsigned answer)
{
    char digits[20];
    if (answer == 0) text_field("OK");
    else if (answer == COVERED) text_field("COVERED");
    else if (answer == GONE) text_field("GONE");
    else if (answer < 134 && errno_names[answer]) text_field(errno_names[answer]);
    else {
        text_field("E");
        raw(digits, decimal(digits, answer));
    }
}

void end(void)
{
    put('\n');
    lines++;
}

void tell(char kind, const char *path)
{
    if (!begin(kind)) return;
    text_field(path);
    end();
}

void tell_unexpected(unsigned operation, long error, const char *path)
{
    if (!begin('U')) return;
    text_field(operation_name(operation));
    answer_field((unsigned)-error);
    text_field(path);
    end();
}

void tally_under(const char *path)
{
    struct tallies **at = &first;
    while (*at && !equal((*at)->path, path)) at = &(*at)->next;
    if (!*at) {
        *at = keep_bytes(sizeof **at);
        (*at)->path = path;
    }
    current = *at;
}

void tally(unsigned operation, unsigned answer)
{
    current->counts[operation][answer]++;
}

void overflow(const char *what)
{
    tell('O', what);
    exit_code = OVERFLOW;
}

static void tell_tallies(const struct tallies *tallies)
{
    for (unsigned operation = 0; operation < OPERATIONS; operation++) {
        for (unsigned answer = 0; answer < ANSWERS; answer++) {
            uint64_t count = tallies->counts[operation][answer];
            if (count == 0) continue;
            begin('T');
            text_field(operation_name(operation));
            answer_field(answer);
            number_field(count);
            text_field(tallies->path);
            end();
        }
    }
}

int finish(void)
{
    for (const struct tallies *tallies = first; tallies; tallies = tallies->next) tell_tallies(tallies);
    begin('E');
    number_field(lines);
    number_field(omitted);
    end();
    flush();
    return exit_code;
}

void complain(const char *what, const char *path, long error)
{
    char message[1024];
    size_t length = 0;
    for (const char *at = "immutable-check probe: "; *at; at++) message[length++] = *at;
    for (; *what && length < 300; what++) message[length++] = *what;
    if (path) message[length++] = ' ';
    for (; path && *path && length < 900; path++) length += escape(message + length, (unsigned char)*path);
    if (error) {
        for (const char *at = ": errno "; *at; at++) message[length++] = *at;
        length += decimal(message + length, (uint64_t)-error);
    }
    message[length++] = '\n';
    write_all(2, message, length);
}
