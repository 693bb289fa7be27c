#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "conf/conf.h"
#include "db/ledger_record.h"

/* Which records of the ledger. */
struct audit_filter {
    int64_t since_ms, until_ms; /* 0: no bound */
    const char *event;          /* NULL: any */
    int64_t last;               /* only the last so many; 0: all */
};

/* Hands over each record that fits, oldest first, with its line. False: the
 * ledger cannot be read, or each() said so. */
bool audit_each(const char *ledger, const struct audit_filter *filter,
                bool (*each)(void *ctx, int64_t seq,
                             const struct ledger_event *event,
                             const char *line),
                void *ctx, struct err *err);

/* The subcommands of `osteon audit`; exit status. */
int audit_show(const struct conf *conf, const struct audit_filter *filter,
               bool json);
int audit_verify(const struct conf *conf, bool json);
int audit_export(const struct conf *conf, const struct audit_filter *filter,
                 const char *out);

#endif
