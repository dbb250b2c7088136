/*
 * The one file that walks. It goes by open directories and plain names, so that neither the length of a path
 * nor a program that moves things about leads it astray; the path is only kept to be told.
 *
 * A directory is read to its end before the walk goes into those below it. Their names wait in an arena: the
 * walk takes as much memory as the names of the directories between the root and where it stands.
 */
#include "probe.h"

enum manner { ATTACK, COUNT, LIST };
enum { MANNER = 3, SAID_SOMETHING = 4, SEALED = 8 }; /* the byte before each waiting name: its manner, what its attempts said, its mount */

struct level {
    int fd;
    enum manner manner;
    bool can_create, sealed;
};

static struct {
    char *bytes;
    size_t used, size;
} arena;

/* The path of what is looked at now. */
static char path[PATH_LIMIT + 1];
static size_t path_length;
static bool all_listed = true;

/** Adds a name to the path and gives where it stands in it; NULL where it does not fit. */
static const char *push(const char *name)
{
    size_t length = length_of(name), at = path_length;
    if (path_length + 1 + length > PATH_LIMIT) return NULL;
    if (at > 1) path[at++] = '/';
    memcpy(path + at, name, length + 1);
    path_length = at + length;
    return path + at;
}

static void pop(size_t length)
{
    path_length = length;
    path[length] = '\0';
}

static bool wait_for(const char *name, unsigned flags)
{
    size_t wanted = arena.used + length_of(name) + 2;
    if (wanted > arena.size) {
        size_t size = arena.size ? arena.size * 2 : 65536;
        long bytes = arena.size ? SYS(mremap, arena.bytes, arena.size, size, MREMAP_MAYMOVE) : map_memory(size);
        if (bytes < 0 && bytes > -ERRNO_LIMIT) return false;
        arena.bytes = (char *)bytes;
        arena.size = size;
    }
    arena.bytes[arena.used] = (char)flags;
    memcpy(arena.bytes + arena.used + 1, name, wanted - arena.used - 1);
    arena.used = wanted;
    return true;
}

/** Something that was to be attacked, counted or listed and could not: never silence. What is covered is decided. */
static void unreachable(enum manner manner, enum operation operation, long error)
{
    switch (manner) {
    case ATTACK:
        tally(operation, (unsigned)-error);
        tell_unexpected(operation, error, path);
        tell('Z', path);
        break;
    case LIST:
        complain("cannot list", path, error);
        all_listed = false;
        break;
    case COUNT: break;
    }
}

static bool is_mount_root(const struct statx *status)
{
    /* Before Linux 5.8 the mount list has to do. Device numbers would not: on overlayfs they differ between files. */
    if (status->attributes_mask & STATX_ATTR_MOUNT_ROOT) return status->attributes & STATX_ATTR_MOUNT_ROOT;
    return mounted_at(path, path_length);
}

/** Looks at the entry that `path` names; false, where that was not to be, after telling so. */
static bool look_at(struct entry *entry, int dir, const char *name)
{
    entry->dir = dir;
    entry->name = name;
    entry->path = path;
    long error = status_of(dir, name, &entry->status);
    if (error == -ENOENT) tally(DELETE, GONE);
    else if (error < 0) unreachable(ATTACK, DELETE, error);
    if (error < 0) return false;
    entry->kind = kind_of(entry->status.mode);
    entry->sealed = false;
    entry->mount_root = path_length == 1 || is_mount_root(&entry->status);
    if (entry->mount_root) mount_reached(path, path_length);
    return true;
}

/** All attempts on one entry itself. Gives the flags of attack(). */
static __attribute__((noinline)) unsigned attack_entry(struct entry *entry, bool can_create_beside)
{
    unsigned found = attack(entry, can_create_beside);
    if (!(found & (REPLACEABLE | VANISHED)) && entry->kind == LINK) follow_link(entry);
    if (entry->kind == REGULAR) tell_privileged(entry);
    /* A directory is not judged before what can be done inside it is known. */
    if (!(found & (CONCLUSIVE | VANISHED)) && entry->kind != DIRECTORY) tell('Z', path);
    return found;
}

