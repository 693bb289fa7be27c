#ifndef DB_OBJECT_H
#define DB_OBJECT_H

#include <stdint.h>

/* One DICOM object at rest. The file is Part 10: our own preamble and meta
 * header, then the data set bytes exactly as received or built. */
enum object_kind { OBJECT_RECEIVED = 1, OBJECT_RESULT = 2 };

struct object {
    int64_t id;
    enum object_kind kind;
    char sop_class[65], sop_uid[65], study_uid[65], series_uid[65];
    char transfer_syntax[65];
    char calling_ae[17], called_ae[17];
    char path[192];      /* relative to the spool: spool_path() */
    int64_t data_offset; /* of the data set in the file */
    int64_t data_bytes;
    char sha256[65];     /* of the data set bytes, hex */
    int64_t received_ms; /* wall clock */
    int64_t receive_ms;  /* how long receiving took */
};

/* Which analysis a result belongs to: what a rebuild needs to put it back
 * (part10.h). */
enum result_role { RESULT_PLAIN, RESULT_MAIN, RESULT_ALTERNATE };

struct result_of {
    char route[65], model[65];
    int64_t revision;
    int64_t images;       /* selections that the job covered */
    unsigned part, parts; /* 1-based: of all that the job made */
    enum result_role role;
};

#endif
