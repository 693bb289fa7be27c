/* From the ledger to the collector. The cursor is stored only after the
 * messages have arrived as far as can be known; so each one arrives, and after
 * a failure some arrive twice: their record number tells. */
#include "db/syslog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/audit_message.h"
#include "db/audit_xml.h"
#include "db/ledger_reader.h"
#include "db/meta.h"
#include "db/syslog_link.h"

#define ROUND_MS      3000 /* for connecting, sending and settling */
#define MESSAGES      500  /* a round, at most */
#define FIRST_REST_MS 1000
#define MOST_REST_MS  60000

struct syslog {
    const struct conf *conf;
    struct db *db;
    char key[CONF_PATH + 32]; /* of the cursor, in the database */
    int64_t cursor;           /* last record that arrived; -1: not read yet */
    struct ledger_reader *reader; /* NULL: not open */
    struct syslog_link *link;     /* NULL: not open */
    enum { UNKNOWN, UP, DOWN } state;
    int64_t rest_ms, due_ms; /* monotonic: no attempt before due_ms */
};

struct syslog *syslog_open(const struct conf *conf, struct db *db)
{
    struct syslog *syslog = mem_calloc(1, sizeof *syslog);

    syslog->conf = conf;
    syslog->db = db;
    syslog->cursor = -1;
    snprintf(syslog->key, sizeof syslog->key, "syslog.%s:%" PRId64,
             conf->audit.syslog.host, conf->audit.syslog.port);
    return syslog;
}

void syslog_close(struct syslog *syslog)
{
    if (!syslog)
        return;
    syslog_link_close(syslog->link);
    ledger_reader_close(syslog->reader);
    free(syslog);
}

static bool read_cursor(struct syslog *syslog, struct err *err)
{
    char value[32];
    bool found;

    if (syslog->cursor >= 0)
        return true;
    if (!meta_get(syslog->db, syslog->key, value, sizeof value, &found, err))
        return false;
    syslog->cursor = strtoll(value, NULL, 10);
    return true;
}

static bool store_cursor(struct syslog *syslog, int64_t seq, struct err *err)
{
    char value[32];

    snprintf(value, sizeof value, "%" PRId64, seq);
    if (!meta_set(syslog->db, syslog->key, value, err))
        return false;
    syslog->cursor = seq;
    return true;
}

/* RFC 5424, 6; PS3.15 A.6: facility 10 (security), severity 5 (notice), and
 * the message id of audit messages. UTF-8 is announced by its mark. */
static char *frame(const struct ledger_event *event, const char *xml, size_t *n)
{
    char host[256] = "", time[AUDIT_XML_TIME];
    size_t room = strlen(xml) + 512;
    char *out = mem_calloc(room, 1);

    gethostname(host, sizeof host - 1);
    audit_xml_time(event->at_ms, time);
    *n = (size_t)snprintf(out, room,
                          "<85>1 %s %s osteon - DICOM+RFC3881 - \xEF\xBB\xBF%s",
                          time, host[0] ? host : "-", xml);
    if (out[*n - 1] == '\n')
        (*n)--;
    return out;
}

static bool send_record(struct syslog *syslog, int64_t seq,
                        const struct ledger_event *event, int64_t deadline_ms,
                        struct err *err)
{
    char *xml = audit_message(syslog->conf, seq, event), *bytes;
    bool oversized, good;
    size_t n;

    bytes = frame(event, xml, &n);
    good =
        syslog_link_send(syslog->link, bytes, n, deadline_ms, &oversized, err);
    if (good && oversized)
        log_warn("syslog.oversized", KV_INT("record", seq), KV_INT("bytes", n));
    free(bytes);
    free(xml);
    return good;
}

/* *last: the last record that was sent. */
static bool send_some(struct syslog *syslog, int64_t upto, int64_t deadline_ms,
                      int64_t *last, struct err *err)
{
    struct ledger_event event;
    int64_t seq;
    bool good = true;

    for (int n = 0; good && n < MESSAGES && *last < upto;) {
        enum ledger_read read = ledger_reader_next(syslog->reader, err);

        if (read == LEDGER_FAIL)
            return false;
        if (read != LEDGER_RECORD)
            break;
        seq = ledger_record_seq(syslog->reader->text, syslog->reader->n);
        if (seq <= *last ||
            !ledger_record_read(syslog->reader->text, syslog->reader->n, &seq,
                                &event))
            continue;
        good = send_record(syslog, seq, &event, deadline_ms, err);
        free(event.fields);
        *last = seq;
        n++;
    }
    return good;
}

static bool attempt(struct syslog *syslog, int64_t upto, struct err *err)
{
    int64_t deadline_ms = clock_mono_ms() + ROUND_MS, last;

    if (!read_cursor(syslog, err))
        return false;
    last = syslog->cursor;
    if (last >= upto)
        return true;
    /* A collector that was restarted meanwhile is no failure. */
    if (syslog->link &&
        !syslog_link_settle(syslog->link, deadline_ms, &(struct err){0})) {
        syslog_link_close(syslog->link);
        syslog->link = NULL;
    }
    if (!syslog->link &&
        !(syslog->link = syslog_link_open(syslog->conf, deadline_ms, err)))
        return false;
    if (!syslog->reader && !(syslog->reader = ledger_reader_open(
                                 syslog->conf->audit.ledger, last + 1, err)))
        return false;
    return send_some(syslog, upto, deadline_ms, &last, err) &&
           syslog_link_settle(syslog->link, deadline_ms, err) &&
           (last == syslog->cursor || store_cursor(syslog, last, err));
}

static void give_up(struct syslog *syslog, const struct err *why)
{
    syslog_link_close(syslog->link);
    syslog->link = NULL;
    ledger_reader_close(syslog->reader);
    syslog->reader = NULL;
    if (syslog->state != DOWN)
        log_warn("syslog.down", KV_STR("host", syslog->conf->audit.syslog.host),
                 KV_INT("port", syslog->conf->audit.syslog.port),
                 KV_STR("reason", why->msg));
    syslog->state = DOWN;
    syslog->rest_ms = syslog->rest_ms ? syslog->rest_ms * 2 : FIRST_REST_MS;
    if (syslog->rest_ms > MOST_REST_MS)
        syslog->rest_ms = MOST_REST_MS;
    syslog->due_ms = clock_mono_ms() + syslog->rest_ms;
}

void syslog_round(struct syslog *syslog, int64_t upto)
{
    struct err err = {0};

    if (syslog->cursor >= upto || clock_mono_ms() < syslog->due_ms)
        return;
    if (!attempt(syslog, upto, &err)) {
        give_up(syslog, &err);
        return;
    }
    if (syslog->state != UP)
        log_info("syslog.up", KV_STR("host", syslog->conf->audit.syslog.host),
                 KV_INT("port", syslog->conf->audit.syslog.port));
    syslog->state = UP;
    syslog->rest_ms = 0;
}