/**
 * Makes a directory the working one (some attempts know no other) and all attempts inside it. False where this
 * identity may not go in: then it can do nothing there, and what it can do to the directory itself was tried
 * before. Trying inside would only get an EACCES that hides what the mount would say.
 */
static __attribute__((noinline)) bool go_in(struct level *level, bool said_something)
{
    const struct entry inside = {.dir = level->fd, .path = path, .kind = INSIDE};
    long entered = SYS(fchdir, level->fd);
    if (entered < 0 && entered != -EACCES) unreachable(ATTACK, CREATE, entered);
    unsigned found = entered == 0 ? attack(&inside, false) : 0;
    if (!said_something && !(found & (CONCLUSIVE | VANISHED)) && (entered == 0 || entered == -EACCES)) tell('Z', path);
    level->can_create = found & CREATED;
    return entered == 0;
}

static __attribute__((noinline)) unsigned char type_of(int dir, const struct directory_record *record)
{
    struct statx status;
    if (record->type != DT_UNKNOWN) return record->type;
    return status_of(dir, record->name, &status) == 0 ? status.mode >> 12 : DT_UNKNOWN; /* DT_ is S_IF shifted */
}

/** What there is to do with one entry of a directory: now, or, for what is below it, by waiting. */
static __attribute__((noinline)) void meet(const struct level *level, const struct directory_record *record, const char *name)
{
    struct entry entry;
    unsigned char type;
    unsigned found;
    enum manner manner = level->manner;

    if (manner == LIST) {
        raw(path, path_length + 1);
        if (type_of(level->fd, record) == DT_DIR && !wait_for(name, LIST)) unreachable(LIST, CREATE, -ENOMEM);
        return;
    }
    if (left_out(path, path_length)) return;

    if (manner == COUNT && !mounted_at(path, path_length)) {
        type = type_of(level->fd, record);
        cover(type == DT_DIR ? DIRECTORY : type == DT_REG ? REGULAR : type == DT_LNK ? LINK : SPECIAL);
        if (type == DT_DIR) wait_for(name, COUNT);
        return;
    }
    if (!look_at(&entry, level->fd, name)) return;
    entry.sealed = level->sealed && !entry.mount_root;
    found = attack_entry(&entry, level->can_create);
    if (entry.kind != DIRECTORY || found & VANISHED) return;
    manner = found & REPLACEABLE ? COUNT : ATTACK;
    unsigned flags = manner | (found & CONCLUSIVE ? SAID_SOMETHING : 0);
    if (entry.mount_root ? is_sealed(path, path_length) : level->sealed) flags |= SEALED;
    if (!wait_for(name, flags)) unreachable(manner, CREATE, -ENOMEM);
}

static void enter(int parent, const char *name, unsigned flags);

static void read_entries(const struct level *level)
{
    static _Alignas(8) char records[32768];
    for (;;) {
        long size = SYS(getdents64, level->fd, records, sizeof records);
        if (size == -ENOENT) return; /* the directory itself was removed */
        if (size < 0) unreachable(level->manner, CREATE, size);
        if (size <= 0) return;
        for (long at = 0; at < size;) {
            const struct directory_record *record = (const void *)(records + at);
            size_t length = path_length;
            at += record->size;
            if (equal(record->name, ".") || equal(record->name, "..")) continue;
            const char *name = push(record->name);
            if (name) meet(level, record, name);
            else unreachable(level->manner, CREATE, -ENAMETOOLONG); /* only FUSE has names of more than 255 bytes */
            pop(length);
        }
    }
}

static void walk(const struct level *level)
{
    size_t length = path_length, begin = arena.used;
    read_entries(level);
    for (size_t at = begin, end = arena.used; at < end;) {
        unsigned flags = (unsigned char)arena.bytes[at];
        const char *name = push(arena.bytes + at + 1);
        at += 1 + length_of(name) + 1;
        enter(level->fd, name, flags);
        pop(length);
    }
    arena.used = begin;
}

