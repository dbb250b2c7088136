/* Reading the kernel's text files, a line at a time. */
#include "probe.h"

long reader_open(struct reader *reader, const char *path)
{
    long fd = SYS(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    reader->fd = (int)fd;
    reader->start = reader->end = 0;
    reader->too_long = false;
    return fd;
}

static char *reader_close(struct reader *reader)
{
    SYS(close, reader->fd);
    return NULL;
}

char *reader_line(struct reader *reader)
{
    size_t seen = reader->start;
    for (;;) {
        for (; seen < reader->end; seen++) {
            if (reader->buffer[seen] != '\n') continue;
            char *line = reader->buffer + reader->start;
            reader->buffer[seen] = '\0';
            reader->start = seen + 1;
            return line;
        }
        memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        seen -= reader->start;
        reader->start = 0;
        if (reader->end == sizeof reader->buffer) {
            reader->too_long = true;
            return reader_close(reader);
        }
        long count = SYS(read, reader->fd, reader->buffer + reader->end, sizeof reader->buffer - reader->end);
        if (count == -EINTR) continue;
        if (count <= 0) return reader_close(reader); /* ESRCH: the process that it tells of has ended */
        reader->end += (size_t)count;
    }
}

bool read_number(const char **text, unsigned base, uint64_t *number)
{
    const char *at = *text;
    uint64_t value = 0;
    for (;; at++) {
        unsigned digit;
        if (*at >= '0' && *at <= '9') digit = (unsigned)(*at - '0');
        else if (*at >= 'a' && *at <= 'f') digit = (unsigned)(*at - 'a') + 10;
        else if (*at >= 'A' && *at <= 'F') digit = (unsigned)(*at - 'A') + 10;
        else break;
        if (digit >= base) break;
        if (value > (UINT64_MAX - digit) / base) return false;
        value = value * base + digit;
    }
    if (at == *text) return false;
    *text = at;
    *number = value;
    return true;
}

char *next_field(char **line, char separator)
{
    char *field = *line;
    if (!field) return NULL;
    char *at = field;
    while (*at && *at != separator) at++;
    *line = *at ? at + 1 : NULL;
    *at = '\0';
    return field;
}

bool starts_with(const char *text, const char *start)
{
    while (*start)
        if (*text++ != *start++) return false;
    return true;
}
