#ifndef BASSI_RECORDING_VFS_H
#define BASSI_RECORDING_VFS_H

#include <stdbool.h>
#include <stdint.h>

/// A SQLite VFS over the default one that records what reaches the disk, in order, and can let calls fail.
///
/// It is for the proof of durability only; no product links it. The wal-index (shared memory) is not recorded: SQLite
/// builds it again after a power cut.
typedef struct recording_vfs recording_vfs;

enum recording_kind {
    RECORDING_WRITE = 1,    // `bytes` at `offset`
    RECORDING_TRUNCATE = 2, // to `length` bytes
    RECORDING_SYNC = 3,     // of the first `length` operations, as far as they are of this file
    RECORDING_LOST = 4,     // a sync that failed: the system may forget what it was to cover, and no later one does
    RECORDING_DELETE = 5,   // of the file; `length` is 1 when the folder was synced with it
};

typedef struct {
    int32_t kind;
    int32_t file;
    int64_t offset;
    int64_t length;
    const uint8_t *bytes;
} recording_operation;

enum recording_fault {
    RECORDING_NO_FAULT = 0,
    RECORDING_DISK_FULL = 1,   // a write says ENOSPC
    RECORDING_SHORT_WRITE = 2, // half of the bytes are written, then ENOSPC
    RECORDING_WRITE_ERROR = 3, // a write says EIO
    RECORDING_SYNC_ERROR = 4,  // a sync says EIO
};

/// Registers a VFS under this name. NULL when there is no memory.
recording_vfs *recording_vfs_open(const char *name);
/// Unregisters it and forgets the recording. No connection may use it any more.
void recording_vfs_close(recording_vfs *recording);

/// How many operations there are so far.
int64_t recording_vfs_count(recording_vfs *recording);
/// One of them; its bytes live as long as the recording.
recording_operation recording_vfs_operation(recording_vfs *recording, int64_t index);
/// How many files have been opened, and their names without the folder.
int32_t recording_vfs_files(recording_vfs *recording);
const char *recording_vfs_file(recording_vfs *recording, int32_t file);

/// Lets the n-th call (from 1, counted from now) of the fault's kind fail, and all after it when `lasting`.
void recording_vfs_fail(recording_vfs *recording, enum recording_fault fault, int64_t nth, bool lasting);
/// How many calls of the fault's kind there were since then.
int64_t recording_vfs_calls(recording_vfs *recording);
/// Whether the fault has happened.
bool recording_vfs_failed(recording_vfs *recording);
/// How many syncs were asked for after the fault.
int64_t recording_vfs_syncs_after_fault(recording_vfs *recording);

#endif