/** Goes into the directory that `path` names. */
static void enter(int parent, const char *name, unsigned flags)
{
    struct level level = {.manner = flags & MANNER, .sealed = flags & SEALED};
    long fd;
    bool listable = true;

    if (path_length + 1 + NAME_LIMIT > PATH_LIMIT) { /* then no name in it can fail to fit */
        unreachable(level.manner, CREATE, -ENAMETOOLONG);
        return;
    }
    fd = SYS(openat, parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd == -EACCES && level.manner == ATTACK) {
        listable = false;
        fd = SYS(openat, parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (fd == -ENOENT) return; /* removed meanwhile, with all that was in it */
    if (fd < 0) { /* EMFILE, or something else stands there now */
        unreachable(level.manner, CREATE, fd);
        return;
    }
    level.fd = (int)fd;
    if (level.manner == ATTACK) {
        if (!go_in(&level, flags & SAID_SOMETHING)) listable = false;
        else if (!listable) tell('D', path);
    }
    if (level.manner == COUNT) cover(INSIDE);
    if (listable) walk(&level);
    SYS(close, fd);
}

/** Opens a directory by a path of any length: the kernel takes 4,095 bytes at once. */
static long open_directory(const char *text, size_t length)
{
    char part[KERNEL_PATH_LIMIT];
    long dir = AT_FDCWD;
    do {
        size_t size = length;
        if (size >= sizeof part)
            for (size = sizeof part - 1; size > 1 && text[size] != '/';) size--;
        memcpy(part, text, size);
        part[size] = '\0';
        long next = SYS(openat, dir, part, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (dir != AT_FDCWD) SYS(close, dir);
        if (next < 0) return next;
        dir = next;
        for (text += size, length -= size; length && *text == '/'; length--) text++;
    } while (length);
    return dir;
}

/** Makes `path` this one, and splits it: the directory is opened and made the working one. */
static long stand_before(const char *text, size_t length, const char **name)
{
    size_t parent = parent_length(text, length);
    memcpy(path, text, length);
    pop(length);
    *name = length == 1 ? "." : path + parent + (parent > 1);
    long dir = open_directory(path, parent);
    if (dir < 0) return dir;
    long entered = SYS(fchdir, dir);
    if (entered == 0) return dir;
    SYS(close, dir);
    return entered;
}

/** An answer from the way to an entry. A closed door is the answer to every attempt behind it. */
static void turned_away(long error)
{
    if (error == -EACCES || error == -EPERM) tally(DELETE, (unsigned)-error);
    else if (error == -ENOENT) tally(DELETE, GONE);
    else unreachable(ATTACK, DELETE, error);
}

/** Attacks what stands at a path, and, if it is asked to, all below. */
static void attack_path(const char *text, size_t length, bool below)
{
    const char *name;
    struct entry entry;
    long dir = stand_before(text, length, &name);
    if (dir < 0) {
        turned_away(dir);
        return;
    }
    if (look_at(&entry, (int)dir, name)) {
        unsigned found = attack_entry(&entry, false);
        unsigned said = found & CONCLUSIVE ? SAID_SOMETHING : 0;
        if (entry.kind == DIRECTORY && below) enter((int)dir, name, ATTACK | said | (is_sealed(path, path_length) ? SEALED : 0));
        if (entry.kind == DIRECTORY && !below) {
            long fd = SYS(openat, dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            struct level level = {.fd = (int)fd, .manner = ATTACK};
            if (fd < 0) turned_away(fd);
            else {
                go_in(&level, said);
                SYS(close, fd);
            }
        }
    }
    SYS(close, dir);
}

/** Who may delete a directory above a path, or give itself the right to by its mode, may put another in its place. */
static void attack_ancestors(const char *text)
{
    static struct ancestor {
        struct ancestor *next;
        char *path;
    } *seen;
    for (size_t length = 1; text[length]; length++) {
        if (text[length] != '/' || walked(text, length)) continue;
        char *ancestor = keep_text(text, length);
        struct ancestor *known = seen;
        while (known && !equal(known->path, ancestor)) known = known->next;
        if (known) continue;
        known = keep_bytes(sizeof *known);
        *known = (struct ancestor){.next = seen, .path = ancestor};
        seen = known;

        struct entry entry;
        const char *name;
        long dir = stand_before(ancestor, length, &name);
        if (dir < 0) {
            turned_away(dir);
            continue;
        }
        struct statx status;
        if (status_of((int)dir, name, &status) == 0) {
            entry = (struct entry){.dir = (int)dir, .name = name, .path = path, .kind = kind_of(status.mode),
                                   .mount_root = is_mount_root(&status), .status = status};
            static const enum operation taking[] = {DELETE, CHMOD};
            for (size_t at = 0; at < sizeof taking / sizeof *taking; at++) {
                if (!is_made_on(taking[at], entry.kind) || (taking[at] == CHMOD && untouched(path, path_length))) continue;
                long answer = attempt(taking[at], &entry);
                if (answer != NOT_MADE) record(taking[at], answer, &entry);
            }
        }
        SYS(close, dir);
    }
}

void attack_tree(const struct tree *tree)
{
    struct statx status;
    size_t given_length = length_of(tree->given);
    tally_under(tree->given);
    attack_ancestors(tree->given);
    if (tree->real) attack_ancestors(tree->real);
    /* A protected path that is a link means the link and what it leads to. */
    if (status_of(AT_FDCWD, tree->given, &status) == 0 && kind_of(status.mode) == LINK)
        attack_path(tree->given, given_length, false);
    if (tree->real) {
        attack_path(tree->real, tree->length, true);
    } else if (tree->error != -ENOENT) {
        memcpy(path, tree->given, given_length);
        pop(given_length);
        turned_away(tree->error);
        /* Whether there is anything behind a closed door, somebody else has to say. */
        if (thorough && (tree->error == -EACCES || tree->error == -EPERM)) tell('V', tree->given);
    }
}

/** Once for each protected path that it belongs to, as the walks would have done it. */
static void attack_name(const char *text, size_t length)
{
    for (size_t at = 0; at < protected_paths.count; at++) {
        if (length == 0 || !walk_of(&protected_paths.items[at], text, length)) continue;
        tally_under(protected_paths.items[at].given);
        attack_path(text, length, false);
    }
}

static void meet_name(char *name, size_t length, bool whole)
{
    if (whole) {
        attack_name(name, length);
        return;
    }
    memcpy(path, name, length);
    pop(length);
    tally_under(protected_paths.items[0].given);
    unreachable(ATTACK, CREATE, -ENAMETOOLONG);
}

void attack_by_name(void)
{
    each_name(meet_name);
}

void each_name(void (*visit)(char *name, size_t length, bool whole))
{
    static char names[2 * (PATH_LIMIT + 1)];
    size_t filled = 0;
    bool too_long = false;
    for (;;) {
        long size = SYS(read, 0, names + filled, sizeof names - filled);
        if (size == -EINTR || size == -EAGAIN) continue;
        if (size <= 0) break;
        filled += (size_t)size;
        size_t start = 0;
        for (size_t at = 0; at < filled; at++) {
            if (names[at] != '\0') continue;
            if (!too_long) visit(names + start, at - start <= PATH_LIMIT ? at - start : PATH_LIMIT, at - start <= PATH_LIMIT);
            too_long = false;
            start = at + 1;
        }
        memmove(names, names + start, filled - start);
        filled -= start;
        if (filled > PATH_LIMIT) { /* its beginning is told, the rest is read and dropped */
            if (!too_long) visit(names, PATH_LIMIT, false);
            too_long = true;
            filled = 0;
        }
    }
}

bool list_tree(const char *text)
{
    const char *name;
    struct statx status;
    long dir = stand_before(text, length_of(text), &name);
    long error = dir < 0 ? dir : status_of((int)dir, name, &status);
    if (error < 0) unreachable(LIST, CREATE, error);
    else {
        raw(path, path_length + 1);
        if (kind_of(status.mode) == DIRECTORY) enter((int)dir, name, LIST);
    }
    if (dir >= 0) SYS(close, dir);
    return all_listed;
}
