#include "recording_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 16 };

struct recording_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
    pthread_mutex_t lock;
    recording_operation *operations;
    int64_t count, capacity;
    char *files[FILES_MAX];
    int32_t file_count;
    enum recording_fault fault;
    bool lasting, failed;
    int64_t nth, calls, syncs_after_fault;
};

// SQLite gives us szOsFile bytes: ours first, then those of the file below.
typedef struct {
    sqlite3_file base;
    recording_vfs *recording;
    int32_t file; // -1: a temporary file, not recorded
    sqlite3_file *below;
} recorded_file;

static const char *without_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// With the lock held. A file keeps its number when it is deleted and made again.
static int32_t number_of_file(recording_vfs *recording, const char *path) {
    const char *name = without_folder(path);
    for (int32_t i = 0; i < recording->file_count; i++)
        if (strcmp(recording->files[i], name) == 0) return i;
    if (recording->file_count == FILES_MAX) abort();
    recording->files[recording->file_count] = strdup(name);
    return recording->file_count++;
}

// With the lock held. Without memory there is no proof: it stops the program.
static void record(recording_vfs *recording, recording_operation operation) {
    if (recording->count == recording->capacity) {
        recording->capacity = recording->capacity ? recording->capacity * 2 : 1024;
        recording->operations =
            realloc(recording->operations, (size_t)recording->capacity * sizeof *recording->operations);
        if (!recording->operations) abort();
    }
    if (operation.bytes) {
        uint8_t *copy = malloc((size_t)operation.length);
        if (!copy) abort();
        memcpy(copy, operation.bytes, (size_t)operation.length);
        operation.bytes = copy;
    }
    recording->operations[recording->count++] = operation;
}

// With the lock held. Whether this call, one of those that the fault is about, is to fail.
static bool fails_now(recording_vfs *recording) {
    recording->calls++;
    bool fails = recording->nth > 0
        && (recording->calls == recording->nth || (recording->lasting && recording->calls > recording->nth));
    recording->failed = recording->failed || fails;
    return fails;
}

static bool is_write_fault(enum recording_fault fault) {
    return fault == RECORDING_DISK_FULL || fault == RECORDING_SHORT_WRITE || fault == RECORDING_WRITE_ERROR;
}

// The writing calls. The lock is held around the call below too, so that the order recorded is the order written.

static int file_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset) {
    recorded_file *own = (recorded_file *)file;
    recording_vfs *recording = own->recording;
    if (own->file < 0) return own->below->pMethods->xWrite(own->below, bytes, length, offset);
    pthread_mutex_lock(&recording->lock);
    int code = SQLITE_OK;
    if (is_write_fault(recording->fault) && fails_now(recording)) {
        code = recording->fault == RECORDING_WRITE_ERROR ? SQLITE_IOERR_WRITE : SQLITE_FULL;
        length = recording->fault == RECORDING_SHORT_WRITE ? length / 2 : 0;
    }
    if (length > 0) {
        int below = own->below->pMethods->xWrite(own->below, bytes, length, offset);
        if (below != SQLITE_OK) code = below;
        record(recording, (recording_operation){RECORDING_WRITE, own->file, offset, length, bytes});
    }
    pthread_mutex_unlock(&recording->lock);
    return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    recorded_file *own = (recorded_file *)file;
    if (own->file < 0) return own->below->pMethods->xTruncate(own->below, size);
    pthread_mutex_lock(&own->recording->lock);
    int code = own->below->pMethods->xTruncate(own->below, size);
    record(own->recording, (recording_operation){RECORDING_TRUNCATE, own->file, 0, size, NULL});
    pthread_mutex_unlock(&own->recording->lock);
    return code;
}

