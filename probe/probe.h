/* What the files of the probe know of each other. Each section is one file; README.md tells the line protocol. */
#pragma once

#include "sys.h"

/* Exit codes. */
enum { DONE = 0, FAILED = 1, BAD_USAGE = 2, INCOMPLETE = 3, OVERFLOW = 4, IDENTITY_NOT_TAKEN = 5 };

/*
 * The longest path that is told, in bytes. A line holds at most one such path and one of 4,096 bytes
 * (a link and its target), each byte may become four (`\xNN`), and the reader takes lines up to 64 KB.
 */
enum { PATH_LIMIT = 12000, NAME_LIMIT = 255, KERNEL_PATH_LIMIT = 4096 };

/* memory.c */
void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *a, const void *b, size_t count);
size_t length_of(const char *text);
bool equal(const char *a, const char *b);
/** Memory for good: zeroed, never moved, never freed. Ends the run where there is none. */
void *keep_bytes(size_t size);
char *keep_text(const char *text, size_t length);

/* read.c */
struct reader {
    int fd;
    bool too_long; /* a line did not fit: what follows it was not read */
    size_t start, end;
    char buffer[65536];
};
/** Opens a text file; a negated errno where that fails. */
long reader_open(struct reader *, const char *path);
/** The next line, ended by NUL instead of the newline, or NULL at the end, where the file is closed. */
char *reader_line(struct reader *);
/** Reads digits (base 10 or 16) at *text and moves it behind them; false where there are none or too many. */
bool read_number(const char **text, unsigned base, uint64_t *number);
/** Cuts the next field off a line, at a separator; NULL where the line is over. */
char *next_field(char **line, char separator);
bool starts_with(const char *text, const char *start);

/* lines.c */
enum { COVERED = ERRNO_LIMIT, GONE, ANSWERS }; /* answers beside 0 (OK) and the errnos */
void limit_lines(uint64_t per_kind);
/** Begins a line; false where there were too many of its kind: then it is counted as left out, and no field follows. */
bool begin(char kind);
void text_field(const char *text);
void bytes_field(const char *bytes, size_t length);
void number_field(uint64_t number);
void capabilities_field(uint64_t capabilities);
void end(void);
void raw(const char *bytes, size_t length);
void flush(void);
/** A line for one path. */
void tell(char kind, const char *path);
/** `U`: an answer that says nothing of the right to change. */
void tell_unexpected(unsigned operation, long error, const char *path);
void answer_field(unsigned answer);
/** Which protected path the attempts from here on are made for. The text has to stay. */
void tally_under(const char *path);
void tally(unsigned operation, unsigned answer);
/** Something that does not fit into the probe's bounded memory: a line, and the exit code of the run. */
void overflow(const char *what);
/** Writes the tallies and the end line, and everything out. Gives the exit code. */
int finish(void);
/** A message for people, on standard error. `path` and `error` may be left out (NULL, 0). */
void complain(const char *what, const char *path, long error);

/* identity.c */
struct identity {
    uint32_t uid, gid, group_count;
    const uint32_t *groups; /* ascending, without duplicates */
    uint64_t capabilities;
};
extern struct identity self;
void read_self(void);
void tell_self(void);
bool in_group(uint32_t gid);
/** Becomes `UID:GID:G,G,...|-:CAPHEX`; false, with a message, where that fails. */
bool become(const char *description);
/** `L` lines for the identities of living processes that were not told yet. */
void tell_living(void);
/** Tells them as they come, until standard input ends. */
void watch_living(void);
/** Whether an attack as the probe says everything about what some living process may change. */
bool somebody_lives_as_self(void);
struct process {
    const char *pid; /* digits */
    uint64_t uids[4], gids[4], permitted, bounding, no_new_privileges;
    const uint32_t *groups;
    uint32_t group_count;
};
/** Visits the living processes of the container: without the probe itself, and without what came in by `exec`. */
void each_process(void (*visit)(const struct process *));
/*
 * The capabilities that decide who may change a file or become somebody else: CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH,
 * FOWNER, FSETID, SETGID, SETUID, SETPCAP, LINUX_IMMUTABLE, SYS_MODULE, SYS_RAWIO, SYS_CHROOT, SYS_PTRACE, SYS_ADMIN,
 * MKNOD, SETFCAP, MAC_OVERRIDE. Identities that differ only in others have the same rights. The same as
 * DECIDING_CAPABILITIES in src/model/identity.ts; a test compares the two.
 */
#define DECIDING_CAPABILITIES 0x00000001882f03dfu

/* mounts.c */
struct mount {
    struct mount *next;
    size_t length; /* of `path` */
    const char *path;
    bool reached, read_only, control_group;
    uint64_t major, minor; /* of its filesystem */
    unsigned kept; /* flags that a remount repeats: nosuid, nodev, noexec */
};
extern struct mount *mounts;
void read_mounts(void);
/** The mount that a path is on, or NULL. */
const struct mount *mount_of(const char *path, size_t length);
/** Whether nobody in the container can write to what stands there, as its filesystem is mounted read-only only. */
bool is_sealed(const char *path, size_t length);
/** A number that another list of mounts would not give. */
uint64_t digest_mounts(void);
/** Whether something is mounted at this very path, by the mount list. */
bool mounted_at(const char *path, size_t length);
/** The walk got to this path: if it is a mount, it needs no `W` line. */
void mount_reached(const char *path, size_t length);
/** `W`: can somebody write into the mounts that the walk did not get to? */
void tell_places(void);

