#ifndef SR_WRITER_CODES_ROWS_H
#define SR_WRITER_CODES_ROWS_H

#include "sr_writer/codes.h"

/* The rows behind codes.h, by what they name. Only codes.c reads them. */
struct codes_table {
    const struct codes_row *rows;
    size_t n;
};

extern const struct codes_table codes_concepts; /* codes_concepts.c */
extern const struct codes_table codes_grades;   /* codes_findings.c */
extern const struct codes_table codes_findings;
extern const struct codes_table codes_traits;
extern const struct codes_table codes_sites;   /* codes_sites.c */
extern const struct codes_table codes_changes; /* codes_changes.c */
extern const struct codes_table codes_comparisons;

#define CODES_TABLE(rows)                                                      \
    {                                                                          \
        rows, sizeof(rows) / sizeof(rows)[0]                                   \
    }
#define SCT(value, meaning)                                                    \
    {                                                                          \
        value, "SCT", meaning                                                  \
    }
#define DCM(value, meaning)                                                    \
    {                                                                          \
        value, "DCM", meaning                                                  \
    }
#define RADELEMENT(value, meaning)                                             \
    {                                                                          \
        value, "RADELEMENT", meaning                                           \
    }
#define OSTEON(value, meaning)                                                 \
    {                                                                          \
        value, CODES_SCHEME, meaning                                           \
    }

#endif
