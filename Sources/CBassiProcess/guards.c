/// Paths that must stay as they are while a command runs: placeholders where nothing is, and links.
///
/// A mount needs something to be mounted on, so a sandbox can only protect what exists. The placeholder is made and
/// removed here, since the supervisor outlives a program that is killed. Several commands, also of several programs,
/// may hold the same path: each has a shared lock on the folder that it is in, and whoever gets the exclusive one
/// afterwards is the last and removes it. A placeholder that a dead machine left is taken over by the next command.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor.h"

enum { PATH_BYTES_MAX = 4096, GUARDS_MAX = 128, TEXT_BYTES_MAX = 128 * 1024 };

/// The folder that the path is in. Returns 0 for a path that is too long.
static int write_parent(char *parent, const char *path) {
    const char *end = strrchr(path, '/');
    size_t length = end == NULL ? 0 : (size_t)(end - path);
    if (length == 0) length = 1;
    if (length >= PATH_BYTES_MAX) return 0;
    memcpy(parent, path, length);
    parent[length] = 0;
    return 1;
}

static int is_placeholder(const char *path, int32_t kind) {
    struct stat status;
    if (lstat(path, &status) != 0 || (status.st_mode & 07777) != 0) return 0;
    return kind == BASSI_HOLD_FOLDER ? S_ISDIR(status.st_mode) : S_ISSOCK(status.st_mode);
}

static int is_held(int32_t kind) { return kind == BASSI_HOLD_FILE || kind == BASSI_HOLD_FOLDER; }

/// Whether the lock of the guard before is that of this one too: those of one folder come together. Two locks of one
/// process on one folder would take each other for another command.
static int shares_lock(const struct bassi_guard *guards, int32_t at) {
    static char before[PATH_BYTES_MAX], here[PATH_BYTES_MAX];
    if (at == 0 || !is_held(guards[at].kind) || !is_held(guards[at - 1].kind)) return 0;
    return write_parent(before, guards[at - 1].path) && write_parent(here, guards[at].path)
        && strcmp(before, here) == 0;
}

/// -1 where the folder cannot be opened or its file system knows no such locks: then nobody counts.
static int open_lock(const char *path) {
    char parent[PATH_BYTES_MAX];
    if (!write_parent(parent, path)) return -1;
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    while (flock(fd, LOCK_SH) != 0) {
        if (errno == EINTR) continue;
        close(fd);
        return -1;
    }
    return fd;
}

/// The program's memory is given back while the command runs, so what is needed at its end is kept here.
static char texts[TEXT_BYTES_MAX];
static size_t text_bytes;
static struct bassi_guard kept[GUARDS_MAX];
static int locks[GUARDS_MAX];
static int32_t kept_count;

static const char *keep(const char *text) {
    if (text == NULL) return NULL;
    size_t length = strlen(text) + 1;
    if (length > sizeof texts - text_bytes) return NULL;
    char *copy = texts + text_bytes;
    memcpy(copy, text, length);
    text_bytes += length;
    return copy;
}

static int stand(int32_t at) {
    const struct bassi_guard *guard = &kept[at];
    if (!is_held(guard->kind)) return 0;
    if (!shares_lock(kept, at)) locks[at] = open_lock(guard->path);
    int made = guard->kind == BASSI_HOLD_FOLDER ? mkdir(guard->path, 0) : mknod(guard->path, S_IFSOCK, 0);
    // What has come into being meanwhile, or was left by a machine that died, is covered as well.
    return made == 0 || errno == EEXIST ? 0 : errno;
}

int bassi_guard_paths(const struct bassi_guard *guards, int32_t count) {
    if (count > GUARDS_MAX) return E2BIG;
    for (int32_t at = 0; at < count; at++) {
        kept[at] = (struct bassi_guard){keep(guards[at].path), keep(guards[at].target), guards[at].kind};
        locks[at] = -1;
        if (kept[at].path == NULL) return E2BIG;
        if (kept[at].kind == BASSI_KEEP_LINK && kept[at].target == NULL) return E2BIG;
        kept_count = at + 1;
        int reason = stand(at);
        if (reason != 0) return reason;
    }
    return 0;
}

/// Out of the way, but not lost: it may be work.
static void move_aside(const char *path) {
    static char other[PATH_BYTES_MAX + 16];
    size_t length = strlen(path);
    if (length >= PATH_BYTES_MAX) return;
    memcpy(other, path, length);
    memcpy(other + length, ".blocked-0", 11);
    struct stat status;
    for (char digit = '0'; digit <= '9'; digit++) {
        other[length + 9] = digit;
        if (lstat(other, &status) == 0) continue;
        if (rename(path, other) == 0) return;
    }
    unlink(path);
}

static void put_link_back(const struct bassi_guard *guard) {
    char target[PATH_BYTES_MAX];
    ssize_t length = readlink(guard->path, target, sizeof target);
    if (length == (ssize_t)strlen(guard->target) && memcmp(target, guard->target, (size_t)length) == 0) return;
    struct stat status;
    if (lstat(guard->path, &status) == 0) move_aside(guard->path);
    if (symlink(guard->target, guard->path) != 0) return;
}

static void let_go(int32_t at, int is_last) {
    const struct bassi_guard *guard = &kept[at];
    struct stat status;
    switch (guard->kind) {
    case BASSI_HOLD_FILE:
        if (is_last && is_placeholder(guard->path, guard->kind)) unlink(guard->path);
        break;
    case BASSI_HOLD_FOLDER:
        if (is_last && is_placeholder(guard->path, guard->kind)) rmdir(guard->path);
        break;
    case BASSI_KEEP_LINK: put_link_back(guard); break;
    default:
        if (lstat(guard->path, &status) == 0) move_aside(guard->path);
        break;
    }
}

void bassi_release_paths(void) {
    int is_last = 1;
    for (int32_t at = 0; at < kept_count; at++) {
        if (!shares_lock(kept, at)) is_last = locks[at] < 0 || flock(locks[at], LOCK_EX | LOCK_NB) == 0;
        let_go(at, is_last);
    }
    for (int32_t at = 0; at < kept_count; at++) {
        if (locks[at] >= 0) close(locks[at]);
    }
    kept_count = 0;
}