/* kernel.c */
/** `W`: can somebody write to the files by which one commands the kernel? */
void tell_kernel_files(void);

/* scope.c */
struct tree {
    const char *given; /* as in the arguments */
    const char *real;  /* symbolic links resolved; NULL where nothing stands there, or this identity cannot tell */
    size_t length;     /* of `real` */
    long error;        /* why `real` is NULL */
};
struct trees {
    struct tree *items;
    size_t count;
};
/** Protected paths, paths that the walk leaves out, and paths where nothing is written, not even a trial file. */
extern struct trees protected_paths, skipped_paths, untouched_paths;
/** Places of the check itself, for its controls: they are in no way part of what is judged. */
extern struct trees own_paths;
void add_tree(struct trees *, size_t most, const char *given);
/** Resolves all of them, with `R` and `N` lines for what is elsewhere or missing. */
void resolve_trees(void);
bool within(const char *path, size_t length, const char *root, size_t root_length);
/** Whether the walk of the protected path `root` gets to this path (as far as the identity may). */
bool walk_of(const struct tree *root, const char *path, size_t length);
bool walked(const char *path, size_t length);
bool untouched(const char *path, size_t length);
bool is_own(const char *path, size_t length);
/** Whether a walk that meets this path stops before it. */
bool left_out(const char *path, size_t length);

/* resolve.c */
struct place {
    size_t length;   /* of `path` */
    size_t existing; /* how much of it exists: less than `length` where the place is missing */
    char path[PATH_LIMIT + 1];
};
/**
 * Where `text` leads, seen from the directory `base` (real, absolute), symbolic links followed hop by
 * hop. The place may be missing, so that dangling links can be judged. 0 or a negated errno.
 */
long resolve(struct place *, const char *base, size_t base_length, const char *text);
/** How much of a path is its directory: at least the 1 of `/`. */
size_t parent_length(const char *path, size_t length);

/* attempts.c */
enum kind { DIRECTORY = 1, REGULAR = 2, LINK = 4, SPECIAL = 8, INSIDE = 16 };
struct entry {
    int dir;          /* the directory that it stands in; the working directory too. For INSIDE: the directory itself */
    const char *name; /* plain, in `dir` */
    const char *path; /* for the lines */
    enum kind kind;
    bool mount_root;
    bool sealed; /* see is_sealed(): nothing can be put in its place meanwhile */
    struct statx status;
};
enum operation {
    CREATE, MKDIR, SYMLINK, DELETE, OPEN_WRITE, SETXATTR, CHMOD, UTIMENS, REGAIN, VIA_ROOT, VIA_DESCRIPTOR, OPERATIONS
};
/** `--thorough`: more than the basic attempts is made. */
extern bool thorough;
/** As in the lines. */
const char *operation_name(enum operation);
enum { NOT_MADE = 1 };
enum { CONCLUSIVE = 1, CREATED = 2, REPLACEABLE = 4, VANISHED = 8 };
void prepare_attempts(void);
/** A name that nobody uses. */
extern char trial_name[];
/** Whether this kind of entry is asked for this operation in any case. */
bool is_made_on(enum operation, enum kind);
/** Makes one attempt: 0 for "allowed", a negated errno, or NOT_MADE. Tells nothing. */
long attempt(enum operation, const struct entry *);
/** Opens a held inode for writing, through /proc/self/fd. 0 or a negated errno. */
long open_held(long held);
/** Makes all attempts of this kind of entry, tells and tallies them. In a directory where one can create, an entry
    that can be deleted can be replaced: then nothing more is tried on it. Gives flags. */
unsigned attack(const struct entry *, bool can_create_beside);
/** Tells and tallies the answer to one attempt: CONCLUSIVE if it says something of the right to change, VANISHED
    if the entry is gone by now, or 0. */
unsigned record(enum operation, long answer, const struct entry *);
/** Tallies everything that a kind of entry would have been asked. */
void cover(enum kind);
enum kind kind_of(uint16_t mode);
long status_of(int dir, const char *name, struct statx *);
/** Asks, instead of attempting, whether an entry may be written or executed. 0 or a negated errno. */
long ask_access(int dir, const char *name, long mode);

/* links.c */
/** Judges a symbolic link: can its target, outside of what the walk attacks, be changed? */
void follow_link(const struct entry *link);

/* privileged.c */
/** `X` lines for a regular file that gives whoever runs it more rights. */
void tell_privileged(const struct entry *file);

/* walk.c */
void attack_tree(const struct tree *);
void attack_by_name(void);
/** Hands over the NUL-separated names of standard input, one by one; of one that is too long the beginning, as not `whole`. */
void each_name(void (*visit)(char *name, size_t length, bool whole));
/** Prints every path of a tree, NUL-separated; false where something could not be listed. */
bool list_tree(const char *path);

/* ways.c */
/** Attempts through other processes: their root, their open files, their memory. */
void attack_through_processes(void);

/* control.c */
/** Makes every attempt on entries of its own, in a directory in which everybody can write. */
void control_writable(const char *directory);
/** Makes attempts that a read-only mount has to refuse: there the probe itself lies. */
void control_read_only(const char *directory);

/* remount.c */
/** Tries to change the mounts themselves, and compares them with before. */
void attack_mounts(void);

/* listeners.c */
int tell_listeners(void);
