/// From the supervisor to the command: descriptors, signals, exec.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
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
    struct bassi_report report = {kind, errno, 0, 0};
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

static void execute(const struct bassi_command *command, int report_fd) __attribute__((noreturn));
static void execute(const struct bassi_command *command, int report_fd) {
#if defined(__linux__)
    // Whoever kills the supervisor ends the command too, although not what the command started.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    // A session of its own: no terminal to read a password from, and one process group to signal.
    if (setsid() < 0) fail(report_fd, BASSI_NO_SETUP);
    if (chdir(command->directory) != 0) fail(report_fd, BASSI_NO_DIRECTORY);
    if (dup2(BASSI_INPUT_FD, STDIN_FILENO) < 0) fail(report_fd, BASSI_NO_SETUP);
    if (dup2(BASSI_OUTPUT_FD, STDOUT_FILENO) < 0) fail(report_fd, BASSI_NO_SETUP);
    if (dup2(BASSI_ERROR_FD, STDERR_FILENO) < 0) fail(report_fd, BASSI_NO_SETUP);
    reset_signals();
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
