/* Memory: what the compiler calls by itself, and bytes that stay. */
#include "probe.h"

/* The compiler may put calls to these four wherever a structure is copied, cleared or compared. */
void *memcpy(void *to, const void *from, size_t count)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    while (count--) *out++ = *in++;
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    if (out <= in) return memcpy(to, from, count);
    while (count--) out[count] = in[count];
    return to;
}

void *memset(void *to, int byte, size_t count)
{
    unsigned char *out = to;
    while (count--) *out++ = (unsigned char)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
    const unsigned char *left = a, *right = b;
    for (; count; count--, left++, right++)
        if (*left != *right) return *left - *right;
    return 0;
}

size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

void *keep_bytes(size_t size)
{
    enum { CHUNK = 65536 };
    static char *chunk;
    static size_t left;

    size = (size + 15) & ~(size_t)15;
    if (size > left) {
        size_t wanted = size > CHUNK ? size : CHUNK;
        long memory = map_memory(wanted);
        if (memory < 0 && memory > -ERRNO_LIMIT) {
            complain("no memory", NULL, memory);
            exit_now(FAILED);
        }
        chunk = (char *)memory;
        left = wanted;
    }
    void *kept = chunk;
    chunk += size;
    left -= size;
    return kept;
}

char *keep_text(const char *text, size_t length)
{
    char *kept = keep_bytes(length + 1);
    memcpy(kept, text, length);
    return kept; /* fresh memory is zero: the text is ended */
}
