/* The container's mounts, as its own mountinfo tells them. */
#include "probe.h"

struct mount *mounts;
static struct mount **last = &mounts;

/** Decodes the \NNN of mountinfo (blank, tab, newline, backslash, #) in place. */
static size_t decode(char *text)
{
    char *out = text;
    for (const char *at = text; *at; out++) {
        bool octal = at[0] == '\\';
        for (int digit = 1; octal && digit <= 3; digit++) octal = at[digit] >= '0' && at[digit] <= '7';
        if (octal) {
            *out = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
            at += 4;
        } else
            *out = *at++;
    }
    *out = '\0';
    return (size_t)(out - text);
}

static bool has_option(const char *options, const char *option)
{
    size_t length = length_of(option);
    for (const char *at = options; *at;) {
        if (starts_with(at, option) && (at[length] == ',' || at[length] == '\0')) return true;
        while (*at && *at++ != ',') {}
    }
    return false;
}

/** proc_pid_mountinfo(5): ID parent major:minor root path options [optional fields] - type source superoptions */
static void read_mount(char *line)
{
    next_field(&line, ' ');
    next_field(&line, ' ');
    const char *device = next_field(&line, ' ');
    char *root = next_field(&line, ' '), *path = next_field(&line, ' '), *options = next_field(&line, ' ');
    for (char *field; (field = next_field(&line, ' ')) && !equal(field, "-");) {}
    char *type = next_field(&line, ' '), *source = next_field(&line, ' '), *superoptions = next_field(&line, ' ');
    if (!superoptions) return;

    struct mount *mount = keep_bytes(sizeof *mount);
    mount->length = decode(path);
    mount->path = keep_text(path, mount->length);
    if (device && read_number(&device, 10, &mount->major) && *device++ == ':') read_number(&device, 10, &mount->minor);
    mount->control_group = equal(type, "cgroup") || equal(type, "cgroup2");
    mount->read_only = has_option(options, "ro");
    mount->kept = (has_option(options, "nosuid") ? MS_NOSUID : 0) | (has_option(options, "nodev") ? MS_NODEV : 0) |
                  (has_option(options, "noexec") ? MS_NOEXEC : 0);
    *last = mount;
    last = &mount->next;

    begin('M');
    text_field(path);
    bytes_field(type, decode(type));
    bytes_field(source, decode(source));
    bytes_field(root, decode(root));
    bytes_field(options, decode(options));
    bytes_field(superoptions, decode(superoptions));
    end();
}

static struct reader mountinfo;

void read_mounts(void)
{
    if (reader_open(&mountinfo, "/proc/self/mountinfo") < 0) return; /* no /proc: the lack of `M` lines says so */
    for (char *line; (line = reader_line(&mountinfo));) read_mount(line);
    if (mountinfo.too_long) overflow("mounts");
}

uint64_t digest_mounts(void)
{
    uint64_t digest = 0xcbf29ce484222325u; /* FNV-1a */
    if (reader_open(&mountinfo, "/proc/self/mountinfo") < 0) return 0;
    for (char *line; (line = reader_line(&mountinfo));)
        for (bool over = false; !over; line++) {
            over = *line == '\0';
            digest = (digest ^ (unsigned char)*line) * 0x100000001b3u;
        }
    return digest;
}

const struct mount *mount_of(const char *path, size_t length)
{
    const struct mount *found = NULL; /* the longest, and of those the last: it covers the others */
    for (const struct mount *mount = mounts; mount; mount = mount->next)
        if (within(path, length, mount->path, mount->length) && (!found || mount->length >= found->length)) found = mount;
    return found;
}

bool is_sealed(const char *path, size_t length)
{
    const struct mount *here = mount_of(path, length);
    if (!here || !here->read_only) return false;
    for (const struct mount *mount = mounts; mount; mount = mount->next)
        if (mount->major == here->major && mount->minor == here->minor && !mount->read_only) return false;
    return true;
}

bool mounted_at(const char *path, size_t length)
{
    for (const struct mount *mount = mounts; mount; mount = mount->next)
        if (mount->length == length && memcmp(mount->path, path, length) == 0) return true;
    return false;
}

void mount_reached(const char *path, size_t length)
{
    for (struct mount *mount = mounts; mount; mount = mount->next)
        if (mount->length == length && memcmp(mount->path, path, length) == 0) mount->reached = true;
}

/**
 * Can somebody write at this mount? Answered by doing it: a file created (and removed) in a directory, a
 * file opened for writing. Where nothing may be touched the kernel is asked instead: access(2) knows
 * read-only mounts and effective rights, though not what a remote file system will say.
 */
static long try_place(const struct mount *mount)
{
    struct entry place = {.dir = AT_FDCWD, .name = mount->path, .path = mount->path};
    long status = status_of(AT_FDCWD, mount->path, &place.status);
    if (status < 0) return status;
    place.kind = kind_of(place.status.mode);
    if (place.kind != DIRECTORY && place.kind != REGULAR) return NOT_MADE; /* a device: its opening may do something */
    if (untouched(mount->path, mount->length))
        return ask_access(AT_FDCWD, mount->path, place.kind == DIRECTORY ? W_OK | X_OK : W_OK);
    if (place.kind == REGULAR) return attempt(OPEN_WRITE, &place);
    if (mount->control_group) {
        /* Nobody can make a file there: who may write is who may move a process in. */
        char members[KERNEL_PATH_LIMIT + sizeof "/cgroup.procs"];
        if (mount->length >= KERNEL_PATH_LIMIT) return -ENAMETOOLONG;
        memcpy(members, mount->path, mount->length);
        memcpy(members + mount->length, "/cgroup.procs", sizeof "/cgroup.procs");
        place.name = members;
        long answer = attempt(OPEN_WRITE, &place);
        if (answer != -ENOENT) return answer;
    }
    long dir = SYS(openat, AT_FDCWD, mount->path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0) return dir;
    place.dir = (int)dir;
    place.kind = INSIDE;
    long answer = attempt(CREATE, &place);
    SYS(close, dir);
    return answer;
}

static bool told_later(const struct mount *mount)
{
    for (const struct mount *later = mount->next; later; later = later->next)
        if (later->length == mount->length && equal(later->path, mount->path)) return true;
    return false;
}

void tell_places(void)
{
    for (const struct mount *mount = mounts; mount; mount = mount->next) {
        if (mount->reached || told_later(mount) || is_own(mount->path, mount->length)) continue; /* mounts on one path: only the last can be reached */
        long answer = try_place(mount);
        if (answer == NOT_MADE) continue;
        begin('W');
        answer_field((unsigned)-answer);
        text_field(mount->path);
        end();
    }
}
