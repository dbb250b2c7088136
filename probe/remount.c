/*
 * Attempts on the mounts themselves. Whoever may make them takes a read-only root away with one call.
 *
 * Each kind is made in a child process. Where a mount namespace of its own can be had, the child changes only that, and
 * the namespace ends with it. Where it cannot, the attempts are made in the container's, and what succeeds is undone at
 * once: it takes a filter that forbids unshare(2) and allows mount(2), as all of them want CAP_SYS_ADMIN alike. There
 * nothing is attempted that cannot be undone: unmounting is asked for in a way that only marks the mount.
 *
 * In a new user namespace everybody has all rights over the namespaces made with it, and none over the container: what
 * succeeds there changes nothing for anybody else, and is told apart.
 *
 * A remount is made of the one mount (MS_BIND), never of its filesystem: that is shared with whoever else mounts it.
 */
#include "probe.h"

enum where { CONTAINER, OWN_NAMESPACE, USER_NAMESPACE };
enum change { REMOUNT, BIND, TMPFS, UMOUNT, PIVOT_ROOT, CHANGES, WRITE_AFTER_REMOUNT = CHANGES };
static const char *const where_names[] = {"container", "own-namespace", "user-namespace"};
static const char *const change_names[] = {"remount", "bind", "tmpfs", "umount", "pivot-root", "write-after-remount"};

enum { MOST_RECORDS = 4096, MOST_UMOUNTS = 256 };

/** What the child found, in memory that both see; the paths are the same in both. */
static struct shared {
    long entered; /* 0, or why it has no namespace of its own */
    bool finished;
    uint32_t count;
    struct {
        enum change change;
        long answer;
        const char *path;
    } records[MOST_RECORDS];
} *shared;

static void note(enum change change, long answer, const char *path)
{
    if (shared->count < MOST_RECORDS) {
        shared->records[shared->count].change = change;
        shared->records[shared->count].answer = answer;
        shared->records[shared->count].path = path;
    }
    shared->count++;
}

