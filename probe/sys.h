/*
 * The kernel, without a libc: the system calls that the probe makes, for amd64 and arm64, and the
 * structures and constants that they take. Every call returns what the kernel returned: a value of
 * 0 or more, or the negated errno.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define ON(amd64, arm64) (amd64)
#elif defined(__aarch64__)
#define ON(amd64, arm64) (arm64)
#else
#error "The probe knows amd64 and arm64."
#endif

enum system_call {
    SYS_read = ON(0, 63),
    SYS_write = ON(1, 64),
    SYS_close = ON(3, 57),
    SYS_mmap = ON(9, 222),
    SYS_mremap = ON(25, 216),
    SYS_getpid = ON(39, 172),
    SYS_clone = ON(56, 220),
    SYS_wait4 = ON(61, 260),
    SYS_chdir = ON(80, 49),
    SYS_fchdir = ON(81, 50),
    SYS_geteuid = ON(107, 175),
    SYS_getegid = ON(108, 177),
    SYS_getgroups = ON(115, 158),
    SYS_setgroups = ON(116, 159),
    SYS_setresuid = ON(117, 147),
    SYS_setresgid = ON(119, 149),
    SYS_capget = ON(125, 90),
    SYS_capset = ON(126, 91),
    SYS_statfs = ON(137, 43),
    SYS_pivot_root = ON(155, 41),
    SYS_prctl = ON(157, 167),
    SYS_mount = ON(165, 40),
    SYS_umount2 = ON(166, 39),
    SYS_lsetxattr = ON(189, 6),
    SYS_lgetxattr = ON(192, 9),
    SYS_lremovexattr = ON(198, 15),
    SYS_getdents64 = ON(217, 61),
    SYS_clock_gettime = ON(228, 113),
    SYS_exit_group = ON(231, 94),
    SYS_openat = ON(257, 56),
    SYS_mkdirat = ON(258, 34),
    SYS_unlinkat = ON(263, 35),
    SYS_symlinkat = ON(266, 36),
    SYS_readlinkat = ON(267, 78),
    SYS_fchmodat = ON(268, 53),
    SYS_faccessat = ON(269, 48),
    SYS_ppoll = ON(271, 73),
    SYS_unshare = ON(272, 97),
    SYS_utimensat = ON(280, 88),
    SYS_prlimit64 = ON(302, 261),
    SYS_getrandom = ON(318, 278),
    SYS_statx = ON(332, 291),
    SYS_faccessat2 = 439, /* since Linux 5.8 */
    SYS_fchmodat2 = 452,  /* since Linux 6.6 */
};

static inline long system_call(long number, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#endif
}

/* `SYS(openat, dir, name, flags, mode)`: up to five arguments, numbers or pointers; those left out are 0. */
#define SYS(...) SYS_FILL(__VA_ARGS__, 0, 0, 0, 0, 0)
#define SYS_FILL(name, a, b, c, d, e, ...) \
    system_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/* asm-generic/errno.h; the same numbers on both architectures. */
enum { EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EBUSY = 16, EEXIST = 17, ENOTDIR = 20, EISDIR = 21,
       EINVAL = 22, ENOSPC = 28, EROFS = 30, ENAMETOOLONG = 36, ENOSYS = 38, ELOOP = 40, EDQUOT = 122 };
enum { ERRNO_LIMIT = 4096 }; /* MAX_ERRNO of the kernel, and one */

enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EACCESS = 0x200, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000 };

enum {
    O_RDONLY = 0,
    O_WRONLY = 01,
    O_RDWR = 02,
    O_CREAT = 0100,
    O_EXCL = 0200,
    O_NOCTTY = 0400,
    O_NONBLOCK = 04000,
    O_DIRECTORY = ON(0200000, 040000),
    O_NOFOLLOW = ON(0400000, 0100000),
    O_CLOEXEC = 02000000,
    O_PATH = 010000000,
};

enum { X_OK = 1, W_OK = 2 };

enum { S_IFMT = 0170000, S_IFLNK = 0120000, S_IFREG = 0100000, S_IFDIR = 0040000,
       S_IWUSR = 0200, S_ISUID = 04000, S_ISGID = 02000, S_IXGRP = 0010, S_ANY_EXECUTE = 0111, S_MODE = 07777 };

enum { DT_UNKNOWN = 0, DT_DIR = 4, DT_REG = 8, DT_LNK = 10 };

struct directory_record { /* linux_dirent64 */
    uint64_t inode;
    int64_t next;
    uint16_t size;
    uint8_t type;
    char name[];
};

enum { STATX_BASIC_STATS = 0x7ff, STATX_ATTR_MOUNT_ROOT = 0x2000 };

struct statx_time {
    int64_t seconds;
    uint32_t nanoseconds;
    int32_t padding;
};

struct statx {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, uid, gid;
    uint16_t mode, padding;
    uint64_t inode, size, blocks, attributes_mask;
    struct statx_time atime, btime, ctime, mtime;
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t rest[14];
};
_Static_assert(sizeof(struct statx) == 256, "struct statx is 256 bytes in the kernel's interface");

struct timespec {
    int64_t seconds;
    int64_t nanoseconds;
};
enum { CLOCK_MONOTONIC = 1 };
enum { UTIME_OMIT = (1 << 30) - 2 };

enum { ST_NOSUID = 2 };
struct statfs {
    uint64_t before[10];
    uint64_t flags;
    uint64_t after[4];
};
_Static_assert(sizeof(struct statfs) == 120, "struct statfs is 120 bytes on 64-bit kernels");

enum { XATTR_CREATE = 1 };

enum { PR_SET_DUMPABLE = 4, PR_SET_KEEPCAPS = 8, PR_GET_NO_NEW_PRIVS = 39, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4 };
enum { CAPABILITY_VERSION_3 = 0x20080522 };
struct capability_header {
    uint32_t version;
    int32_t pid;
};
struct capability_half { /* [0] holds bits 0 to 31, [1] bits 32 to 63 */
    uint32_t effective, permitted, inheritable;
};

enum { RLIMIT_NOFILE = 7 };
struct limit {
    uint64_t soft, hard;
};

enum { POLLIN = 1, POLLOUT = 4 };
struct poll {
    int fd;
    short events, answered;
};

enum { CLONE_NEWNS = 0x20000, CLONE_NEWUSER = 0x10000000, SIGCHLD = 17 };
enum {
    MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REMOUNT = 32, MS_BIND = 4096, MS_REC = 16384,
    MS_PRIVATE = 1 << 18,
};
enum { MNT_DETACH = 2, MNT_EXPIRE = 4, UMOUNT_NOFOLLOW = 8 };

enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MREMAP_MAYMOVE = 1 };

/* mmap is the one call with six arguments; its last, the offset, is 0 in the stub above, as anonymous memory wants it. */
static inline long map_memory(size_t size)
{
    return SYS(mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/** The same, seen by children too. */
static inline long map_shared(size_t size)
{
    return SYS(mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
}

static inline _Noreturn void exit_now(int code)
{
    for (;;) SYS(exit_group, code);
}
