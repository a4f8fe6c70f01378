/// What Swift cannot do itself: fork, and code that is safe to run between fork and exec.
///
/// `bassi_spawn` forks a supervisor, and the supervisor starts the command. The supervisor adopts whatever the command
/// leaves behind, so that it can end all of it. docs/decisions/0005-supervisor-process.md says why.
#ifndef BASSI_PROCESS_H
#define BASSI_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// How a path is kept as it is while a command runs (docs/sandbox.md).
enum bassi_guard_kind {
    /// Nothing is there: a socket without rights stands in its place, which a sandbox can bind over, git does not see,
    /// and whoever opens it does not wait for.
    BASSI_HOLD_FILE = 1,
    /// Nothing is there: an empty folder without rights stands in its place.
    BASSI_HOLD_FOLDER = 2,
    /// Nothing is there, and nothing may stand there: what has come into being is moved aside when all is over.
    BASSI_SWEEP = 3,
    /// A symbolic link is there, which no mount can cover: it is put back when all is over.
    BASSI_KEEP_LINK = 4,
};

struct bassi_guard {
    const char *path;
    /// Of a link; else null.
    const char *target;
    int32_t kind;
};

/// What a command may take; a number below 0 leaves the limit that the program has.
struct bassi_limits {
    int64_t data_bytes;
    int64_t file_bytes;
    int64_t cpu_seconds;
    int64_t open_files;
    /// Processes and threads together. Not the system's limit, which counts all that the person runs, and none of
    /// root's: the supervisor looks ten times a second, and ends a command that has more.
    int64_t threads;
};

/// What to run. Every pointer must stay valid until `bassi_spawn` returns.
struct bassi_command {
    const char *executable;
    /// With argv[0], ended by a null pointer.
    char *const *arguments;
    /// `NAME=value`, ended by a null pointer.
    char *const *environment;
    const char *directory;
    /// An open folder to start in, which `directory` only names then; -1 for none. The supervisor keeps no copy.
    int32_t folder;
    /// Not zero: `bassi_child.input` is a pipe to standard input. Zero: standard input is /dev/null.
    int32_t has_input;
    /// From SIGTERM to SIGKILL.
    int32_t grace_ms;
    struct bassi_limits limits;
    /// What stands as long as the command and all that it started.
    const struct bassi_guard *guards;
    int32_t guard_count;
    /// What the command finds at `BASSI_FILTER_FD`; no bytes, no descriptor.
    const uint8_t *filter;
    int32_t filter_bytes;
};

enum bassi_given_fd { BASSI_FILTER_FD = 200 };

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
    BASSI_NO_GUARD = 5,
};

/// The supervisor's last words.
struct bassi_report {
    int32_t kind;
    int32_t value;
    /// Not zero: the command was still running when it was told to end.
    int32_t was_told;
    /// Not zero: it was ended for its number of processes.
    int32_t had_too_many;
    /// Processes that SIGKILL did not end in time.
    int32_t survivors;
};

/// Starts the command; returns 0 or an errno. Takes as long as a fork of this process: not for the concurrency pool.
int32_t bassi_spawn(const struct bassi_command *command, struct bassi_child *child);

/// Asks the supervisor to end everything. Does nothing when it is gone already, but it must not have been reaped.
void bassi_ask_to_end(pid_t supervisor, int control);

/// From here on the kernel needs more than a moment to end them.
enum bassi_many { BASSI_MANY_PROCESSES = 64 };

/// Whether the supervisor still has many processes to end. For one caller at a time.
int32_t bassi_has_many_processes(pid_t supervisor);

/// Ends a supervisor that does not answer; the command dies with it.
void bassi_kill_supervisor(pid_t supervisor);

/// Waits until the supervisor, which closed its end of the socket, is reaped.
void bassi_reap(pid_t supervisor);

/// No other process of the same user may read this one's memory and environment, or trace it.
void bassi_hide_process(void);

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