// Nothing is really synced: the image decides what a power cut leaves, and the machine stays on.
static int file_sync(sqlite3_file *file, int flags) {
    recorded_file *own = (recorded_file *)file;
    recording_vfs *recording = own->recording;
    (void)flags;
    if (own->file < 0) return SQLITE_OK;
    pthread_mutex_lock(&recording->lock);
    if (recording->failed) recording->syncs_after_fault++;
    bool fails = recording->fault == RECORDING_SYNC_ERROR && fails_now(recording);
    int kind = fails ? RECORDING_LOST : RECORDING_SYNC;
    record(recording, (recording_operation){kind, own->file, 0, recording->count, NULL});
    pthread_mutex_unlock(&recording->lock);
    return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

// The others pass through.

static int file_close(sqlite3_file *file) {
    sqlite3_file *below = ((recorded_file *)file)->below;
    return below->pMethods ? below->pMethods->xClose(below) : SQLITE_OK;
}

#define PASS(name, parameters, arguments)                                      \
    static int name parameters {                                               \
        sqlite3_file *below = ((recorded_file *)file)->below;                  \
        return below->pMethods->arguments;                                     \
    }

PASS(file_read, (sqlite3_file *file, void *to, int length, sqlite3_int64 at), xRead(below, to, length, at))
PASS(file_size, (sqlite3_file *file, sqlite3_int64 *size), xFileSize(below, size))
PASS(file_lock, (sqlite3_file *file, int level), xLock(below, level))
PASS(file_unlock, (sqlite3_file *file, int level), xUnlock(below, level))
PASS(file_check_lock, (sqlite3_file *file, int *held), xCheckReservedLock(below, held))
PASS(file_control, (sqlite3_file *file, int code, void *argument), xFileControl(below, code, argument))
PASS(file_sector, (sqlite3_file *file), xSectorSize(below))
PASS(file_device, (sqlite3_file *file), xDeviceCharacteristics(below))
PASS(file_shm_map, (sqlite3_file *file, int page, int size, int extend, void volatile **to),
    xShmMap(below, page, size, extend, to))
PASS(file_shm_lock, (sqlite3_file *file, int offset, int count, int flags), xShmLock(below, offset, count, flags))
PASS(file_shm_unmap, (sqlite3_file *file, int deletes), xShmUnmap(below, deletes))

static void file_shm_barrier(sqlite3_file *file) {
    sqlite3_file *below = ((recorded_file *)file)->below;
    below->pMethods->xShmBarrier(below);
}

// Version 2: without memory mapping of the file, whose writes nobody would see.
static const sqlite3_io_methods methods = {
    2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
    file_check_lock, file_control, file_sector, file_device, file_shm_map, file_shm_lock, file_shm_barrier,
    file_shm_unmap, NULL, NULL,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
    recording_vfs *recording = vfs->pAppData;
    recorded_file *own = (recorded_file *)file;
    own->base.pMethods = NULL;
    own->recording = recording;
    own->below = (sqlite3_file *)(own + 1);
    own->file = -1;
    int code = recording->base->xOpen(recording->base, path, own->below, flags, out);
    if (code != SQLITE_OK) return code;
    own->base.pMethods = &methods;
    if (path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL))) {
        pthread_mutex_lock(&recording->lock);
        own->file = number_of_file(recording, path);
        pthread_mutex_unlock(&recording->lock);
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder) {
    recording_vfs *recording = vfs->pAppData;
    pthread_mutex_lock(&recording->lock);
    int code = recording->base->xDelete(recording->base, path, syncs_folder);
    int32_t file = number_of_file(recording, path);
    if (code == SQLITE_OK)
        record(recording, (recording_operation){RECORDING_DELETE, file, 0, syncs_folder ? 1 : 0, NULL});
    pthread_mutex_unlock(&recording->lock);
    return code;
}

recording_vfs *recording_vfs_open(const char *name) {
    sqlite3_initialize();
    recording_vfs *recording = calloc(1, sizeof *recording);
    if (!recording) return NULL;
    pthread_mutex_init(&recording->lock, NULL);
    recording->base = sqlite3_vfs_find(NULL);
    recording->vfs = *recording->base;
    recording->vfs.zName = strdup(name);
    recording->vfs.pNext = NULL;
    recording->vfs.pAppData = recording;
    recording->vfs.szOsFile = (int)sizeof(recorded_file) + recording->base->szOsFile;
    recording->vfs.xOpen = vfs_open;
    recording->vfs.xDelete = vfs_delete;
    sqlite3_vfs_register(&recording->vfs, 0);
    return recording;
}

void recording_vfs_close(recording_vfs *recording) {
    sqlite3_vfs_unregister(&recording->vfs);
    for (int64_t i = 0; i < recording->count; i++) free((void *)recording->operations[i].bytes);
    for (int32_t i = 0; i < recording->file_count; i++) free(recording->files[i]);
    free(recording->operations);
    free((void *)recording->vfs.zName);
    pthread_mutex_destroy(&recording->lock);
    free(recording);
}

#define LOCKED(type, function, value)                                          \
    type function(recording_vfs *recording) {                                  \
        pthread_mutex_lock(&recording->lock);                                  \
        type result = value;                                                   \
        pthread_mutex_unlock(&recording->lock);                                \
        return result;                                                         \
    }

LOCKED(int64_t, recording_vfs_count, recording->count)
LOCKED(int32_t, recording_vfs_files, recording->file_count)
LOCKED(int64_t, recording_vfs_calls, recording->calls)
LOCKED(bool, recording_vfs_failed, recording->failed)
LOCKED(int64_t, recording_vfs_syncs_after_fault, recording->syncs_after_fault)

recording_operation recording_vfs_operation(recording_vfs *recording, int64_t index) {
    pthread_mutex_lock(&recording->lock);
    recording_operation operation = recording->operations[index];
    pthread_mutex_unlock(&recording->lock);
    return operation;
}

const char *recording_vfs_file(recording_vfs *recording, int32_t file) { return recording->files[file]; }

void recording_vfs_fail(recording_vfs *recording, enum recording_fault fault, int64_t nth, bool lasting) {
    pthread_mutex_lock(&recording->lock);
    recording->fault = fault;
    recording->nth = nth;
    recording->lasting = lasting;
    recording->calls = recording->syncs_after_fault = 0;
    recording->failed = false;
    pthread_mutex_unlock(&recording->lock);
}
