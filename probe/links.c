/*
 * Symbolic links that lead out of what the walk attacks. A link cannot be better protected than the place it
 * leads to: whoever can change that place changes what a reader of the link gets.
 */
#include "probe.h"

static struct place place;

static bool place_within(const char *root)
{
    return within(place.path, place.length, root, length_of(root));
}

/** Kernel file systems and devices are nobody's configuration, except the two that hold ordinary files. */
static bool is_kernels(void)
{
    if (place_within("/dev/shm") || place_within("/dev/mqueue")) return false;
    return place_within("/proc") || place_within("/sys") || place_within("/dev");
}

/** One attempt on behalf of a link; true, with a `K` line, if it succeeded. */
static bool can(enum operation operation, const struct entry *target, const struct entry *link)
{
    long answer;
    if (!untouched(target->path, length_of(target->path))) answer = attempt(operation, target);
    else answer = ask_access(AT_FDCWD, target->path, operation == CREATE ? W_OK | X_OK : W_OK);

    if (answer < 0) {
        struct entry told = *target;
        told.path = link->path;
        record(operation, answer, &told);
        return false;
    }
    tally(operation, 0);
    if (begin('K')) {
        text_field(operation_name(operation));
        text_field(link->path);
        bytes_field(place.path, place.length);
        end();
    }
    return true;
}

/** What the kernel says of the way to a target: it leads this identity nowhere, or it cannot be told where. */
static void dead_end(const struct entry *link, long error)
{
    if (error == -EACCES || error == -ELOOP || error == -ENOTDIR || error == -ENOENT) return;
    tally(CREATE, (unsigned)-error);
    tell_unexpected(CREATE, error, link->path);
    tell('Z', link->path);
}

/** Tries to create something in the directory that the first `length` bytes of the place name. */
static void try_directory(size_t length, const struct entry *link)
{
    char path[PATH_LIMIT + 1];
    memcpy(path, place.path, length);
    path[length] = '\0';
    long dir = SYS(openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct entry inside = {.dir = (int)dir, .path = path, .kind = INSIDE};
    if (dir < 0) {
        dead_end(link, dir);
        return;
    }
    can(CREATE, &inside, link);
    SYS(close, dir);
}

void follow_link(const struct entry *link)
{
    static char text[KERNEL_PATH_LIMIT];
    long size = SYS(readlinkat, link->dir, link->name, text, sizeof text - 1);
    if (size < 0) return; /* replaced or gone meanwhile */
    text[size] = '\0';
    long error = resolve(&place, link->path, parent_length(link->path, length_of(link->path)), text);
    if (error < 0) {
        dead_end(link, error);
        return;
    }
    if (walked(place.path, place.length) || is_kernels() || is_own(place.path, place.length)) return;

    if (place.existing < place.length) {
        try_directory(place.existing, link);
        return;
    }
    struct entry target = {.dir = AT_FDCWD, .name = place.path, .path = place.path};
    error = status_of(AT_FDCWD, place.path, &target.status);
    if (error < 0) {
        dead_end(link, error);
        return;
    }
    target.kind = kind_of(target.status.mode);
    if (target.kind == DIRECTORY) try_directory(place.length, link);
    else if (target.kind != REGULAR || !can(OPEN_WRITE, &target, link))
        try_directory(parent_length(place.path, place.length), link);
}
