/* The files by which one commands the kernel from within a container. A short list: of the hundreds that root may
   open for writing, those that reach beyond the container or end its limits. They are opened, and nothing is written. */
#include "probe.h"

static const char *const files[] = {
    /* The kernel starts the program that is named here, as root and outside of all containers: when a process crashes,
       when a module or a device is wanted. */
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/kernel/hotplug",
    "/sys/kernel/uevent_helper",
    /* An interpreter for every program of a kind, with the rights of that program. */
    "/proc/sys/fs/binfmt_misc/register",
    /* Restarts, halts or crashes the machine; the second makes it do so when one container runs out of memory. */
    "/proc/sysrq-trigger",
    "/proc/sys/vm/panic_on_oom",
};

/** In the directory of a control group: the program that the kernel starts when the group is empty (version 1), and
    whether it does. Who may move processes (`cgroup.procs`) is the answer for the mount itself. */
static const char *const group_files[] = {"/release_agent", "/notify_on_release"};

static void try_file(const char *path)
{
    size_t length = length_of(path);
    struct entry file = {.dir = AT_FDCWD, .name = path, .path = path, .kind = REGULAR};
    if (walked(path, length) || status_of(AT_FDCWD, path, &file.status) == -ENOENT) return;
    if (kind_of(file.status.mode) != REGULAR) return;
    long answer = untouched(path, length) ? ask_access(AT_FDCWD, path, W_OK) : attempt(OPEN_WRITE, &file);
    if (answer == -ENOENT) return;
    begin('W');
    answer_field((unsigned)-answer);
    text_field(path);
    end();
}

static void try_group_file(const struct mount *mount, const char *name)
{
    static char path[KERNEL_PATH_LIMIT];
    size_t length = length_of(name);
    if (mount->length + length >= sizeof path) return;
    memcpy(path, mount->path, mount->length);
    memcpy(path + mount->length, name, length + 1);
    try_file(path);
}

void tell_kernel_files(void)
{
    for (size_t at = 0; at < sizeof files / sizeof *files; at++) try_file(files[at]);
    for (const struct mount *mount = mounts; mount; mount = mount->next)
        for (size_t at = 0; mount->control_group && at < sizeof group_files / sizeof *group_files; at++)
            try_group_file(mount, group_files[at]);
}
