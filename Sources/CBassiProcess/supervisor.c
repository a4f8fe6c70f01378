/// The supervisor: one process for each command, which outlives everything that the command starts.
///
/// The states: the command runs; it has exited and leftovers get a moment; everything was asked to end (SIGTERM); the
/// rest is killed (SIGKILL); all gone. The command is reaped last: until then its pid, which is also the number of its
/// process group, cannot belong to anybody else.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "supervisor.h"

enum {
    CHILDREN_MAX = 4096,
    /// What a command leaves behind may finish by itself, as in `command > >(sort)`, before it is asked to end.
    LINGER_MS = 100,
    /// Leftovers of a command that ended by itself get no more than this between SIGTERM and SIGKILL.
    LEFTOVER_GRACE_MS = 100,
    /// Then SIGKILL has failed: a process in an uninterruptible wait, or one of another user.
    KILL_MS = 1000,
    /// Thousands of processes take the kernel a while.
    KILL_MANY_MS = 15000,
    ROUND_MS = 5,
    /// A command that runs longer than this is worth the work of giving memory back.
    SHORT_MS = 100,
    /// How often its processes are counted.
    COUNT_MS = 100,
};

struct family {
    pid_t command;
    int has_exited;
    int is_reaped;
    /// The system does not list children: there is only the command's process group.
    int is_blind;
    int32_t status;
    /// Children that got their SIGTERM: one that gets it twice may take it for an order to hurry.
    pid_t told[256];
    int told_count;
};

// Of the forked process alone; static, because the stack it inherits may be small.
static pid_t children[CHILDREN_MAX];

static int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void on_child(int number) { (void)number; }

/// Sleeps until a child changes, the control socket can be read, or the time is over. Returns whether there is
/// something to read. `timeout_ms` < 0 is for ever.
static int wait_for_news(int watch_control, int64_t timeout_ms) {
    fd_set readable;
    FD_ZERO(&readable);
    if (watch_control) FD_SET(BASSI_CONTROL_FD, &readable);
    struct timespec timeout = {timeout_ms / 1000, (timeout_ms % 1000) * 1000000};
    // SIGCHLD is blocked everywhere else, so none can come between looking and sleeping.
    sigset_t all_but_child;
    sigfillset(&all_but_child);
    sigdelset(&all_but_child, SIGCHLD);
    int count = pselect(
        BASSI_CONTROL_FD + 1, &readable, NULL, NULL, timeout_ms < 0 ? NULL : &timeout, &all_but_child);
    return count > 0 && FD_ISSET(BASSI_CONTROL_FD, &readable);
}

/// Looks without reaping: see the top of the file.
static void look_at_command(struct family *family) {
    if (family->has_exited) return;
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)family->command, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
        family->has_exited = 1;
    }
}

/// Reaps adopted children while the command runs, so that they do not pile up.
static void reap_adopted(const struct family *family) {
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid <= 1) return;
        if (info.si_pid == family->command) return;
        waitpid(info.si_pid, NULL, WNOHANG);
    }
}

static void signal_command_group(const struct family *family, int number) {
    if (!family->is_reaped && family->command > 1) kill(-family->command, number);
}

/// Whether the child still needs its SIGTERM; remembers that it gets it.
static int is_first_time(struct family *family, pid_t pid) {
    for (int at = 0; at < family->told_count; at++) {
        if (family->told[at] == pid) return 0;
    }
    int has_room = family->told_count < (int)(sizeof family->told / sizeof family->told[0]);
    if (has_room) family->told[family->told_count++] = pid;
    return has_room;
}

/// `pid` is a child of ours that nobody but us can reap: neither it nor its group can be somebody else's.
static void signal_child(struct family *family, pid_t pid, int number) {
    if (pid <= 1) return;
    pid_t group = getpgid(pid);
    if (number == SIGKILL) {
        kill(pid, SIGKILL);
        // A whole group at once: no member of it can fork its way out.
        if (group > 1 && group != family->command && group != getpgrp()) kill(-group, SIGKILL);
    } else if (group != family->command && is_first_time(family, pid)) {
        kill(pid, number);
        kill(pid, SIGCONT);
    }
}

/// Reaps dead children other than the command, and sends `number`, when it is not 0, to the living. Returns how many
/// live; an exited command does not count.
static int sweep(struct family *family, int number) {
    look_at_command(family);
    int living = family->has_exited ? 0 : 1;
    int count = bassi_list_children(children, CHILDREN_MAX);
    family->is_blind = count < 0;
    for (int at = 0; at < count; at++) {
        if (children[at] == family->command) continue;
        if (waitpid(children[at], NULL, WNOHANG) != 0) continue;
        living++;
        if (number != 0) signal_child(family, children[at], number);
    }
    return living;
}

/// Whether everything is gone. Only then is the command reaped.
static int is_over(struct family *family, int number) {
    if (sweep(family, number) > 0) return 0;
    if (!family->is_reaped) {
        if (family->is_blind) signal_command_group(family, SIGKILL);
        while (waitpid(family->command, &family->status, 0) < 0 && errno == EINTR) {
        }
        family->is_reaped = 1;
    }
    // The list can miss a child that is adopted just then; this cannot.
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid == 0 || (pid < 0 && errno == EINTR)) return 0;
        if (pid < 0) return 1;
    }
}

