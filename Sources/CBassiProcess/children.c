/// Which descriptors and which children does this process have? Without allocation, so without opendir.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
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

int bassi_list_children(pid_t *pids, int pids_max) {
    int count = read_children_file(pids, pids_max);
    // Slower, and there on every Linux that has /proc.
    return count >= 0 ? count : bassi_scan_children(pids, pids_max);
}

#else

int bassi_list_children(pid_t *pids, int pids_max) {
    (void)pids;
    (void)pids_max;
    return -1;
}

#endif
