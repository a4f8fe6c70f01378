/// The parent's side: pipes, fork, and the few calls on a supervisor.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#else
#include <sys/ptrace.h>
#endif

#include "supervisor.h"

/// Descriptors of one spawn: [0] is the parent's end, [1] the supervisor's.
struct pairs {
    int control[2];
    int output[2];
    int error[2];
    int input[2];
};

static void close_end(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static int mark(int fd, int nonblocking) {
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return -1;
    if (nonblocking && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) return -1;
    return 0;
}

/// `[0]` is the end for reading. Closed on exec from the first moment where the system can do that.
static int open_pipe(int ends[2]) {
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) != 0) return -1;
    return mark(ends[0], 0) == 0 && mark(ends[1], 0) == 0 ? 0 : -1;
#endif
}

static int open_socket(int ends[2]) {
#if defined(__linux__)
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
    int yes = 1;
    setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
    return mark(ends[0], 0) == 0 && mark(ends[1], 0) == 0 ? 0 : -1;
#endif
}

static int open_pairs(struct pairs *pairs, int has_input) {
    if (open_socket(pairs->control) != 0 || mark(pairs->control[0], 1) != 0) return -1;
    if (open_pipe(pairs->output) != 0 || mark(pairs->output[0], 1) != 0) return -1;
    if (open_pipe(pairs->error) != 0 || mark(pairs->error[0], 1) != 0) return -1;
    if (!has_input) return 0;
    if (open_pipe(pairs->input) != 0) return -1;
    // Of this pipe the parent has the end for writing.
    int reading = pairs->input[0];
    pairs->input[0] = pairs->input[1];
    pairs->input[1] = reading;
    return mark(pairs->input[0], 1);
}

static void close_side(struct pairs *pairs, int side) {
    close_end(&pairs->control[side]);
    close_end(&pairs->output[side]);
    close_end(&pairs->error[side]);
    close_end(&pairs->input[side]);
}

int32_t bassi_spawn(const struct bassi_command *command, struct bassi_child *child) {
    struct pairs pairs = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    if (open_pairs(&pairs, command->has_input) != 0) {
        int reason = errno;
        close_side(&pairs, 0);
        close_side(&pairs, 1);
        return reason;
    }
    // The supervisor keeps every signal blocked, so that no handler of the program ever runs in it.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t supervisor = fork();
    if (supervisor == 0) {
        struct bassi_ends ends = {pairs.control[1], pairs.output[1], pairs.error[1], pairs.input[1]};
        bassi_supervise(command, &ends);
    }
    int reason = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close_side(&pairs, 1);
    if (supervisor < 0) {
        close_side(&pairs, 0);
        return reason;
    }
    child->supervisor = supervisor;
    child->control = pairs.control[0];
    child->output = pairs.output[0];
    child->error = pairs.error[0];
    child->input = pairs.input[0];
    return 0;
}

void bassi_ask_to_end(pid_t supervisor, int control) {
#if defined(MSG_NOSIGNAL)
    send(control, "T", 1, MSG_NOSIGNAL);
#else
    send(control, "T", 1, 0);
#endif
    // A command may have stopped its supervisor: a stopped one ends nothing.
    if (supervisor > 1) kill(supervisor, SIGCONT);
}

void bassi_kill_supervisor(pid_t supervisor) {
    if (supervisor > 1) kill(supervisor, SIGKILL);
}

void bassi_reap(pid_t supervisor) {
    if (supervisor <= 1) return;
    // Another part of the program may have reaped it (ECHILD): its report came over the socket, nothing is lost.
    while (waitpid(supervisor, NULL, 0) < 0 && errno == EINTR) {
    }
}

void bassi_hide_process(void) {
#if defined(__linux__)
    prctl(PR_SET_DUMPABLE, 0);
#elif defined(PT_DENY_ATTACH)
    ptrace(PT_DENY_ATTACH, 0, 0, 0);
#endif
}

ssize_t bassi_write(int fd, const void *bytes, size_t count) {
#if defined(F_SETNOSIGPIPE)
    fcntl(fd, F_SETNOSIGPIPE, 1);
    return write(fd, bytes, count);
#else
    sigset_t broken, before, pending;
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    int was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    ssize_t written = write(fd, bytes, count);
    int reason = errno;
    if (written < 0 && reason == EPIPE && !was_pending) {
        struct timespec now = {0, 0};
        while (sigtimedwait(&broken, NULL, &now) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return written;
#endif
}

int32_t bassi_waiting_bytes(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 ? count : 0;
}

int32_t bassi_pipe(int *read_end, int *write_end) {
    int ends[2] = {-1, -1};
    if (open_pipe(ends) != 0 || mark(ends[0], 1) != 0 || mark(ends[1], 1) != 0) {
        int reason = errno;
        close_end(&ends[0]);
        close_end(&ends[1]);
        return reason;
    }
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

int32_t bassi_has_exited(int32_t status) { return WIFEXITED(status); }

int32_t bassi_exit_code(int32_t status) { return WEXITSTATUS(status); }

int32_t bassi_signal(int32_t status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
