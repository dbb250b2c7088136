/*
 * Ways around the paths: through what /proc shows of the container's other processes. Their root may be another view of
 * the same files, their open files stay open where the path is closed, their memory is their will.
 */
#include "probe.h"

enum { MOST_PROCESSES = 4096, MOST_DESCRIPTORS = 65536, MOST_TOLD = 1024 };

static unsigned processes, descriptors;
static uint64_t memory_answers[ERRNO_LIMIT];
static bool *told_through_root; /* by protected path: one success is told, more of the same count as covered */

static char path[64 + PATH_LIMIT + 1]; /* `/proc/PID/...` */

static size_t begin_path(const char *pid, const char *rest)
{
    size_t length = 0;
    for (const char *at = "/proc/"; *at; at++) path[length++] = *at;
    while (*pid) path[length++] = *pid++;
    while (*rest) path[length++] = *rest++;
    path[length] = '\0';
    return length;
}

static bool has_ended(long answer)
{
    return answer == -ENOENT || answer == -ESRCH;
}

static long try_through_root(const struct tree *tree, struct entry *told)
{
    long held = SYS(openat, AT_FDCWD, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (held < 0) return held;
    struct entry target = {.dir = (int)held, .path = tree->real, .kind = INSIDE};
    long answer = SYS(statx, held, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &target.status);
    enum kind kind = answer == 0 ? kind_of(target.status.mode) : 0;
    if (kind == DIRECTORY) answer = attempt(CREATE, &target);
    else if (kind == REGULAR) answer = open_held(held);
    else if (answer == 0) answer = NOT_MADE;
    told->kind = kind;
    SYS(close, held);
    return answer;
}

static void through_root(const char *pid)
{
    for (size_t at = 0; at < protected_paths.count; at++) {
        const struct tree *tree = &protected_paths.items[at];
        if (!tree->real) continue;
        tally_under(tree->given);
        size_t length = begin_path(pid, "/root");
        memcpy(path + length, tree->real, tree->length + 1);
        struct entry told = {.dir = AT_FDCWD, .name = path, .path = tree->real};
        long answer = try_through_root(tree, &told);
        if (answer == NOT_MADE) continue;
        if (has_ended(answer)) tally(VIA_ROOT, GONE); /* or its root is another, without this path */
        else if (answer == 0 && told_through_root[at]) tally(VIA_ROOT, COVERED);
        else record(VIA_ROOT, answer, &told);
        if (answer == 0) told_through_root[at] = true;
    }
}

/** Whether a success on this file was told before: workers of one program have the same files open. */
static bool told_before(const struct statx *file)
{
    static struct {
        uint64_t inode;
        uint32_t major, minor;
    } told[MOST_TOLD];
    static unsigned count;
    for (unsigned at = 0; at < count; at++)
        if (told[at].inode == file->inode && told[at].major == file->dev_major && told[at].minor == file->dev_minor) return true;
    if (count < MOST_TOLD) {
        told[count].inode = file->inode;
        told[count].major = file->dev_major;
        told[count++].minor = file->dev_minor;
    }
    return false;
}

/** An entry that can be replaced is not opened: that would be no news, and on overlayfs it copies the file. */
static bool is_replaceable(const char *target, size_t length)
{
    char parent[KERNEL_PATH_LIMIT];
    size_t size = parent_length(target, length);
    memcpy(parent, target, size);
    parent[size] = '\0';
    long dir = SYS(openat, AT_FDCWD, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) return false;
    const struct entry inside = {.dir = (int)dir, .path = parent, .kind = INSIDE};
    const struct entry file = {.dir = (int)dir, .name = target + size + (size > 1), .path = target, .kind = REGULAR,
                               .mount_root = mounted_at(target, length)};
    bool replaceable = attempt(CREATE, &inside) == 0 && attempt(DELETE, &file) == 0;
    SYS(close, dir);
    return replaceable;
}

static void through_descriptor(int dir, const char *number)
{
    static char target[KERNEL_PATH_LIMIT];
    long size = SYS(readlinkat, dir, number, target, sizeof target - 1);
    if (size <= 0 || target[0] != '/') return; /* a pipe, a socket, memory; or closed meanwhile */
    target[size] = '\0';
    if (!walked(target, (size_t)size)) return;
    struct entry file = {.dir = AT_FDCWD, .name = target, .path = target, .kind = REGULAR};
    long held = SYS(openat, dir, number, O_PATH | O_CLOEXEC);
    if (held < 0) return;
    bool there = SYS(statx, held, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &file.status) == 0 &&
                 kind_of(file.status.mode) == REGULAR && file.status.links > 0;
    bool replaceable = there && is_replaceable(target, (size_t)size);
    long answer = there && !replaceable ? open_held(held) : NOT_MADE;
    bool known = answer == 0 && told_before(&file.status);
    for (size_t at = 0; there && at < protected_paths.count; at++) {
        if (!walk_of(&protected_paths.items[at], target, (size_t)size)) continue;
        tally_under(protected_paths.items[at].given);
        if (replaceable || known) tally(VIA_DESCRIPTOR, COVERED);
        else if (has_ended(answer)) tally(VIA_DESCRIPTOR, GONE);
        else record(VIA_DESCRIPTOR, answer, &file);
    }
    SYS(close, held);
}

static void through_descriptors(const char *pid)
{
    _Alignas(8) char records[4096];
    begin_path(pid, "/fd");
    long dir = SYS(openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        if (has_ended(dir)) return;
        for (size_t at = 0; at < protected_paths.count; at++) {
            if (!protected_paths.items[at].real) continue;
            tally_under(protected_paths.items[at].given);
            record(VIA_DESCRIPTOR, dir, &(struct entry){.dir = AT_FDCWD, .name = path, .path = protected_paths.items[at].real});
        }
        return;
    }
    for (long size; (size = SYS(getdents64, dir, records, sizeof records)) > 0;) {
        for (long at = 0; at < size;) {
            const struct directory_record *entry = (const void *)(records + at);
            at += entry->size;
            if (entry->name[0] == '.') continue;
            if (descriptors++ < MOST_DESCRIPTORS) through_descriptor((int)dir, entry->name);
            else if (descriptors == MOST_DESCRIPTORS + 1) overflow("descriptors");
        }
    }
    SYS(close, dir);
}

/** Opening does nothing yet; it takes the right to trace the process. */
static void try_memory(const char *pid)
{
    begin_path(pid, "/mem");
    long fd = SYS(openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (has_ended(fd)) return;
    memory_answers[fd < 0 ? -fd : 0]++;
    if (fd >= 0) SYS(close, fd);
}

static void through_process(const struct process *process)
{
    if (processes++ >= MOST_PROCESSES) {
        if (processes == MOST_PROCESSES + 1) overflow("processes");
        return;
    }
    through_root(process->pid);
    through_descriptors(process->pid);
    try_memory(process->pid);
}

void attack_through_processes(void)
{
    told_through_root = keep_bytes(protected_paths.count * sizeof *told_through_root);
    through_root("self");
    each_process(through_process);
    for (unsigned answer = 0; answer < ERRNO_LIMIT; answer++) {
        if (memory_answers[answer] == 0) continue;
        begin('F');
        text_field("memory");
        answer_field(answer);
        number_field(memory_answers[answer]);
        end();
    }
}
