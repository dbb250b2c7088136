/*
 * Controls: attempts whose answers are known beforehand. A probe that is refused where everybody may write, or that is
 * let through where the mount forbids it, is filtered or deceived, and what else it says proves nothing.
 */
#include "probe.h"

static void tell_control(const char *kind, enum operation operation, long answer)
{
    if (answer == NOT_MADE) return;
    begin('C');
    text_field(kind);
    text_field(operation_name(operation));
    answer_field((unsigned)-answer);
    end();
}

static char file_name[] = "file";

static long make_file(int dir)
{
    long fd = SYS(openat, dir, file_name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) SYS(close, fd);
    return fd < 0 ? fd : 0;
}

/** What regaining is for: a file that its owner may not write. */
static long try_regain_control(struct entry *file)
{
    long error = SYS(fchmodat, file->dir, file->name, 0400);
    if (error == 0) error = status_of(file->dir, file->name, &file->status);
    return error < 0 ? error : attempt(REGAIN, file);
}

static long try_root_control(const char *directory)
{
    static const char root[] = "/proc/self/root";
    static char path[sizeof root + PATH_LIMIT + 1 + NAME_LIMIT];
    size_t length = length_of(directory);
    memcpy(path, root, sizeof root - 1);
    memcpy(path + sizeof root - 1, directory, length);
    path[sizeof root - 1 + length] = '/';
    memcpy(path + sizeof root + length, trial_name, length_of(trial_name) + 1);
    long dir = SYS(openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) return dir;
    long answer = attempt(CREATE, &(struct entry){.dir = (int)dir, .path = directory, .kind = INSIDE});
    SYS(close, dir);
    return answer;
}

static long try_descriptor_control(const struct entry *file)
{
    long error = SYS(fchmodat, file->dir, file->name, 0600);
    if (error < 0) return error;
    long held = SYS(openat, file->dir, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (held < 0) return held;
    long answer = open_held(held);
    SYS(close, held);
    return answer;
}

void control_writable(const char *directory)
{
    int dir = -1, own = -1;
    long error = SYS(openat, AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (error >= 0) {
        dir = (int)error;
        error = SYS(mkdirat, dir, trial_name, 0700);
        if (error == 0) error = SYS(openat, dir, trial_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (error >= 0) {
        own = (int)error;
        error = SYS(fchdir, own); /* some attempts know no other directory */
        if (error == 0) error = make_file(own);
    }
    struct entry inside = {.dir = own, .path = directory, .kind = INSIDE};
    struct entry file = {.dir = own, .name = file_name, .path = directory, .kind = REGULAR};
    if (error == 0) error = status_of(own, file_name, &file.status);
    for (enum operation operation = 0; operation < OPERATIONS; operation++) {
        long answer = error; /* of what had to be there first */
        if (error == 0) switch (operation) {
        case REGAIN: answer = try_regain_control(&file); break;
        case VIA_ROOT: answer = try_root_control(directory); break;
        case VIA_DESCRIPTOR: answer = try_descriptor_control(&file); break;
        default: answer = attempt(operation, is_made_on(operation, INSIDE) ? &inside : &file);
        }
        tell_control("writable", operation, answer);
    }
    if (own >= 0) SYS(unlinkat, own, file_name, 0);
    if (own >= 0) SYS(close, own);
    SYS(chdir, "/");
    if (dir >= 0) SYS(unlinkat, dir, trial_name, AT_REMOVEDIR);
    if (dir >= 0) SYS(close, dir);
}

/** The probe's own file where it lies in the directory, else the directory: changing its mode is refused as well. */
static struct entry find_own_file(const char *directory, int dir)
{
    static char path[KERNEL_PATH_LIMIT];
    struct entry entry = {.dir = AT_FDCWD, .name = directory, .path = directory, .kind = DIRECTORY};
    long size = SYS(readlinkat, AT_FDCWD, "/proc/self/exe", path, sizeof path - 1);
    size_t length = length_of(directory);
    if (size > 0 && (size_t)size > length + 1 && parent_length(path, (size_t)size) == length &&
        memcmp(path, directory, length) == 0) {
        path[size] = '\0';
        entry = (struct entry){.dir = dir, .name = path + length + 1, .path = directory, .kind = REGULAR};
    }
    status_of(entry.dir, entry.name, &entry.status);
    return entry;
}

void control_read_only(const char *directory)
{
    static const enum operation operations[] = {CREATE, MKDIR, SYMLINK, DELETE, CHMOD, UTIMENS};
    long dir = SYS(openat, AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct entry inside = {.dir = (int)dir, .path = directory, .kind = INSIDE};
    struct entry file = find_own_file(directory, (int)dir);
    for (size_t at = 0; at < sizeof operations / sizeof *operations; at++) {
        struct entry entry = is_made_on(operations[at], INSIDE) ? inside : file;
        /* A name that is not there: a read-only mount says so before it looks. */
        if (operations[at] == DELETE && entry.kind == DIRECTORY)
            entry = (struct entry){.dir = (int)dir, .name = trial_name, .path = directory, .kind = REGULAR};
        tell_control("read-only", operations[at], dir < 0 ? dir : attempt(operations[at], &entry));
    }
    if (dir >= 0) SYS(close, dir);
}
