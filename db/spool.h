#ifndef DB_SPOOL_H
#define DB_SPOOL_H

#include <stddef.h>

#include "conf/err.h"
#include "db/object.h"

/* Durable files (P1). A file lives in tmp/ until it is complete and synced;
 * then it is renamed to obj/xx/<128 random bits>.dcm and the directory is
 * synced. Until a row names it, it is garbage and the keeper may remove it.
 * Every write, fsync, close and rename is checked; a failed fsync is never
 * retried: the file is thrown away (ERR_RETRY). */
struct spool_file; /* one being written */

/* Makes the folders; removes nothing. dir is kept by reference: the process
 * has one spool, and every function below that takes an object looks there. */
bool spool_prepare(const char *dir, struct err *err);

/* This process's spool; "." before spool_prepare(). */
const char *spool_here(void);

/* Where an object's file is, for readers that open it by name. */
#define SPOOL_PATH 512
void spool_path(const struct object *object, char out[static SPOOL_PATH]);

/* Starts a file: writes preamble and meta header from object's sop_class,
 * sop_uid, transfer_syntax, calling_ae, called_ae. ERR_RETRY when the spool is
 * degraded (spool_health.h), and when less than free_bytes remain, for a
 * result less than a quarter of them: the reserve is there so that what was
 * taken on can be finished. */
struct spool_file *spool_create(const char *dir, int64_t free_bytes,
                                const struct object *object, struct err *err);
bool spool_write(struct spool_file *file, const void *bytes, size_t n,
                 struct err *err);
/* What a result belongs to, before it is committed: for a rebuild. */
void spool_result(struct spool_file *file, const struct result_of *result);
int spool_fd(const struct spool_file *file); /* to read back (scan) */
int64_t spool_data_offset(const struct spool_file *file);
/* All bytes are written: fills object's data_offset, data_bytes, sha256, writes
 * them with its kind, study, series and times into the file's header, and sets
 * its path, still in tmp/, for whoever reads it before it is committed. */
bool spool_complete(struct spool_file *file, struct object *object,
                    struct err *err);
/* fsync of a completed file. */
bool spool_sync(struct spool_file *file, struct err *err);
/* Completes and syncs the file unless that was done; then close, rename, fsync
 * of the directory, and object's final path. Frees file, also on failure. */
bool spool_commit(struct spool_file *file, struct object *object,
                  struct err *err);
void spool_discard(struct spool_file *file); /* NULL is fine */

/* Removes a committed file that no row names (a duplicate's second copy). */
void spool_remove(const struct object *object);

/* Opens a committed object read-only after its SHA-256 was checked; *fd stands
 * at its data set. ERR_REJECT: the bytes are not those that were stored. */
bool spool_verify(const struct object *object, int *fd, struct err *err);

#endif
