/* Records one after the other, without a judgment: for that there is verify.
 * A line that is no record is said and passed over. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "db/ledger.h"
#include "db/ledger_reader.h"

static bool fits(const struct audit_filter *filter,
                 const struct ledger_event *event)
{
    return (filter->since_ms == 0 || event->at_ms >= filter->since_ms) &&
           (filter->until_ms == 0 || event->at_ms < filter->until_ms) &&
           (!filter->event || strcmp(filter->event, event->event) == 0);
}

/* Without a condition the last N records are the last N lines. */
static int64_t start_of(const char *ledger, const struct audit_filter *filter)
{
    struct ledger_head head;
    bool found;

    if (filter->last == 0 || filter->since_ms || filter->until_ms ||
        filter->event ||
        !ledger_anchor_read(ledger, NULL, &head, &found, &(struct err){0}) ||
        !found || head.seq <= filter->last)
        return 0;
    return head.seq - filter->last + 1;
}

bool audit_each(const char *ledger, const struct audit_filter *filter,
                bool (*each)(void *ctx, int64_t seq,
                             const struct ledger_event *event,
                             const char *line),
                void *ctx, struct err *err)
{
    int64_t from = start_of(ledger, filter), seq;
    struct ledger_reader *reader = ledger_reader_open(ledger, from, err);
    struct ledger_event event;
    enum ledger_read read;
    bool good = reader != NULL;

    while (good && (read = ledger_reader_next(reader, err)) != LEDGER_END) {
        if (read == LEDGER_FAIL) {
            good = false;
        } else if (!ledger_record_read(reader->text, reader->n, &seq, &event)) {
            cli_fail(0,
                     "%s, line %" PRId64 ": no record; see osteon audit "
                     "verify",
                     reader->name, reader->line);
        } else {
            if (seq >= from && fits(filter, &event))
                good = each(ctx, seq, &event, reader->text);
            free(event.fields);
        }
    }
    ledger_reader_close(reader);
    return good;
}
