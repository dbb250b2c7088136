/*
 * What the probe attempts. An attempt is a function and a row of the table at the end of this file.
 *
 * Every attempt really asks the kernel for the change, and is chosen so that a "yes" leaves nothing
 * behind: what was made is removed at once, what was set was so before, and nothing is ever truncated,
 * renamed, handed to another owner, or changed through a link. All names are relative to an open directory.
 */
#include "probe.h"

/** Names that nobody uses: random, so that nobody in the container can put something there first. */
char trial_name[] = ".immutable-check-0123456789abcdef";
static const char trial_attribute[] = "user.immutable-check";
bool thorough;
static bool has_fchmodat2;
static long own_descriptors; /* /proc/self/fd */

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
    own_descriptors = SYS(openat, AT_FDCWD, "/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/** A full disk or quota is noticed behind the permission check (on overlayfs also when a file is first changed): whoever
    gets this answer may change things, and could do so once there is room. */
static long allowed_but_full(long answer)
{
    return answer == -ENOSPC || answer == -EDQUOT ? 0 : answer;
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

/** The name of a file descriptor in /proc/self/fd. */
static const char *descriptor_name(long held)
{
    static char number[20];
    size_t at = sizeof number - 1;
    do number[--at] = (char)('0' + held % 10);
    while (held /= 10);
    return number + at;
}

long open_held(long held)
{
    if (own_descriptors < 0) return own_descriptors;
    long fd = SYS(openat, own_descriptors, descriptor_name(held), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) return allowed_but_full(fd);
    SYS(close, fd);
    return 0;
}

/** chmod of a held inode. */
static long chmod_held(long held, unsigned mode)
{
    if (has_fchmodat2) return SYS(fchmodat2, held, "", mode, AT_EMPTY_PATH);
    return SYS(fchmodat, own_descriptors, descriptor_name(held), mode);
}

/** chmod to the mode that it has. fchmodat(2) would follow a link put there just now: without fchmodat2 the inode
    is held first, which takes three calls: not where nobody can put one there, nor where no /proc names a held inode. */
static long try_chmod(const struct entry *entry)
{
    unsigned mode = entry->status.mode & S_MODE;
    /* The kernel may take the bit away where the group is not ours, and that is a change. Who may do this chmod may
       do `utimens` too, so that nothing is missed. */
    if (mode & S_ISGID && !in_group(entry->status.gid)) return NOT_MADE;
    if (has_fchmodat2) return SYS(fchmodat2, entry->dir, entry->name, mode, AT_SYMLINK_NOFOLLOW);
    if (entry->sealed || own_descriptors < 0) return SYS(fchmodat, entry->dir, entry->name, mode);

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

/**
 * The owner gives itself the right back: chmod, open for writing, the old mode again. Only on inodes that are held, of
 * our own, and without setuid and setgid, which a chmod might take away. Meanwhile the owner, and nobody else, may write.
 */
static long try_regain(const struct entry *file)
{
    struct statx now;
    unsigned mode = file->status.mode & S_MODE;
    bool no_chmod = !has_fchmodat2 && own_descriptors < 0;
    if (mode & (S_ISUID | S_ISGID) || file->status.uid != self.uid || no_chmod) return NOT_MADE;
    long held = SYS(openat, file->dir, file->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (held < 0) return held;
    long answer = SYS(statx, held, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &now);
    if (answer == 0 && (now.inode != file->status.inode || now.mode != file->status.mode || now.uid != self.uid))
        answer = NOT_MADE; /* something else stands there now */
    if (answer == 0) answer = chmod_held(held, mode | S_IWUSR);
    if (answer == 0) {
        answer = try_open_write(file);
        long restored = chmod_held(held, mode);
        if (restored < 0) tell_unexpected(REGAIN, restored, file->path);
    }
    SYS(close, held);
    return answer;
}

/*
 * The table, in the order in which the attempts are made: `delete` comes before what it can make needless.
 * `scripts/generate/operations.mjs` reads the names from these rows.
 */
static const struct {
    const char *name;
    unsigned on; /* the kinds of entries that it is made on in any case */
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
    [REGAIN] = {"regain", 0, try_regain}, /* where it is needed: attack() */
    [VIA_ROOT] = {"via-root", 0, NULL}, /* ways.c makes these two */
    [VIA_DESCRIPTOR] = {"via-descriptor", 0, NULL},
};

const char *operation_name(enum operation operation)
{
    return attempts[operation].name;
}

bool is_made_on(enum operation operation, enum kind kind)
{
    return attempts[operation].on & kind;
}

long attempt(enum operation operation, const struct entry *entry)
{
    return allowed_but_full(attempts[operation].make(entry));
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
    long opened = 0, changed_mode = NOT_MADE;
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
        if (operation == OPEN_WRITE) opened = answer;
        if (operation == CHMOD) changed_mode = answer;
        if (operation == CREATE && answer == 0) found |= CREATED;
        if (operation == DELETE && answer == 0 && can_create_beside) found |= REPLACEABLE;
    }
    if (!thorough || changed_mode != 0 || (opened != -EACCES && opened != -EPERM) || found & VANISHED) return found;
    if (untouched(entry->path, length_of(entry->path))) return found; /* a protected path in it: no mode is changed there */
    long answer = attempt(REGAIN, entry);
    return answer == NOT_MADE ? found : found | record(REGAIN, answer, entry);
}

void cover(enum kind kind)
{
    for (enum operation operation = 0; operation < OPERATIONS; operation++)
        if (attempts[operation].on & kind) tally(operation, COVERED);
}
