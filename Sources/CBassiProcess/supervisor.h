/// Between the C files only. Everything here runs after fork in a process with many threads: async-signal-safe calls,
/// no allocation, no lock.
#ifndef BASSI_SUPERVISOR_H
#define BASSI_SUPERVISOR_H

#include "CBassiProcess.h"

/// Where the supervisor keeps its descriptors, after it has closed all the others.
enum {
    BASSI_CONTROL_FD = 3,
    BASSI_OUTPUT_FD = 4,
    BASSI_ERROR_FD = 5,
    BASSI_INPUT_FD = 6,
    BASSI_FIRST_FREE_FD = 7,
};

/// The child's ends of the pipes, in the order of the numbers above; the input is -1 for /dev/null.
struct bassi_ends {
    int control;
    int output;
    int error;
    int input;
};

/// The supervisor's life. Never returns.
void bassi_supervise(const struct bassi_command *command, const struct bassi_ends *ends) __attribute__((noreturn));

/// Forks and executes the command: its pid, or -1 with the reason in the report.
pid_t bassi_start_command(const struct bassi_command *command, struct bassi_report *report);

/// Makes the placeholders, and keeps a copy of the list; 0 or an errno. Whatever it returns, release them at the end.
int bassi_guard_paths(const struct bassi_guard *guards, int32_t count);

/// Removes the placeholders that nobody else needs, and puts right what the other guards say.
void bassi_release_paths(void);

/// Closes `first` and all above.
void bassi_close_from(int first);

/// The pids of the caller's children, dead ones included; -1 when the system does not tell.
int bassi_list_children(pid_t *pids, int pids_max);

/// The same, by asking every process of the machine for its parent.
int bassi_scan_children(pid_t *pids, int pids_max);

/// How many threads the machine has beside those of the command.
struct bassi_census {
    int has_begun;
    int64_t others;
};

/// Whether the caller's descendants have more threads than that; never for a number below 0. Cheap as long as the whole
/// machine has not grown by as many: only then are they counted.
int bassi_has_too_many(struct bassi_census *census, int64_t threads_max);

/// Gives back the memory that was copied from the program and is not needed.
void bassi_forget_memory(void);

#endif
