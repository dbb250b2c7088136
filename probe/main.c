/*
 * The probe's commands. `attack` runs inside a container as one of its identities and really attempts to
 * change what stands under the given paths; README.md tells the lines that it writes.
 */
#include "probe.h"

static const char usage[] =
    "usage: probe attack [--skip PATH]... [--untouched PATH]... [--as UID:GID:GROUPS:CAPABILITIES]\n"
    "                    [--if-living] [--by-name | --watch] [--thorough] [--control PATH] [--refusal PATH]\n"
    "                    [--lines N] [--] PATH...\n"
    "       probe list [--stdin] PATH...\n"
    "       probe listeners\n";

static struct {
    const char *as, *control, *refusal;
    bool if_living, by_name, watch;
} options;

static int explain_usage(const char *what, const char *argument)
{
    complain(what, argument, 0);
    SYS(write, 2, usage, sizeof usage - 1);
    return BAD_USAGE;
}

/** Absolute, not too long, and without `..`, so that the directories above it can be read off its text. */
static bool is_usable(const char *path)
{
    if (path[0] != '/' || length_of(path) > PATH_LIMIT) return false;
    for (const char *at = path; *at; at++)
        if (starts_with(at, "/..") && (at[3] == '/' || at[3] == '\0')) return false;
    return true;
}

/** Drops what the text of a path does not need: `//`, `/./`, a slash at the end. In place. */
static char *tidy(char *path)
{
    char *out = path;
    for (const char *at = path; *at;) {
        bool nothing = at[0] == '/' && (at[1] == '/' || at[1] == '\0' || (at[1] == '.' && (at[2] == '/' || at[2] == '\0')));
        if (!nothing) *out++ = *at++;
        else at += at[1] == '.' ? 2 : 1;
    }
    if (out == path) *out++ = '/';
    *out = '\0';
    return path;
}

static int read_options(int count, char **arguments)
{
    bool only_paths = false;
    for (int at = 0; at < count; at++) {
        char *option = arguments[at], *value = at + 1 < count ? arguments[at + 1] : NULL;
        struct trees *trees = &protected_paths;
        if (only_paths || option[0] == '/') value = option;
        else if (equal(option, "--")) { only_paths = true; continue; }
        else if (equal(option, "--if-living")) { options.if_living = true; continue; }
        else if (equal(option, "--by-name")) { options.by_name = true; continue; }
        else if (equal(option, "--watch")) { options.watch = true; continue; }
        else if (equal(option, "--thorough")) { thorough = true; continue; }
        else if (!value) return explain_usage("unknown option, or its value is missing:", option);
        else if (equal(option, "--as")) { options.as = value; at++; continue; }
        else if (equal(option, "--lines")) {
            const char *digits = value;
            uint64_t most;
            if (!read_number(&digits, 10, &most) || *digits) return explain_usage("--lines wants a number, not", value);
            limit_lines(most);
            at++;
            continue;
        }
        else if (equal(option, "--skip")) { trees = &skipped_paths; at++; }
        else if (equal(option, "--untouched")) { trees = &untouched_paths; at++; }
        else if (equal(option, "--control")) { trees = &own_paths; options.control = value; at++; }
        else if (equal(option, "--refusal")) { trees = &own_paths; options.refusal = value; at++; }
        else return explain_usage("unknown option:", option);

        if (!is_usable(value)) return explain_usage("a path has to be absolute and without `..`, unlike", value);
        add_tree(trees, (size_t)count, tidy(value));
    }
    if (protected_paths.count == 0) return explain_usage("no path was given", NULL);
    if (options.by_name && options.watch) return explain_usage("--by-name and --watch both take standard input", NULL);
    return DONE;
}

/** One open directory a level: as many as the hard limit allows. */
static void raise_open_files(void)
{
    struct limit limit;
    if (SYS(prlimit64, 0, RLIMIT_NOFILE, 0, &limit) < 0) return;
    limit.soft = limit.hard;
    SYS(prlimit64, 0, RLIMIT_NOFILE, &limit, 0);
}

static int watch_and_finish(void)
{
    if (options.watch) {
        tell('Y', "attacked");
        watch_living();
        tell_living();
    }
    return finish();
}

static int run_attack(int count, char **arguments)
{
    int wrong = read_options(count, arguments);
    if (wrong) return wrong;
    if (options.as && !become(options.as)) return IDENTITY_NOT_TAKEN;
    raise_open_files();
    prepare_attempts();

    begin('P');
    number_field(1);
    end();
    read_self();
    tell_self();
    tell_living();
    if (options.if_living && !somebody_lives_as_self()) {
        tell('Q', "idle");
        return watch_and_finish();
    }
    read_mounts();
    resolve_trees();
    if (options.control) control_writable(options.control);
    if (options.refusal) control_read_only(options.refusal);
    if (options.by_name) attack_by_name();
    else {
        for (size_t at = 0; at < protected_paths.count; at++) attack_tree(&protected_paths.items[at]);
        tell_places();
        if (thorough) {
            tell_kernel_files();
            attack_through_processes();
            attack_mounts(); /* last, so that it can spoil nothing */
        }
    }
    tell_living();
    return watch_and_finish();
}

static bool all_listed = true;

static void list_one(char *name, size_t length, bool whole)
{
    name[length] = '\0';
    if (whole && is_usable(name)) all_listed &= list_tree(tidy(name));
    else {
        complain("cannot list", name, whole ? -EINVAL : -ENAMETOOLONG);
        all_listed = false;
    }
}

static int run_list(int count, char **arguments)
{
    bool from_input = count > 0 && equal(arguments[0], "--stdin");
    if (from_input) count--, arguments++;
    if (count == 0 && !from_input) return explain_usage("no path was given", NULL);
    for (int at = 0; at < count; at++)
        if (!is_usable(arguments[at])) return explain_usage("a path has to be absolute and without `..`, unlike", arguments[at]);
    raise_open_files();
    for (int at = 0; at < count; at++) all_listed &= list_tree(tidy(arguments[at]));
    if (from_input) each_name(list_one);
    flush();
    return all_listed ? DONE : INCOMPLETE;
}

static int run(int count, char **arguments)
{
    /* Before anything else: a process of the same user must not trace the probe and answer in its place. Fails only
       under emulators, that do not know it. */
    SYS(prctl, PR_SET_DUMPABLE, 0);
    if (count >= 2 && equal(arguments[1], "attack")) return run_attack(count - 2, arguments + 2);
    if (count >= 2 && equal(arguments[1], "list")) return run_list(count - 2, arguments + 2);
    if (count == 2 && equal(arguments[1], "listeners")) return tell_listeners();
    return explain_usage("unknown command", count >= 2 ? arguments[1] : NULL);
}

/** The kernel starts here, with the number of arguments and the arguments on the stack. */
__attribute__((used)) static _Noreturn void start(long *stack)
{
    exit_now(run((int)stack[0], (char **)(stack + 1)));
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tbl start\n");
#endif
