/* Who the probe is, whom it can become, and who lives in the container. */
#include "probe.h"

enum { MOST_IDENTITIES = 64, MOST_GROUPS = 4096 };

struct identity self;

static struct identity living[MOST_IDENTITIES];
static unsigned living_count, living_told;
static bool living_overflowed;

/** Sorts group numbers and drops duplicates, so that equal identities are equal text. */
static uint32_t sort_groups(uint32_t *groups, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t next = 0; next < count; next++) {
        uint32_t group = groups[next], at = kept;
        while (at > 0 && groups[at - 1] > group) at--;
        if (at > 0 && groups[at - 1] == group) continue;
        memmove(groups + at + 1, groups + at, (kept - at) * sizeof *groups);
        groups[at] = group;
        kept++;
    }
    return kept;
}

/* From the kernel itself rather than /proc/self/status: that needs no /proc, and nothing can be mounted over it. */
void read_self(void)
{
    static uint32_t groups[MOST_GROUPS];
    struct capability_header header = {.version = CAPABILITY_VERSION_3};
    struct capability_half halves[2] = {0};
    long count = SYS(getgroups, MOST_GROUPS, groups);
    if (count < 0) {
        overflow("groups");
        count = 0;
    }
    SYS(capget, &header, halves);
    self = (struct identity){
        .uid = (uint32_t)SYS(geteuid),
        .gid = (uint32_t)SYS(getegid),
        .group_count = sort_groups(groups, (uint32_t)count),
        .groups = groups,
        .capabilities = (uint64_t)halves[1].effective << 32 | halves[0].effective,
    };
}

bool in_group(uint32_t gid)
{
    if (gid == self.gid) return true;
    for (uint32_t at = 0; at < self.group_count; at++)
        if (self.groups[at] == gid) return true;
    return false;
}

static void identity_fields(const struct identity *who)
{
    number_field(who->uid);
    number_field(who->gid);
    if (who->group_count == 0) text_field("-");
    for (uint32_t at = 0; at < who->group_count; at++) {
        if (at == 0) {
            number_field(who->groups[0]);
            continue;
        }
        char digits[12] = {','};
        size_t length = 1;
        for (uint32_t rest = who->groups[at]; length == 1 || rest; rest /= 10) length++;
        uint32_t rest = who->groups[at];
        for (size_t place = length; place-- > 1; rest /= 10) digits[place] = (char)('0' + rest % 10);
        raw(digits, length);
    }
    capabilities_field(who->capabilities);
}

void tell_self(void)
{
    begin('I');
    identity_fields(&self);
    number_field(SYS(prctl, PR_GET_NO_NEW_PRIVS) == 1);
    end();
}

static bool refused(const char *what, long error)
{
    if (error >= 0) return false;
    complain(what, NULL, error);
    return true;
}

bool become(const char *description)
{
    static uint32_t groups[MOST_GROUPS];
    const char *at = description;
    uint64_t uid, gid, group, capabilities;
    uint32_t count = 0;

    bool readable = read_number(&at, 10, &uid) && *at++ == ':' && read_number(&at, 10, &gid) && *at++ == ':';
    if (readable && *at == '-') at++;
    else
        do {
            readable = readable && count < MOST_GROUPS && read_number(&at, 10, &group) && group < UINT32_MAX;
            if (readable) groups[count++] = (uint32_t)group;
        } while (readable && *at == ',' && at++);
    readable = readable && *at++ == ':' && read_number(&at, 16, &capabilities) && *at == '\0';
    /* 4294967295 is -1, which tells setresuid to change nothing. */
    if (!readable || uid >= UINT32_MAX || gid >= UINT32_MAX) {
        complain("--as wants UID:GID:GROUPS:CAPABILITIES, not", description, 0);
        return false;
    }

    struct capability_header header = {.version = CAPABILITY_VERSION_3};
    struct capability_half halves[2];
    for (int half = 0; half < 2; half++) {
        uint32_t bits = (uint32_t)(capabilities >> (32 * half));
        halves[half] = (struct capability_half){.effective = bits, .permitted = bits};
    }
    /* Groups first: after setresuid the right to change them is gone. KEEPCAPS, or setresuid takes all. */
    if (refused("cannot set the groups", SYS(setgroups, count, groups))) return false;
    if (refused("cannot set the gid", SYS(setresgid, gid, gid, gid))) return false;
    if (capabilities && refused("cannot keep capabilities", SYS(prctl, PR_SET_KEEPCAPS, 1))) return false;
    if (refused("cannot set the uid", SYS(setresuid, uid, uid, uid))) return false;
    SYS(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL); /* fails only where there are none (before Linux 4.3) */
    if (refused("cannot set the capabilities", SYS(capset, &header, halves))) return false;
    SYS(prctl, PR_SET_DUMPABLE, 0); /* changing identity sets it anew, to what a sysctl says */
    return true;
}

