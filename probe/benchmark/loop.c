/*
 * What the probe is measured with, from within a container (scripts/benchmark/probe.mjs).
 *
 *   loop open PATH COUNT    opens a file that cannot be opened for writing, so many times, and does nothing else
 *   loop run PROGRAM ...    runs a program to its end
 *
 * Both print how many nanoseconds it took, on standard error.
 */
#include "../sys.h"

enum { SYS_execve = ON(59, 221) };

static uint64_t now(void)
{
    struct timespec time = {0};
    SYS(clock_gettime, CLOCK_MONOTONIC, &time);
    return (uint64_t)time.seconds * 1000000000 + (uint64_t)time.nanoseconds;
}

static void print(uint64_t number)
{
    char text[24];
    size_t at = sizeof text;
    text[--at] = '\n';
    do text[--at] = (char)('0' + number % 10);
    while (number /= 10);
    SYS(write, 2, text + at, sizeof text - at);
}

static int run(int count, char **arguments)
{
    if (count < 3) return 2;
    uint64_t began = now();
    if (arguments[1][0] == 'o' && count == 4) {
        uint64_t wanted = 0;
        for (const char *digit = arguments[3]; *digit; digit++) wanted = wanted * 10 + (uint64_t)(*digit - '0');
        for (uint64_t done = 0; done < wanted; done++)
            if (SYS(openat, AT_FDCWD, arguments[2], O_WRONLY) >= 0) return 1;
    } else {
        long child = SYS(clone, SIGCHLD, 0, 0, 0, 0);
        if (child == 0) {
            SYS(execve, arguments[2], arguments + 2, NULL);
            exit_now(127);
        }
        int status = 1;
        SYS(wait4, child, &status, 0, NULL);
        if (child < 0 || status != 0) return 1;
    }
    print(now() - began);
    return 0;
}

__attribute__((used)) static _Noreturn void start(long *stack)
{
    exit_now(run((int)stack[0], (char **)(stack + 1)));
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tbl start\n");
#endif
