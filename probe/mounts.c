/* The container's mounts, as its own mountinfo tells them. */
#include "probe.h"

struct mount {
    struct mount *next;
    size_t length;
    const char *path;
    bool reached;
};
static struct mount *mounts, **last = &mounts;

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

/** proc_pid_mountinfo(5): ID parent major:minor root path options [optional fields] - type source superoptions */
static void read_mount(char *line)
{
    for (int skipped = 0; skipped < 3; skipped++) next_field(&line, ' ');
    char *root = next_field(&line, ' '), *path = next_field(&line, ' '), *options = next_field(&line, ' ');
    for (char *field; (field = next_field(&line, ' ')) && !equal(field, "-");) {}
    char *type = next_field(&line, ' '), *source = next_field(&line, ' '), *superoptions = next_field(&line, ' ');
    if (!superoptions) return;

    struct mount *mount = keep_bytes(sizeof *mount);
    mount->length = decode(path);
    mount->path = keep_text(path, mount->length);
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

void read_mounts(void)
{
    static struct reader mountinfo;
    if (reader_open(&mountinfo, "/proc/self/mountinfo") < 0) return; /* no /proc: the lack of `M` lines says so */
    for (char *line; (line = reader_line(&mountinfo));) read_mount(line);
    if (mountinfo.too_long) overflow("mounts");
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
        if (mount->reached || told_later(mount)) continue; /* mounts on one path: only the last can be reached */
        long answer = try_place(mount);
        if (answer == NOT_MADE) continue;
        begin('W');
        answer_field((unsigned)-answer);
        text_field(mount->path);
        end();
    }
}