static bool same(const struct identity *a, const struct identity *b)
{
    return a->uid == b->uid && a->gid == b->gid && a->capabilities == b->capabilities &&
           a->group_count == b->group_count && memcmp(a->groups, b->groups, a->group_count * sizeof *a->groups) == 0;
}

static void note_living(const struct identity *who)
{
    for (unsigned at = 0; at < living_count; at++)
        if (same(&living[at], who)) return;
    if (living_count == MOST_IDENTITIES) {
        living_overflowed = true;
        return;
    }
    struct identity *noted = &living[living_count++];
    *noted = *who;
    uint32_t *groups = keep_bytes(who->group_count * sizeof *groups);
    memcpy(groups, who->groups, who->group_count * sizeof *groups);
    noted->groups = groups;
}

/** The four numbers of a `Uid:` or `Gid:` line: real, effective, saved, and that for files. */
static void read_four(const char *text, uint64_t four[4])
{
    for (int at = 0; at < 4; at++) {
        while (*text == '\t' || *text == ' ') text++;
        if (!read_number(&text, 10, &four[at])) return;
    }
}

static uint32_t read_groups(const char *text, uint32_t *groups)
{
    uint32_t count = 0;
    for (;; ) {
        uint64_t group;
        while (*text == '\t' || *text == ' ') text++;
        if (!read_number(&text, 10, &group)) return sort_groups(groups, count);
        if (count == MOST_GROUPS) {
            living_overflowed = true;
            return sort_groups(groups, count);
        }
        groups[count++] = (uint32_t)group;
    }
}

/** The parent of a process; 1 where it has ended, as its children are the first process's then. */
static uint64_t parent_of(uint64_t pid)
{
    static struct reader status;
    char path[64] = "/proc/", digits[20];
    size_t length = length_of(path), count = 0;
    uint64_t parent = 1;
    do digits[count++] = (char)('0' + pid % 10);
    while ((pid /= 10) > 0);
    while (count > 0) path[length++] = digits[--count];
    memcpy(path + length, "/status", sizeof "/status");
    if (reader_open(&status, path) < 0) return parent;
    for (char *line; (line = reader_line(&status));) {
        if (!starts_with(line, "PPid:")) continue;
        const char *text = line + sizeof "PPid:";
        read_number(&text, 10, &parent);
    }
    return parent;
}

/** Whether the process is one that came in by `exec`, or was started by one: the probe's own attempts on mounts are. */
static bool is_from_outside(const char *pid, uint64_t parent)
{
    enum { MOST_GENERATIONS = 64 };
    if (equal(pid, "1")) return false;
    for (unsigned generation = 0; parent > 1 && generation < MOST_GENERATIONS; generation++) parent = parent_of(parent);
    return parent == 0;
}

/** Reads a thread; false where it does not count: it has ended, or came in from outside. */
static bool read_process(struct process *process, const char *pid, const char *tid)
{
    static struct reader status;
    static uint32_t groups[MOST_GROUPS];
    uint64_t parent = 0;
    bool complete = false, dead = false;
    char path[64] = "/proc/";
    *process = (struct process){.pid = pid, .groups = groups};
    size_t length = length_of(path);

    for (const char *at = pid; *at; at++) path[length++] = *at;
    for (const char *at = "/task/"; *at; at++) path[length++] = *at;
    for (const char *at = tid; *at; at++) path[length++] = *at;
    memcpy(path + length, "/status", sizeof "/status");
    if (reader_open(&status, path) < 0) return false; /* it has ended, or /proc is mounted with hidepid */
    for (char *line; (line = reader_line(&status));) {
        const char *text = line;
        while (*text && *text++ != '\t') {}
        if (starts_with(line, "State:")) dead = *text == 'Z' || *text == 'X';
        else if (starts_with(line, "PPid:")) read_number(&text, 10, &parent);
        else if (starts_with(line, "Uid:")) read_four(text, process->uids);
        else if (starts_with(line, "Gid:")) read_four(text, process->gids);
        else if (starts_with(line, "Groups:")) process->group_count = read_groups(text, groups);
        else if (starts_with(line, "CapPrm:")) complete = read_number(&text, 16, &process->permitted);
        else if (starts_with(line, "CapBnd:")) read_number(&text, 16, &process->bounding);
        else if (starts_with(line, "NoNewPrivs:")) read_number(&text, 10, &process->no_new_privileges);
    }
    living_overflowed |= status.too_long;
    /* A process whose parent is outside the container came in by `exec`: it belongs to whoever looks at the
       container, not to the container. The first process has no parent here either, and is the container. */
    return complete && !dead && !is_from_outside(pid, parent);
}

/** The four ids of a thread (real, effective, saved, of the filesystem), and 0 where it may take any. Gives how many. */
static unsigned reachable(uint64_t *ids, const uint64_t four[4], bool any)
{
    unsigned count = 0;
    for (unsigned at = 0; at < 5; at++) {
        uint64_t id = at < 4 ? four[at] : 0;
        bool known = at == 4 && !any;
        for (unsigned before = 0; before < count; before++) known |= ids[before] == id;
        if (!known) ids[count++] = id;
    }
    return count;
}

