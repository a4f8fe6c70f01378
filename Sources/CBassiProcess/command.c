/// From the supervisor to the command: descriptors, signals, exec.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "supervisor.h"

#if defined(__linux__)
// The supervisor is a copy of a process that may be large: vfork copies nothing of it once more. What runs between
// vfork and exec writes to its own variables only.
#define BASSI_FORK vfork
#else
#define BASSI_FORK fork
#endif

static void fail(int report_fd, int32_t kind) __attribute__((noreturn));
static void fail(int report_fd, int32_t kind) {
    struct bassi_report report = {kind, errno, 0, 0, 0};
    ssize_t ignored = write(report_fd, &report, sizeof report);
    (void)ignored;
    _exit(127);
}

/// Handlers do not survive exec, but ignored signals do: the program may ignore SIGPIPE, its commands must not.
static void reset_signals(void) {
    struct sigaction standard = {0};
    standard.sa_handler = SIG_DFL;
    sigemptyset(&standard.sa_mask);
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/// Both the soft and the hard limit, so that the command cannot raise it; never above what the program itself has.
static void limit(int resource, int64_t most) {
    struct rlimit now;
    if (most < 0 || getrlimit(resource, &now) != 0) return;
    rlim_t wanted = (rlim_t)most;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < wanted) wanted = now.rlim_max;
    struct rlimit limited = {wanted, wanted};
    setrlimit(resource, &limited);
}

static void limit_resources(const struct bassi_limits *limits) {
    limit(RLIMIT_DATA, limits->data_bytes);
    limit(RLIMIT_FSIZE, limits->file_bytes);
    limit(RLIMIT_NOFILE, limits->open_files);
    // A second more until SIGKILL: SIGXCPU can be handled, and tells why.
    struct rlimit now;
    if (limits->cpu_seconds >= 0 && getrlimit(RLIMIT_CPU, &now) == 0) {
        limit(RLIMIT_CPU, limits->cpu_seconds + 1);
        if (getrlimit(RLIMIT_CPU, &now) == 0 && (rlim_t)limits->cpu_seconds < now.rlim_max) {
            now.rlim_cur = (rlim_t)limits->cpu_seconds;
            setrlimit(RLIMIT_CPU, &now);
        }
    }
    // Where memory runs out, the kernel should take the command before the program. A process that hides itself may be
    // refused; a sandbox then does it.
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t ignored = write(fd, "500", 3);
        (void)ignored;
        close(fd);
    }
    // A dead command leaves no copy of its memory in the folder.
    limit(RLIMIT_CORE, 0);
}

/// A file in memory that stays open over exec; 0 or -1.
static int pass_filter(const struct bassi_command *command) {
#if defined(__linux__)
    if (command->filter_bytes <= 0) return 0;
    int fd = (int)syscall(SYS_memfd_create, "filter", 0U);
    if (fd < 0) return -1;
    if (write(fd, command->filter, (size_t)command->filter_bytes) != command->filter_bytes) return -1;
    if (lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, BASSI_FILTER_FD) < 0) return -1;
    close(fd);
#endif
    return 0;
}

static void execute(const struct bassi_command *command, int report_fd) __attribute__((noreturn));
static void execute(const struct bassi_command *command, int report_fd) {
#if defined(__linux__)
    // Whoever kills the supervisor ends the command too, although not what the command started.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    // A session of its own: no terminal to read a password from, and one process group to signal.
    if (setsid() < 0) fail(report_fd, BASSI_NO_SETUP);
    // The supervisor stands in an open folder already.
    if (command->folder < 0 && chdir(command->directory) != 0) fail(report_fd, BASSI_NO_DIRECTORY);
    if (dup2(BASSI_INPUT_FD, STDIN_FILENO) < 0) fail(report_fd, BASSI_NO_SETUP);
    if (dup2(BASSI_OUTPUT_FD, STDOUT_FILENO) < 0) fail(report_fd, BASSI_NO_SETUP);
    if (dup2(BASSI_ERROR_FD, STDERR_FILENO) < 0) fail(report_fd, BASSI_NO_SETUP);
    if (pass_filter(command) != 0) fail(report_fd, BASSI_NO_SETUP);
    reset_signals();
    limit_resources(&command->limits);
    execve(command->executable, command->arguments, command->environment);
    fail(report_fd, BASSI_NO_EXEC);
}

pid_t bassi_start_command(const struct bassi_command *command, struct bassi_report *report) {
    int ends[2];
    report->kind = BASSI_NO_SETUP;
    if (pipe(ends) != 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0) {
        report->value = errno;
        return -1;
    }
    pid_t pid = BASSI_FORK();
    if (pid == 0) execute(command, ends[1]);
    report->value = errno;
    close(ends[1]);
    // The end of file comes with exec; a report comes without it.
    ssize_t count = 0;
    if (pid > 0) {
        while ((count = read(ends[0], report, sizeof *report)) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    if (count <= 0) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return -1;
}
