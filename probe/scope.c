/* Where the probe works: the paths of its arguments, and what belongs to them. */
#include "probe.h"

struct trees protected_paths, skipped_paths, untouched_paths, own_paths;

void add_tree(struct trees *trees, size_t most, const char *given)
{
    if (!trees->items) trees->items = keep_bytes(most * sizeof *trees->items);
    trees->items[trees->count++] = (struct tree){.given = given};
}

static void resolve_tree(struct tree *tree, bool is_protected)
{
    static struct place place;
    long error = resolve(&place, "", 0, tree->given);
    if (error == 0 && place.existing < place.length && is_protected) error = -ENOENT;
    if (error < 0 && !is_protected) { /* no walk meets it; should a program make it meanwhile, then by this name */
        tree->real = tree->given;
        tree->length = length_of(tree->given);
    } else if (error == -ENOENT || error == -ENOTDIR) {
        tree->error = -ENOENT;
        tell('N', tree->given);
    } else if (error < 0) {
        tree->error = error;
    } else {
        tree->real = keep_text(place.path, place.length);
        tree->length = place.length;
        if (equal(tree->given, tree->real)) return;
        begin('R');
        text_field(tree->given);
        text_field(tree->real);
        end();
    }
}

static void resolve_all(struct trees *trees, bool are_protected)
{
    for (size_t at = 0; at < trees->count; at++) resolve_tree(&trees->items[at], are_protected);
}

void resolve_trees(void)
{
    resolve_all(&protected_paths, true);
    resolve_all(&skipped_paths, false);
    resolve_all(&untouched_paths, false);
    resolve_all(&own_paths, false);
}

bool within(const char *path, size_t length, const char *root, size_t root_length)
{
    if (root_length == 1) return true; /* the root of everything */
    if (length < root_length || memcmp(path, root, root_length) != 0) return false;
    return length == root_length || path[root_length] == '/';
}

/** Whether the walk of `root` would meet one of `trees` on its way to the path, and stop there. */
static bool stopped(const struct tree *root, const struct trees *trees, const char *path, size_t length)
{
    for (size_t at = 0; at < trees->count; at++) {
        const struct tree *stop = &trees->items[at];
        bool below_root = stop->length > root->length && within(stop->real, stop->length, root->real, root->length);
        if (below_root && within(path, length, stop->real, stop->length)) return true;
    }
    return false;
}

bool walk_of(const struct tree *root, const char *path, size_t length)
{
    return root->real && within(path, length, root->real, root->length) &&
           !stopped(root, &skipped_paths, path, length) && !stopped(root, &untouched_paths, path, length) &&
           !is_own(path, length);
}

bool walked(const char *path, size_t length)
{
    for (size_t at = 0; at < protected_paths.count; at++)
        if (walk_of(&protected_paths.items[at], path, length)) return true;
    return false;
}

static bool within_any(const struct trees *trees, const char *path, size_t length)
{
    for (size_t at = 0; at < trees->count; at++)
        if (within(path, length, trees->items[at].real, trees->items[at].length)) return true;
    return false;
}

bool untouched(const char *path, size_t length)
{
    return within_any(&untouched_paths, path, length);
}

bool is_own(const char *path, size_t length)
{
    return within_any(&own_paths, path, length);
}

bool left_out(const char *path, size_t length)
{
    const struct trees *const all[] = {&skipped_paths, &untouched_paths, &own_paths};
    for (size_t list = 0; list < sizeof all / sizeof *all; list++)
        for (size_t at = 0; at < all[list]->count; at++) {
            const struct tree *tree = &all[list]->items[at];
            if (tree->length == length && memcmp(tree->real, path, length) == 0) return true;
        }
    return false;
}