static long enter_namespace(enum where where)
{
    if (where == CONTAINER) return 0;
    long error = SYS(unshare, CLONE_NEWNS | (where == USER_NAMESPACE ? CLONE_NEWUSER : 0));
    /* Or what is mounted here would be mounted in the container, too. */
    return error < 0 ? error : SYS(mount, NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/** The proof: can something be changed there now? */
static void write_there(const char *path)
{
    struct statx status;
    long answer = status_of(AT_FDCWD, path, &status);
    if (answer == 0 && kind_of(status.mode) == DIRECTORY) {
        answer = SYS(openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (answer >= 0) answer = attempt(CREATE, &(struct entry){.dir = (int)answer, .path = path, .kind = INSIDE});
    } else if (answer == 0 && kind_of(status.mode) == REGULAR)
        answer = attempt(OPEN_WRITE, &(struct entry){.dir = AT_FDCWD, .name = path, .path = path, .kind = REGULAR});
    else if (answer == 0)
        return;
    note(WRITE_AFTER_REMOUNT, answer, path);
}

static void remount(enum where where, const struct mount *mount)
{
    long answer = shared->entered;
    if (answer == 0) answer = SYS(mount, NULL, mount->path, NULL, MS_REMOUNT | MS_BIND | mount->kept, NULL);
    note(REMOUNT, answer, mount->path);
    if (answer < 0 || !mount->read_only) return;
    if (mount->length == 1) write_there("/");
    for (size_t at = 0; at < protected_paths.count; at++) {
        const struct tree *tree = &protected_paths.items[at];
        if (tree->real && tree->length > 1 && !untouched(tree->real, tree->length) &&
            mount_of(tree->real, tree->length) == mount) write_there(tree->real);
    }
    if (where == CONTAINER) SYS(mount, NULL, mount->path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | mount->kept, NULL);
}

static void remount_all(enum where where)
{
    const struct mount *root = mount_of("/", 1);
    if (root) remount(where, root);
    for (size_t at = 0; at < protected_paths.count; at++) {
        const struct tree *tree = &protected_paths.items[at];
        const struct mount *mount = tree->real ? mount_of(tree->real, tree->length) : NULL;
        bool again = mount == root;
        for (size_t before = 0; before < at && !again; before++) {
            const struct tree *other = &protected_paths.items[before];
            again = other->real && mount_of(other->real, other->length) == mount;
        }
        if (mount && !again) remount(where, mount);
    }
}

static bool is_kind(const char *path, enum kind kind)
{
    struct statx status;
    return status_of(AT_FDCWD, path, &status) == 0 && kind_of(status.mode) == kind;
}

/** What stands for a protected path. A mount over `/` is nothing that anybody would see: rather a directory in it. */
static const char *target_of(const struct tree *tree)
{
    static const char *const in_root[] = {"/etc", "/usr", "/bin", "/lib", "/opt", "/app"};
    if (tree->length > 1) return tree->real;
    for (size_t at = 0; at < sizeof in_root / sizeof *in_root; at++)
        if (is_kind(in_root[at], DIRECTORY)) return in_root[at];
    return NULL;
}

static void cover_all(enum where where, enum change change)
{
    for (size_t at = 0; at < protected_paths.count; at++) {
        const char *path = protected_paths.items[at].real ? target_of(&protected_paths.items[at]) : NULL;
        if (!path || (change == TMPFS && !is_kind(path, DIRECTORY))) continue;
        long answer = shared->entered;
        if (answer == 0 && change == BIND) answer = SYS(mount, path, path, NULL, MS_BIND | MS_REC, NULL);
        else if (answer == 0) answer = SYS(mount, "immutable-check", path, "tmpfs", 0, "size=4k");
        note(change, answer, path);
        if (answer == 0 && where == CONTAINER) SYS(umount2, path, MNT_DETACH | UMOUNT_NOFOLLOW);
    }
}

/** What a mount under a protected path hides. The last first, as the others may hold it. */
static void uncover_all(enum where where)
{
    const struct mount *found[MOST_UMOUNTS];
    size_t count = 0;
    for (const struct mount *mount = mounts; mount && count < MOST_UMOUNTS; mount = mount->next)
        if (mount->length > 1 && walked(mount->path, mount->length)) found[count++] = mount;
    while (count-- > 0) {
        long answer = shared->entered;
        if (answer == 0 && where == CONTAINER) {
            /* Busy, or marked as not used lately: both are said behind the check of the right to unmount. */
            answer = SYS(umount2, found[count]->path, MNT_EXPIRE | UMOUNT_NOFOLLOW);
            if (answer == -EAGAIN || answer == -EBUSY) answer = 0;
        } else if (answer == 0)
            answer = SYS(umount2, found[count]->path, MNT_DETACH | UMOUNT_NOFOLLOW);
        note(UMOUNT, answer, found[count]->path);
    }
}

/** The root over itself is what the kernel calls busy or invalid, behind the check of the right to change it. */
static void pivot(void)
{
    long answer = shared->entered;
    if (answer == 0) {
        answer = SYS(pivot_root, "/", "/");
        if (answer == -EBUSY || answer == -EINVAL) answer = 0;
    }
    note(PIVOT_ROOT, answer, "/");
}

static _Noreturn void be_child(enum change change, enum where where)
{
    shared->entered = enter_namespace(where);
    if (where != OWN_NAMESPACE || shared->entered == 0) switch (change) {
    case REMOUNT: remount_all(where); break;
    case BIND:
    case TMPFS: cover_all(where, change); break;
    case UMOUNT: uncover_all(where); break;
    default: pivot(); break;
    }
    shared->finished = true;
    exit_now(DONE);
}

static void tell_change(enum change change, const char *answer, long error, enum where where, const char *path)
{
    begin('G');
    text_field(change_names[change]);
    if (answer) text_field(answer);
    else answer_field((unsigned)-error);
    text_field(where_names[where]);
    text_field(path);
    end();
}

/** Makes one kind of attempt; false where there is no namespace of its own for it. */
static bool try_change(enum change change, enum where where)
{
    shared->entered = 0;
    shared->finished = false;
    shared->count = 0;
    flush(); /* what the child inherits is not written twice */
    long child = SYS(clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) be_child(change, where);
    if (child < 0) {
        tell_change(change, NULL, child, where, "/");
        return true;
    }
    int status = 0;
    while (SYS(wait4, child, &status, 0, NULL) == -EINTR) {}
    for (uint32_t at = 0; at < shared->count && at < MOST_RECORDS; at++)
        tell_change(shared->records[at].change, NULL, shared->records[at].answer, where, shared->records[at].path);
    if (shared->count > MOST_RECORDS) overflow("mount attempts");
    if (!shared->finished) tell_change(change, "KILLED", 0, where, "/"); /* a filter's way to refuse */
    return where != OWN_NAMESPACE || (shared->finished && shared->entered == 0);
}

void attack_mounts(void)
{
    long memory = map_shared(sizeof *shared);
    if (memory < 0 && memory > -ERRNO_LIMIT) {
        overflow("mount attempts");
        return;
    }
    shared = (struct shared *)memory;
    uint64_t before = digest_mounts();
    for (enum change change = 0; change < CHANGES; change++)
        if (!try_change(change, OWN_NAMESPACE)) try_change(change, CONTAINER);
    for (enum change change = 0; change < CHANGES; change++) try_change(change, USER_NAMESPACE);
    if (digest_mounts() != before) tell('A', "changed");
}
