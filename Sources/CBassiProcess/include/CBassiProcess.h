/// What Swift cannot do itself: fork, and code that is safe to run between fork and exec.
///
/// `bassi_spawn` forks a supervisor, and the supervisor starts the command. The supervisor adopts whatever the command
/// leaves behind, so that it can end all of it. docs/decisions/0005-supervisor-process.md says why.
#ifndef BASSI_PROCESS_H
#define BASSI_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What to run. Every pointer must stay valid until `bassi_spawn` returns.
struct bassi_command {
    const char *executable;
    /// With argv[0], ended by a null pointer.
    char *const *arguments;
    /// `NAME=value`, ended by a null pointer.
    char *const *environment;
    const char *directory;
    /// Not zero: `bassi_child.input` is a pipe to standard input. Zero: standard input is /dev/null.
    int32_t has_input;
    /// From SIGTERM to SIGKILL.
    int32_t grace_ms;
};

/// The parent's side. The descriptors do not block, are closed on exec, and belong to the caller.
struct bassi_child {
    pid_t supervisor;
    /// Write 'T' to end everything. The supervisor's one `bassi_report` comes from here, then the end of file.
    int control;
    int output;
    int error;
    /// -1 without input.
    int input;
};

enum bassi_report_kind {
    /// The command ran: `value` is its wait status.
    BASSI_ENDED = 1,
    /// It never ran: `value` is the errno of what failed.
    BASSI_NO_SETUP = 2,
    BASSI_NO_DIRECTORY = 3,
    BASSI_NO_EXEC = 4,
};

/// The supervisor's last words.
struct bassi_report {
    int32_t kind;
    int32_t value;
    /// Not zero: the command was still running when it was told to end.
    int32_t was_told;
    /// Processes that SIGKILL did not end in time.
    int32_t survivors;
};

/// Starts the command; returns 0 or an errno. Takes as long as a fork of this process: not for the concurrency pool.
int32_t bassi_spawn(const struct bassi_command *command, struct bassi_child *child);

/// Asks the supervisor to end everything. Does nothing when it is gone already, but it must not have been reaped.
void bassi_ask_to_end(pid_t supervisor, int control);

/// Ends a supervisor that does not answer; the command dies with it.
void bassi_kill_supervisor(pid_t supervisor);

/// Waits until the supervisor, which closed its end of the socket, is reaped.
void bassi_reap(pid_t supervisor);

/// `write` that never raises SIGPIPE: -1 and EPIPE instead, whatever the program does with that signal.
ssize_t bassi_write(int fd, const void *bytes, size_t count);

/// How many bytes wait in a pipe.
int32_t bassi_waiting_bytes(int fd);

/// A pipe whose ends do not block and are closed on exec; 0 or an errno.
int32_t bassi_pipe(int *read_end, int *write_end);

/// `W*` macros, which Swift cannot import.
int32_t bassi_has_exited(int32_t status);
int32_t bassi_exit_code(int32_t status);
int32_t bassi_signal(int32_t status);

#endif