/**
 * Rights belong to threads: one may have kept what the others of its process, the first one too, gave up. And a thread
 * has those of every identity that it can go to by itself, in any pair of its user and group ids.
 */
static void note_thread(const char *pid, const char *tid)
{
    enum { EFFECTIVE = 1, CAP_SETGID = 6, CAP_SETUID = 7 };
    struct process thread;
    uint64_t uids[5], gids[5];
    if (!read_process(&thread, pid, tid)) return;
    unsigned uid_count = reachable(uids, thread.uids, thread.permitted >> CAP_SETUID & 1);
    unsigned gid_count = reachable(gids, thread.gids, thread.permitted >> CAP_SETGID & 1);
    for (unsigned uid = 0; uid < uid_count; uid++) {
        /* Permitted, not effective: a process can raise these whenever it likes. Root gets the whole bounding set back
           by starting any program; going to another uid keeps nothing. */
        uint64_t capabilities = uids[uid] == thread.uids[EFFECTIVE] ? thread.permitted : 0;
        if (uids[uid] == 0) capabilities = thread.permitted | (thread.no_new_privileges ? 0 : thread.bounding);
        for (unsigned gid = 0; gid < gid_count; gid++)
            note_living(&(struct identity){
                .uid = (uint32_t)uids[uid],
                .gid = (uint32_t)gids[gid],
                .groups = thread.groups,
                .group_count = thread.group_count,
                .capabilities = capabilities,
            });
    }
}

/** Calls `note` for every number that names an entry of the directory. A directory that is gone has none. */
static void each_number(const char *directory, const char *pid, void (*note)(const char *pid, const char *number))
{
    _Alignas(8) char records[4096];
    long dir = SYS(openat, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) return;
    for (long size; (size = SYS(getdents64, dir, records, sizeof records)) > 0;) {
        for (long at = 0; at < size;) {
            const struct directory_record *record = (const void *)(records + at);
            const char *rest = record->name;
            uint64_t number;
            if (read_number(&rest, 10, &number) && *rest == '\0') note(pid, record->name);
            at += record->size;
        }
    }
    SYS(close, dir);
}

static bool is_own_process(const char *pid)
{
    uint64_t number;
    return read_number(&pid, 10, &number) && number == (uint64_t)SYS(getpid);
}

static void note_process(const char *unused, const char *pid)
{
    char path[64] = "/proc/";
    size_t length = length_of(path);
    (void)unused;
    if (is_own_process(pid)) return;
    for (const char *at = pid; *at; at++) path[length++] = *at;
    memcpy(path + length, "/task", sizeof "/task");
    each_number(path, pid, note_thread);
}

static void note_processes(void)
{
    each_number("/proc", NULL, note_process);
}

static void (*visitor)(const struct process *);

static void visit_process(const char *unused, const char *pid)
{
    struct process process;
    (void)unused;
    if (!is_own_process(pid) && read_process(&process, pid, pid)) visitor(&process);
}

void each_process(void (*visit)(const struct process *))
{
    visitor = visit;
    each_number("/proc", NULL, visit_process);
}

void tell_living(void)
{
    bool overflowed_before = living_overflowed;
    note_processes();
    for (; living_told < living_count; living_told++) {
        begin('L');
        identity_fields(&living[living_told]);
        end();
    }
    if (living_overflowed && !overflowed_before) overflow("living");
}

static uint64_t now(void)
{
    struct timespec time = {0};
    SYS(clock_gettime, CLOCK_MONOTONIC, &time);
    return (uint64_t)time.seconds * 1000000000 + (uint64_t)time.nanoseconds;
}

/**
 * Every 2 ms, or, where one look takes longer than half of that, so much later that the looks take at most a fifth of
 * a processor: a worker that lives for one request is seen, and the program that serves it keeps its time.
 */
void watch_living(void)
{
    enum { PAUSE = 2000000, REST_FOR_WORK = 4 };
    char dropped[512];
    for (;;) {
        uint64_t began = now();
        tell_living();
        flush();
        uint64_t rest = (now() - began) * REST_FOR_WORK;
        if (rest < PAUSE) rest = PAUSE;
        struct timespec pause = {.seconds = (int64_t)(rest / 1000000000), .nanoseconds = (int64_t)(rest % 1000000000)};
        struct poll input = {.fd = 0, .events = POLLIN};
        long ready = SYS(ppoll, &input, 1, &pause);
        if (ready < 0 && ready != -EINTR) return;
        if (ready <= 0) continue;
        long size = SYS(read, 0, dropped, sizeof dropped);
        if (size == 0 || (size < 0 && size != -EINTR && size != -EAGAIN)) return;
    }
}

bool somebody_lives_as_self(void)
{
    struct identity rights = self;
    rights.capabilities &= DECIDING_CAPABILITIES;
    for (unsigned at = 0; at < living_count; at++) {
        struct identity other = living[at];
        other.capabilities &= DECIDING_CAPABILITIES;
        if (same(&other, &rights)) return true;
    }
    return false;
}
