/* Programs that run with more rights than whoever starts them: what they can change, no attempt of ours shows. */
#include "probe.h"

static void tell_program(const char *kind, const struct entry *file)
{
    if (!begin('X')) return;
    text_field(kind);
    number_field(file->status.uid);
    number_field(file->status.gid);
    text_field(file->path);
    end();
}

/** On such a mount the kernel ignores all three. Where it cannot be told, they count as heeded. */
static bool on_nosuid_mount(const struct entry *file)
{
    struct statfs status;
    return SYS(statfs, file->name, &status) == 0 && status.flags & ST_NOSUID;
}

void tell_privileged(const struct entry *file)
{
    unsigned mode = file->status.mode;
    if (!(mode & S_ANY_EXECUTE)) return;
    bool setuid = mode & S_ISUID;
    bool setgid = mode & S_ISGID && mode & S_IXGRP; /* without the x it once meant mandatory locking; exec ignores it */
    bool capabilities = SYS(lgetxattr, file->name, "security.capability", 0, 0) > 0;
    if ((!setuid && !setgid && !capabilities) || ask_access(file->dir, file->name, X_OK) < 0 || on_nosuid_mount(file)) return;
    if (setuid) tell_program("setuid", file);
    if (setgid) tell_program("setgid", file);
    if (capabilities) tell_program("capabilities", file);
}
