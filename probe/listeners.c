/* Who listens for TCP connections in this network namespace: /proc/net/tcp and tcp6. */
#include "probe.h"

static void tell_address(const char *hex, bool six)
{
    /* Words of four bytes, each printed as a number of a little-endian machine. */
    unsigned char bytes[16];
    size_t count = six ? 16 : 4;
    for (size_t at = 0; at < count; at++) {
        size_t from = (at / 4 * 4 + 3 - at % 4) * 2;
        char pair[3] = {hex[from], hex[from + 1], '\0'};
        const char *digits = pair;
        uint64_t byte = 0;
        read_number(&digits, 16, &byte);
        bytes[at] = (unsigned char)byte;
    }
    char text[40];
    size_t length = 0;
    if (!six) {
        for (size_t at = 0; at < 4; at++) {
            if (at) text[length++] = '.';
            if (bytes[at] >= 100) text[length++] = (char)('0' + bytes[at] / 100);
            if (bytes[at] >= 10) text[length++] = (char)('0' + bytes[at] / 10 % 10);
            text[length++] = (char)('0' + bytes[at] % 10);
        }
    } else {
        unsigned before = 0;
        for (size_t at = 0; at < 15; at++) before |= bytes[at];
        if (before == 0 && bytes[15] <= 1) {
            text[length++] = ':';
            text[length++] = ':';
            if (bytes[15]) text[length++] = '1';
        } else
            for (size_t at = 0; at < 32; at++) text[length++] = "0123456789abcdef"[bytes[at / 2] >> (at % 2 ? 0 : 4) & 15];
    }
    bytes_field(text, length);
}

/** `0: 0100007F:1F90 00000000:0000 0A ...`: number, own address, the other's, state (0A is LISTEN). */
static void tell_socket(char *line, bool six)
{
    while (*line == ' ') line++;
    next_field(&line, ' ');
    char *own = next_field(&line, ' ');
    next_field(&line, ' ');
    const char *state = next_field(&line, ' ');
    size_t digits = six ? 32 : 8;
    uint64_t port;
    if (!own || !state || !equal(state, "0A") || length_of(own) <= digits) return;
    const char *behind = own + digits + 1;
    if (!read_number(&behind, 16, &port)) return;
    begin('H');
    text_field(six ? "6" : "4");
    tell_address(own, six);
    number_field(port);
    end();
}

static long tell_table(const char *path, bool six)
{
    static struct reader table;
    long error = reader_open(&table, path);
    if (error < 0) return error;
    reader_line(&table); /* the headings */
    for (char *line; (line = reader_line(&table));) tell_socket(line, six);
    return 0;
}

int tell_listeners(void)
{
    long four = tell_table("/proc/net/tcp", false), six = tell_table("/proc/net/tcp6", true);
    if (four == 0 && (six == 0 || six == -ENOENT)) return finish(); /* a kernel without IPv6 has no tcp6 */
    complain("cannot read /proc/net/tcp", NULL, four ? four : six);
    flush();
    return INCOMPLETE;
}
