/// Which descriptors and which children does this process have? Without allocation, so without opendir.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include "supervisor.h"

void bassi_close_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0) return;
#endif
    struct rlimit limit;
    int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1 << 20 ? (int)limit.rlim_cur : 1 << 20;
    for (int fd = first; fd < end; fd++) close(fd);
}

#if defined(__linux__)

/// The number that `text` begins with; 0 when there is none.
static pid_t number_at(const char *text) {
    pid_t number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
    return number;
}

/// "/proc/" + pid + suffix.
static void write_path(char *path, pid_t pid, const char *suffix) {
    char digits[12];
    int count = 0;
    do {
        digits[count++] = (char)('0' + pid % 10);
        pid /= 10;
    } while (pid > 0);
    memcpy(path, "/proc/", 6);
    path += 6;
    while (count > 0) *path++ = digits[--count];
    memcpy(path, suffix, strlen(suffix) + 1);
}

/// "17 18 19 " in a file of the kernel; it is there when the kernel was built with CONFIG_PROC_CHILDREN.
static int read_children_file(pid_t *pids, int pids_max) {
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    char text[4096];
    int count = 0;
    pid_t number = 0;
    ssize_t length;
    // A number may be cut by the end of one read, so it is put together digit by digit.
    while ((length = read(fd, text, sizeof text)) > 0) {
        for (ssize_t at = 0; at < length; at++) {
            if (text[at] >= '0' && text[at] <= '9') {
                number = number * 10 + (text[at] - '0');
                continue;
            }
            if (number > 1 && count < pids_max) pids[count++] = number;
            number = 0;
        }
    }
    if (number > 1 && count < pids_max) pids[count++] = number;
    close(fd);
    return count;
}

/// The fourth field of /proc/PID/stat, after a name that may hold spaces and parentheses; 0 when the process is gone.
static pid_t parent_of(pid_t pid) {
    char text[512];
    char path[64];
    write_path(path, pid, "/stat");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return 0;
    text[length] = 0;
    const char *name_end = strrchr(text, ')');
    return name_end != NULL && strlen(name_end) > 4 ? number_at(name_end + 4) : 0;
}

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/// Asks every process for its parent: slower, and there on every Linux that has /proc.
static int scan_processes(pid_t *pids, int pids_max) {
    int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    char entries[4096] __attribute__((aligned(8)));
    pid_t self = getpid();
    int count = 0;
    long length;
    while ((length = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
        for (long at = 0; at < length;) {
            const struct directory_entry *entry = (const struct directory_entry *)(entries + at);
            pid_t pid = number_at(entry->name);
            if (pid > 1 && count < pids_max && parent_of(pid) == self) pids[count++] = pid;
            at += entry->length;
        }
    }
    close(fd);
    return count;
}

int bassi_list_children(pid_t *pids, int pids_max) {
    int count = read_children_file(pids, pids_max);
    return count >= 0 ? count : scan_processes(pids, pids_max);
}

#else

int bassi_list_children(pid_t *pids, int pids_max) {
    (void)pids;
    (void)pids_max;
    return -1;
}

#endif
