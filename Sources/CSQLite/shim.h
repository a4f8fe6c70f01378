#ifndef BASSI_CSQLITE_SHIM_H
#define BASSI_CSQLITE_SHIM_H

#include <sqlite3.h>

// sqlite3_db_config is variadic, which Swift cannot call. Without this, closing the last connection checkpoints
// outside of the lock that keeps checkpoints and writers apart.
static inline int bassi_sqlite_no_checkpoint_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

#endif
