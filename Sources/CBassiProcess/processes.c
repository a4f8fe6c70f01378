/// What /proc says of the processes of this machine. Without allocation, so without opendir.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include "supervisor.h"

#if defined(__linux__)

enum { PROCESSES_MAX = 1 << 16 };

struct process {
    pid_t pid;
    pid_t parent;
    int32_t threads;
    int32_t is_ours;
};

// Of the forked process alone, and no memory until it is written to.
static struct process processes[PROCESSES_MAX];

/// The number that `text` begins with; 0 when there is none.
static int64_t number_at(const char *text) {
    int64_t number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
    return number;
}

/// Reads the beginning of a file; returns 0 when there is none.
static int read_text(const char *path, char *text, int bytes_max) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t length = read(fd, text, (size_t)bytes_max - 1);
    close(fd);
    if (length <= 0) return 0;
    text[length] = 0;
    return 1;
}

/// "/proc/" + pid + "/stat".
static void write_path(char *path, pid_t pid) {
    char digits[12];
    int count = 0;
    do {
        digits[count++] = (char)('0' + pid % 10);
        pid /= 10;
    } while (pid > 0);
    memcpy(path, "/proc/", 6);
    path += 6;
    while (count > 0) *path++ = digits[--count];
    memcpy(path, "/stat", 6);
}

/// The fields 4 and 20 of /proc/PID/stat, behind a name that may hold spaces and parentheses.
static int read_process(pid_t pid, struct process *process) {
    char path[32];
    char text[512];
    write_path(path, pid);
    if (!read_text(path, text, sizeof text)) return 0;
    const char *field = strrchr(text, ')');
    if (field == NULL || strlen(field) < 5) return 0;
    *process = (struct process){pid, (pid_t)number_at(field + 4), 1, 0};
    for (int skipped = 2; skipped < 20 && field != NULL; skipped++) field = strchr(field + 1, ' ');
    if (field != NULL) process->threads = (int32_t)number_at(field + 1);
    return 1;
}

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/// Fills the list, in the order of their numbers, which is the order of /proc. Returns how many, or -1.
static int list_processes(void) {
    int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    char entries[4096] __attribute__((aligned(8)));
    int count = 0;
    long length;
    while ((length = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
        for (long at = 0; at < length;) {
            const struct directory_entry *entry = (const struct directory_entry *)(entries + at);
            pid_t pid = (pid_t)number_at(entry->name);
            if (pid > 1 && count < PROCESSES_MAX && read_process(pid, &processes[count])) count++;
            at += entry->length;
        }
    }
    close(fd);
    return count;
}

int bassi_scan_children(pid_t *pids, int pids_max) {
    int listed = list_processes();
    pid_t self = getpid();
    int count = 0;
    for (int at = 0; at < listed; at++) {
        if (processes[at].parent == self && count < pids_max) pids[count++] = processes[at].pid;
    }
    return listed < 0 ? -1 : count;
}

static int is_ours(pid_t pid, int count) {
    int low = 0;
    while (low < count) {
        int middle = low + (count - low) / 2;
        if (processes[middle].pid == pid) return processes[middle].is_ours;
        if (processes[middle].pid < pid) low = middle + 1;
        else count = middle;
    }
    return 0;
}

/// Threads of all descendants of a process.
static int64_t count_threads(pid_t self) {
    int count = list_processes();
    int64_t threads = 0;
    // A child has a higher number than its parent, but for where the numbers have begun anew.
    for (int has_changed = 1; has_changed;) {
        has_changed = 0;
        for (int at = 0; at < count; at++) {
            struct process *process = &processes[at];
            if (process->is_ours || (process->parent != self && !is_ours(process->parent, count))) continue;
            process->is_ours = 1;
            threads += process->threads;
            has_changed = 1;
        }
    }
    return threads;
}

/// Of the whole machine: the number behind the slash in "0.00 0.01 0.05 1/123 456"; 0 when nobody says.
static int64_t machine_threads(void) {
    char text[128];
    if (!read_text("/proc/loadavg", text, sizeof text)) return 0;
    const char *slash = strchr(text, '/');
    return slash == NULL ? 0 : number_at(slash + 1);
}

int bassi_has_too_many(struct bassi_census *census, int64_t threads_max) {
    if (threads_max < 0) return 0;
    int64_t now = machine_threads();
    if (!census->has_begun) {
        census->has_begun = 1;
        census->others = now;
    }
    if (now - census->others <= threads_max) return 0;
    int64_t ours = count_threads(getpid());
    if (ours > threads_max) return 1;
    census->others = now - ours;
    return 0;
}

int32_t bassi_has_many_processes(pid_t supervisor) {
    return supervisor > 1 && count_threads(supervisor) > BASSI_MANY_PROCESSES;
}

#else

int bassi_scan_children(pid_t *pids, int pids_max) {
    (void)pids;
    (void)pids_max;
    return -1;
}

int bassi_has_too_many(struct bassi_census *census, int64_t threads_max) {
    (void)census;
    (void)threads_max;
    return 0;
}

int32_t bassi_has_many_processes(pid_t supervisor) {
    (void)supervisor;
    return 0;
}

#endif