/// Returns whether everything is gone before `limit_ms` is over.
static int wait_until_over(struct family *family, int number, int64_t limit_ms) {
    int64_t end = now_ms() + limit_ms;
    for (;;) {
        if (number == SIGKILL) signal_command_group(family, SIGKILL);
        if (is_over(family, number)) return 1;
        int64_t left = end - now_ms();
        if (left <= 0) return 0;
        wait_for_news(0, left < ROUND_MS ? left : ROUND_MS);
    }
}

/// Returns how many processes are left over.
static int end_all(struct family *family, int64_t grace_ms) {
    signal_command_group(family, SIGTERM);
    signal_command_group(family, SIGCONT);
    if (wait_until_over(family, SIGTERM, grace_ms)) return 0;
    if (wait_until_over(family, SIGKILL, KILL_MS)) return 0;
    // Whoever gave up on so many would leave them all to the machine. Those of a sandbox are no children of ours.
    if (bassi_has_many_processes(getpid()) && wait_until_over(family, SIGKILL, KILL_MANY_MS)) return 0;
    return sweep(family, 0);
}

/// Why a command no longer runs.
enum ending { EXITED, TOLD, HAS_TOO_MANY };

/// Returns when the command has exited, or when everything has to end: told so, or the parent is gone, or it has too
/// many processes.
static enum ending run_command(struct family *family, int64_t threads_max) {
    int64_t begin = now_ms();
    int has_memory = 1;
    struct bassi_census census = {0};
    int64_t round_ms = threads_max < 0 ? -1 : COUNT_MS;
    for (;;) {
        look_at_command(family);
        if (family->has_exited) return EXITED;
        reap_adopted(family);
        if (bassi_has_too_many(&census, threads_max)) return HAS_TOO_MANY;
        if (has_memory && now_ms() - begin >= SHORT_MS) {
            bassi_forget_memory();
            has_memory = 0;
        }
        if (!wait_for_news(1, has_memory ? SHORT_MS : round_ms)) continue;
        char order;
        ssize_t count = recv(BASSI_CONTROL_FD, &order, 1, 0);
        if (count > 0 || count == 0 || errno != EINTR) return TOLD;
    }
}

/// Returns the report when nothing of the command is left.
static struct bassi_report see_to_its_end(struct family *family, const struct bassi_limits *limits, int32_t grace_ms) {
    struct bassi_report report = {BASSI_ENDED, 0, 0, 0, 0};
    switch (run_command(family, limits->threads)) {
    case TOLD:
        report.was_told = 1;
        report.survivors = end_all(family, grace_ms);
        break;
    case HAS_TOO_MANY:
        // What multiplies gets no time to go on.
        report.had_too_many = 1;
        report.survivors = end_all(family, 0);
        break;
    case EXITED:
        if (wait_until_over(family, 0, LINGER_MS)) break;
        report.survivors = end_all(family, grace_ms < LEFTOVER_GRACE_MS ? grace_ms : LEFTOVER_GRACE_MS);
    }
    report.value = family->status;
    return report;
}

static void take_ends(const struct bassi_ends *ends) {
    int given[] = {ends->control, ends->output, ends->error, ends->input};
    // First out of the way of the numbers they go to.
    for (int at = 0; at < 4; at++) {
        if (given[at] >= 0) given[at] = fcntl(given[at], F_DUPFD, 16);
    }
    int opened = open("/dev/null", O_RDWR);
    int null = fcntl(opened, F_DUPFD, 16);
    if (given[3] < 0) given[3] = null;
    // The streams of the program would stay open as long as the longest command.
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    for (int at = 0; at < 4; at++) {
        dup2(given[at], BASSI_CONTROL_FD + at);
        fcntl(BASSI_CONTROL_FD + at, F_SETFD, FD_CLOEXEC);
    }
    bassi_close_from(BASSI_FIRST_FREE_FD);
}

static void prepare(const struct bassi_ends *ends) {
    // Not in the terminal's foreground group: ^C is for the program, which decides what ends.
    setsid();
    take_ends(ends);
    struct sigaction action = {0};
    action.sa_handler = on_child;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
#if defined(__linux__)
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "bassi-child");
    // It is a copy of the program's memory, keys included: the command must not read it through /proc.
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

void bassi_supervise(const struct bassi_command *command, const struct bassi_ends *ends) {
    int folder_error = command->folder >= 0 && fchdir(command->folder) != 0 ? errno : 0;
    prepare(ends);
    struct bassi_report report = {BASSI_ENDED, 0, 0, 0, 0};
    struct family family = {0};
    int32_t grace_ms = command->grace_ms;
    struct bassi_limits limits = command->limits;
    int guard_error = bassi_guard_paths(command->guards, command->guard_count);
    if (folder_error != 0) {
        report.kind = BASSI_NO_DIRECTORY;
        report.value = folder_error;
        family.command = -1;
    } else if (guard_error != 0) {
        report.kind = BASSI_NO_GUARD;
        report.value = guard_error;
        family.command = -1;
    } else {
        family.command = bassi_start_command(command, &report);
    }
    // Else a pipe never ends, and a folder cannot be unmounted.
    for (int fd = BASSI_OUTPUT_FD; fd < BASSI_FIRST_FREE_FD; fd++) close(fd);
    if (chdir("/") != 0) report.survivors = 0;
    if (family.command > 1) report = see_to_its_end(&family, &limits, grace_ms);
    bassi_release_paths();
#if defined(MSG_NOSIGNAL)
    send(BASSI_CONTROL_FD, &report, sizeof report, MSG_NOSIGNAL);
#else
    send(BASSI_CONTROL_FD, &report, sizeof report, 0);
#endif
    _exit(0);
}
