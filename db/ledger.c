/* Writing the ledger. The order is always: records synced, anchor replaced,
 * and only then is the outbox emptied (trail.c); so a crash leaves a ledger
 * that is ahead of what is known of it, never one that is behind. A sync that
 * failed is not tried again on the same file: what was durable before goes
 * into a closed segment, and a new one is begun. */
#include "db/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/json_line.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "db/audit.h"
#include "db/ledger_reader.h"

static bool failed(const struct ledger *ledger, const char *what,
                   struct err *err)
{
    return err_set(err, ERR_RETRY, "audit ledger %s: cannot %s: %s",
                   ledger->folder, what, strerror(errno));
}

static bool write_all(int fd, const char *bytes, size_t n, int64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t put =
            pwrite(fd, bytes + done, n - done, (off_t)at + (off_t)done);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

/* The plain segment `number`, made when it is not there. */
static bool open_segment(struct ledger *ledger, struct err *err)
{
    char path[LEDGER_PATH];
    struct stat st;

    ledger_segment_path(ledger->folder, ledger->number, false, path);
    ledger->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (ledger->fd < 0 || fstat(ledger->fd, &st) != 0)
        return failed(ledger, "open the segment", err);
    ledger->bytes = st.st_size;
    return ledger_segment_sync(ledger->folder, err);
}

/* First line of a segment: what its predecessor is. */
static struct ledger_event closing(const struct ledger_closed *closed)
{
    struct ledger_event event = {.at_ms = clock_wall_ms(), .times = 1};

    snprintf(event.event, sizeof event.event, "%s",
             audit_name(AUDIT_SEGMENT_CLOSED));
    snprintf(event.prog, sizeof event.prog, "%s", log_program());
    event.fields = json_line_dump(json_pack(
        "{s:s,s:I,s:I,s:I,s:s}", "file", closed->file, "records",
        (json_int_t)closed->records, "first", (json_int_t)closed->first, "last",
        (json_int_t)closed->last, "sha256", closed->sha256));
    return event;
}

/* All or nothing: the file keeps its length when something fails. */
static bool put(struct ledger *ledger, const char *bytes, size_t n,
                const struct ledger_head *head, struct err *err)
{
    if (!write_all(ledger->fd, bytes, n, ledger->bytes)) {
        failed(ledger, "write", err);
        if (ftruncate(ledger->fd, (off_t)ledger->bytes) != 0)
            ledger->spoilt = true;
        return false;
    }
    if (fsync(ledger->fd) != 0) {
        failed(ledger, "sync", err);
        ledger->spoilt = true;
        return false;
    }
    ledger->bytes += (int64_t)n;
    ledger->head = *head;
    return true;
}

static bool put_events(struct ledger *ledger, const struct ledger_event *events,
                       size_t n, struct err *err)
{
    struct ledger_head head = ledger->head;
    char *bytes = NULL;
    size_t used = 0;
    bool good;

    for (size_t i = 0; i < n; i++) {
        bytes = mem_grow(bytes, used + LEDGER_LINE, 1);
        used += ledger_record_write(&events[i], &head, bytes + used);
    }
    good = put(ledger, bytes, used, &head, err);
    free(bytes);
    return good;
}

static bool plain_exists(const struct ledger *ledger)
{
    char path[LEDGER_PATH];

    ledger_segment_path(ledger->folder, ledger->number, false, path);
    return access(path, F_OK) == 0;
}

/* Ends the open segment and begins the next one. A disk with no room for the
 * compressed file is no reason not to go on with the plain one. */
static bool turn(struct ledger *ledger, struct err *err)
{
    struct err why = {0};
    bool good;

    close(ledger->fd);
    ledger->fd = -1;
    good = ledger_segment_close(ledger->folder, ledger->number, ledger->bytes,
                                &why);
    if (!plain_exists(ledger)) {
        ledger->number++;
        ledger->spoilt = false;
    } else if (!good && ledger->spoilt) {
        *err = why;
        return false;
    }
    return open_segment(ledger, err);
}

/* An empty segment that is not the first begins with what is known of the one
 * before; also when a crash came between the two. */
static bool begin(struct ledger *ledger, struct err *err)
{
    struct ledger_closed closed;
    struct ledger_event event;
    bool good;

    if (ledger->bytes > 0 || ledger->number == 1)
        return true;
    if (!ledger_segment_describe(ledger->folder, ledger->number - 1, &closed,
                                 err))
        return false;
    event = closing(&closed);
    good = put_events(ledger, &event, 1, err);
    free(event.fields);
    return good;
}

bool ledger_append(struct ledger *ledger, const struct ledger_event *events,
                   size_t n, struct err *err)
{
    if (ledger->fd < 0 && !open_segment(ledger, err))
        return false;
    if (ledger->bytes > 0 &&
        (ledger->spoilt || ledger->bytes >= ledger->segment_bytes) &&
        !turn(ledger, err))
        return false;
    return begin(ledger, err) && put_events(ledger, events, n, err);
}

void ledger_close(struct ledger *ledger)
{
    if (ledger->fd >= 0)
        close(ledger->fd);
    ledger->fd = -1;
}

/* The records behind `head` as far as they follow it; where no head is known,
 * all there are. *ends_with: seq of the last whole line. */
static bool follow(struct ledger *ledger, bool known, int64_t *ends_with,
                   struct ledger_opening *found, struct err *err)
{
    struct ledger_reader *reader =
        ledger_reader_open(ledger->folder, ledger->head.seq + 1, err);
    char why[LEDGER_WHY];

    *ends_with = 0;
    if (!reader)
        return false;
    while (ledger_reader_next(reader, &(struct err){0}) == LEDGER_RECORD) {
        *ends_with = ledger_record_seq(reader->text, reader->n);
        if (*ends_with <= ledger->head.seq)
            continue;
        if (ledger_record_check(reader->text, reader->n, &ledger->head, why))
            found->recovered += known;
        else if (found->damage[0] == '\0')
            snprintf(found->damage, sizeof found->damage,
                     "%s, line %" PRId64 ": %.120s", reader->name, reader->line,
                     why);
    }
    ledger_reader_close(reader);
    if (*ends_with < ledger->head.seq)
        snprintf(found->damage, sizeof found->damage,
                 "it ends with record %" PRId64 ", but had %" PRId64,
                 *ends_with, ledger->head.seq);
    if (*ends_with > ledger->head.seq)
        ledger->head.seq = *ends_with;
    return true;
}

/* Bytes behind the last line feed. */
static int64_t torn(const struct ledger *ledger)
{
    int64_t at = ledger->bytes;
    char byte;

    while (at > 0 && pread(ledger->fd, &byte, 1, (off_t)at - 1) == 1 &&
           byte != '\n')
        at--;
    return ledger->bytes - at;
}

/* An unfinished line was never synced and is nobody's record, unless the
 * anchor counts it: then it stays, as a line, to be found. */
static bool repair(struct ledger *ledger, int64_t ends_with,
                   struct ledger_opening *found, struct err *err)
{
    int64_t loose = torn(ledger);
    bool keep = ends_with < ledger->head.seq;

    if (loose == 0)
        return true;
    if (keep ? !write_all(ledger->fd, "\n", 1, ledger->bytes)
             : ftruncate(ledger->fd, (off_t)(ledger->bytes - loose)) != 0)
        return failed(ledger, "end the last line", err);
    if (fsync(ledger->fd) != 0)
        return failed(ledger, "sync", err);
    ledger->bytes += keep ? 1 : -loose;
    found->torn_bytes = keep ? 0 : loose;
    return true;
}

/* Where the ledger ends, as far as somebody remembers. */
static bool remember(struct ledger *ledger, const struct ledger_head *known,
                     struct ledger_opening *found, struct err *err)
{
    struct ledger_head anchor;
    struct err why = {0};
    bool there;

    ledger->head = *known;
    if (!ledger_anchor_read(ledger->folder, ledger->secret, &anchor, &there,
                            &why)) {
        if (why.code != ERR_REJECT) {
            *err = why;
            return false;
        }
        snprintf(found->damage, sizeof found->damage, "%.190s", why.msg);
    } else if (there && anchor.seq > known->seq) {
        ledger->head = anchor;
    }
    return true;
}

bool ledger_open(struct ledger *ledger, const char *folder,
                 int64_t segment_bytes, const char *secret,
                 const struct ledger_head *known, struct ledger_opening *found,
                 struct err *err)
{
    int64_t ends_with;

    *ledger = (struct ledger){.segment_bytes = segment_bytes, .fd = -1};
    *found = (struct ledger_opening){0};
    snprintf(ledger->folder, sizeof ledger->folder, "%s", folder);
    snprintf(ledger->secret, sizeof ledger->secret, "%s", secret);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return failed(ledger, "make the folder", err);
    if (!remember(ledger, known, found, err) ||
        !ledger_segment_last(folder, &ledger->number, err))
        return false;
    if (ledger->number == 0 || !plain_exists(ledger))
        ledger->number++;
    if (follow(ledger, ledger->head.seq > 0, &ends_with, found, err) &&
        open_segment(ledger, err) && repair(ledger, ends_with, found, err))
        return true;
    ledger_close(ledger);
    return false;
}
