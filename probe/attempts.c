/*
 * What the probe attempts. An attempt is a function and a row of the table at the end of this file.
 *
 * Every attempt really asks the kernel for the change, and is chosen so that a "yes" leaves nothing
 * behind: what was made is removed at once, what was set was so before, and nothing is ever truncated,
 * renamed, handed to another owner, or changed through a link. All names are relative to an open directory.
 */
#include "probe.h"

/** Names that nobody uses: random, so that nobody in the container can put something there first. */
static char trial_name[] = ".immutable-check-0123456789abcdef";
static const char trial_attribute[] = "user.immutable-check";
static bool has_fchmodat2;
static long own_descriptors; /* /proc/self/fd, where there is no fchmodat2 */

void prepare_attempts(void)
{
    uint64_t random = 0;
    if (SYS(getrandom, &random, sizeof random) != sizeof random) random = (uint64_t)SYS(getpid);
    for (size_t at = sizeof trial_name - 1; trial_name[at - 1] != '-'; at--, random >>= 4)
        trial_name[at - 1] = "0123456789abcdef"[random & 15];
    /* A file descriptor that cannot be: the call is known if it complains of that. Old kernels answer ENOSYS,
       seccomp filters that do not know it ENOSYS or EPERM. */
    long answer = SYS(fchmodat2, -1, "x", 0, AT_SYMLINK_NOFOLLOW);
    has_fchmodat2 = answer != -ENOSYS && answer != -EPERM;
    own_descriptors = has_fchmodat2 ? -1 : SYS(openat, AT_FDCWD, "/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/** What an attempt made is gone again, or told as its residue. That somebody else removed it is as good. */
static long removed(enum operation operation, const struct entry *entry, long answer)
{
    if (answer < 0 && answer != -ENOENT) tell_unexpected(operation, answer, entry->path);
    return 0;
}

static long try_create(const struct entry *in)
{
    long fd = SYS(openat, in->dir, trial_name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return fd;
    SYS(close, fd);
    return removed(CREATE, in, SYS(unlinkat, in->dir, trial_name, 0));
}

static long try_mkdir(const struct entry *in)
{
    long answer = SYS(mkdirat, in->dir, trial_name, 0700);
    if (answer < 0) return answer;
    return removed(MKDIR, in, SYS(unlinkat, in->dir, trial_name, AT_REMOVEDIR));
}

static long try_symlink(const struct entry *in)
{
    long answer = SYS(symlinkat, "immutable-check", in->dir, trial_name);
    if (answer < 0) return answer;
    return removed(SYMLINK, in, SYS(unlinkat, in->dir, trial_name, 0));
}

/**
 * Deletes in the wrong way on purpose: rmdir on what is no directory, unlink on a directory. The kernel
 * says ENOTDIR or EISDIR exactly when the right way would have worked (may_delete() in fs/namei.c looks
 * at the rights first). Not on mount points: there the truth is EBUSY, and only found out later.
 */
static long try_delete(const struct entry *entry)
{
    if (entry->mount_root) return NOT_MADE;
    bool directory = entry->kind == DIRECTORY;
    long answer = SYS(unlinkat, entry->dir, entry->name, directory ? 0 : AT_REMOVEDIR);
    return answer == (directory ? -EISDIR : -ENOTDIR) ? 0 : answer;
}

/** Opening for writing proves the right to write; nothing is written. NONBLOCK and NOCTTY, in case somebody
    puts a FIFO or a terminal in the place of the file just now. */
static long try_open_write(const struct entry *file)
{
    long fd = SYS(openat, file->dir, file->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) return fd;
    SYS(close, fd);
    return 0;
}

/** There is no call for attributes relative to a directory before Linux 6.13: this one counts on the working directory. */
static long try_setxattr(const struct entry *file)
{
    long answer = SYS(lsetxattr, file->name, trial_attribute, "", 0, XATTR_CREATE);
    if (answer == -EEXIST) return 0; /* noticed behind the permission check, like a full disk; it is not ours to remove */
    if (answer < 0) return answer;
    return removed(SETXATTR, file, SYS(lremovexattr, file->name, trial_attribute));
}

/** chmod of a held inode, by the name that /proc gives to its file descriptor. */
static long chmod_held(long held, unsigned mode)
{
    char number[20];
    size_t at = sizeof number - 1;
    number[at] = '\0';
    do number[--at] = (char)('0' + held % 10);
    while (held /= 10);
    return SYS(fchmodat, own_descriptors, number + at, mode);
}

/** chmod to the mode that it has. fchmodat(2) would follow a link put there just now: without fchmodat2 the inode
    is held first. Only where there is no /proc to name a held inode the plain call remains. */
static long try_chmod(const struct entry *entry)
{
    unsigned mode = entry->status.mode & S_MODE;
    /* The kernel may take the bit away where the group is not ours, and that is a change. Who may do this chmod may
       do `utimens` too, so that nothing is missed. */
    if (mode & S_ISGID && !in_group(entry->status.gid)) return NOT_MADE;
    if (has_fchmodat2) return SYS(fchmodat2, entry->dir, entry->name, mode, AT_SYMLINK_NOFOLLOW);
    if (own_descriptors < 0) return SYS(fchmodat, entry->dir, entry->name, mode);

    long held = SYS(openat, entry->dir, entry->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (held < 0) return held;
    long answer = chmod_held(held, mode);
    SYS(close, held);
    return answer;
}

/** Sets the access time that it has, as an explicit time: that takes ownership, where "now" takes only the right
    to write. The time of modification is left out, or a write in between would be hidden. */
static long try_utimens(const struct entry *entry)
{
    const struct timespec times[2] = {
        {.seconds = entry->status.atime.seconds, .nanoseconds = entry->status.atime.nanoseconds},
        {.nanoseconds = UTIME_OMIT},
    };
    return SYS(utimensat, entry->dir, entry->name, times, AT_SYMLINK_NOFOLLOW);
}

/*
 * The table, in the order in which the attempts are made: `delete` comes before what it can make needless.
 * `scripts/generate/operations.mjs` reads the names from these rows.
 */
static const struct {
    const char *name;
    unsigned on; /* the kinds of entries that it is made on */
    long (*make)(const struct entry *);
} attempts[OPERATIONS] = {
    [CREATE] = {"create", INSIDE, try_create},
    [MKDIR] = {"mkdir", INSIDE, try_mkdir},
    [SYMLINK] = {"symlink", INSIDE, try_symlink},
    [DELETE] = {"delete", DIRECTORY | REGULAR | LINK | SPECIAL, try_delete},
    [OPEN_WRITE] = {"open-write", REGULAR, try_open_write},
    [SETXATTR] = {"setxattr", REGULAR, try_setxattr},
    [CHMOD] = {"chmod", DIRECTORY | REGULAR | SPECIAL, try_chmod},
    [UTIMENS] = {"utimens", DIRECTORY | REGULAR | LINK | SPECIAL, try_utimens},
};

const char *operation_name(enum operation operation)
{
    return attempts[operation].name;
}

long attempt(enum operation operation, const struct entry *entry)
{
    long answer = attempts[operation].make(entry);
    /* A full disk or quota is noticed behind the permission check (on overlayfs also when a file is first changed):
       whoever gets this answer may change things, and could do so once there is room. */
    return answer == -ENOSPC || answer == -EDQUOT ? 0 : answer;
}

enum kind kind_of(uint16_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return DIRECTORY;
    case S_IFREG: return REGULAR;
    case S_IFLNK: return LINK;
    default: return SPECIAL; /* FIFOs, sockets, devices: never opened */
    }
}

long status_of(int dir, const char *name, struct statx *status)
{
    return SYS(statx, dir, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, status);
}

/** access(2) asks for the real identity, and forgets capabilities where that is not 0: rather the effective one. */
long ask_access(int dir, const char *name, long mode)
{
    long answer = SYS(faccessat2, dir, name, mode, AT_EACCESS);
    return answer == -ENOSYS || answer == -EPERM ? SYS(faccessat, dir, name, mode) : answer;
}

/** Whether the entry is not there any more: a program of the container removed it while it was attacked. */
static bool is_gone(const struct entry *entry)
{
    struct statx status;
    if (entry->kind != INSIDE) return status_of(entry->dir, entry->name, &status) == -ENOENT;
    return SYS(statx, entry->dir, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) == 0 && status.links == 0;
}

unsigned record(enum operation operation, long answer, const struct entry *entry)
{
    if (answer == -ENOENT && is_gone(entry)) {
        tally(operation, GONE);
        return VANISHED;
    }
    tally(operation, (unsigned)-answer);
    switch (answer) {
    case 0:
        if (begin('S')) {
            text_field(operation_name(operation));
            text_field(entry->path);
            end();
        }
        return CONCLUSIVE;
    case -EROFS:  /* the mount protects */
    case -EACCES: /* these two: this identity may not */
    case -EPERM:
        return CONCLUSIVE;
    default: /* ETXTBSY, EBUSY, ENXIO...: nobody was refused anything */
        tell_unexpected(operation, answer, entry->path);
        return 0;
    }
}

unsigned attack(const struct entry *entry, bool can_create_beside)
{
    unsigned found = 0;
    for (enum operation operation = 0; operation < OPERATIONS; operation++) {
        if (!(attempts[operation].on & entry->kind)) continue;
        if (found & REPLACEABLE) {
            tally(operation, COVERED);
            continue;
        }
        long answer = attempt(operation, entry);
        if (answer == NOT_MADE) continue;
        found |= record(operation, answer, entry);
        if (found & VANISHED) break;
        if (operation == CREATE && answer == 0) found |= CREATED;
        if (operation == DELETE && answer == 0 && can_create_beside) found |= REPLACEABLE;
    }
    return found;
}

void cover(enum kind kind)
{
    for (enum operation operation = 0; operation < OPERATIONS; operation++)
        if (attempts[operation].on & kind) tally(operation, COVERED);
}
