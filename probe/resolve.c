/* Where a path leads, symbolic links followed by hand: the kernel's own answer ends at a missing target. */
#include "probe.h"

enum { MOST_HOPS = 40 }; /* as many as the kernel follows */

size_t parent_length(const char *path, size_t length)
{
    while (length > 1 && path[length - 1] != '/') length--;
    return length > 1 ? length - 1 : 1;
}

static bool add_component(struct place *place, const char *name, size_t length)
{
    bool at_root = place->length == 1;
    if (place->length + 1 + length > PATH_LIMIT) return false;
    if (!at_root) place->path[place->length++] = '/';
    memcpy(place->path + place->length, name, length);
    place->length += length;
    place->path[place->length] = '\0';
    return true;
}

static void drop_component(struct place *place)
{
    place->length = parent_length(place->path, place->length);
    place->path[place->length] = '\0';
}

/** Puts a link's text before what is still to be walked. */
static bool put_before(char *pending, const char *text, size_t length)
{
    size_t rest = length_of(pending);
    if (length + 1 + rest > PATH_LIMIT) return false;
    memmove(pending + length + 1, pending, rest + 1);
    memcpy(pending, text, length);
    pending[length] = '/';
    return true;
}

static void start_at_root(struct place *place)
{
    place->path[0] = '/';
    place->path[1] = '\0';
    place->length = 1;
}

long resolve(struct place *place, const char *base, size_t base_length, const char *text)
{
    static char pending[PATH_LIMIT + 1], target[KERNEL_PATH_LIMIT];
    size_t missing_from = 0;
    int hops = 0;

    pending[0] = '\0';
    start_at_root(place);
    if (base_length > 1) {
        memcpy(place->path, base, base_length);
        place->path[base_length] = '\0';
        place->length = base_length;
    }
    if (text[0] == '/') start_at_root(place);
    if (!put_before(pending, text, length_of(text))) return -ENAMETOOLONG;

    while (pending[0]) {
        char *name = pending;
        while (*name == '/') name++;
        size_t length = 0;
        while (name[length] && name[length] != '/') length++;
        bool parent = length == 2 && name[0] == '.' && name[1] == '.';
        bool nothing = length == 0 || (length == 1 && name[0] == '.');
        if (parent) drop_component(place);
        else if (!nothing && !add_component(place, name, length)) return -ENAMETOOLONG;
        memmove(pending, name + length, length_of(name + length) + 1);
        if (parent || nothing || missing_from) continue;

        long size = SYS(readlinkat, AT_FDCWD, place->path, target, sizeof target);
        if (size == -EINVAL) continue; /* it is there, and no link */
        if (size == -ENOENT) {         /* the rest can only be read as it is written */
            missing_from = parent_length(place->path, place->length);
            continue;
        }
        if (size < 0) return size;
        if (++hops > MOST_HOPS) return -ELOOP;
        if (!put_before(pending, target, (size_t)size)) return -ENAMETOOLONG;
        if (size > 0 && target[0] == '/') start_at_root(place);
        else drop_component(place);
    }
    /* `..` behind the missing part may have led above it. */
    place->existing = missing_from && missing_from < place->length ? missing_from : place->length;
    return 0;
}
