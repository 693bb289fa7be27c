/* db/ledger*, outbox and trail: whatever byte, line or file of a ledger
 * changes, the first bad record is named; and whatever comes between outbox
 * and ledger, each event is recorded once. */
#include "test/unit/queue_case.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "conf/json_line.h"
#include "conf/log.h"
#include "db/audit.h"
#include "db/ledger_reader.h"
#include "db/ledger_verify.h"
#include "db/outbox.h"
#include "db/sql.h"
#include "db/trail.h"

#define SECRET "00ff"

static char path[96]; /* of the ledger */
static struct ledger ledger;
static struct ledger_opening opening;
static struct ledger_verdict verdict;

static void open_ledger(int64_t segment_bytes)
{
    snprintf(path, sizeof path, "%s/audit", folder);
    MUST(ledger_open(&ledger, path, segment_bytes, SECRET, &ledger_head_none,
                     &opening, &err));
}

static void append(int n)
{
    for (int i = 0; i < n; i++) {
        struct ledger_event event = {.at_ms = now_ms++,
                                     .times = 1,
                                     .row = i + 1,
                                     .event = "object.received",
                                     .prog = "osteon-scp",
                                     .fields =
                                         (char *)"{\"sop_uid\":\"1.2.3\"}"};

        MUST(ledger_append(&ledger, &event, 1, &err));
    }
    MUST(ledger_anchor_write(path, SECRET, &ledger.head, &err));
}

static void verify(void)
{
    MUST(ledger_verify(path, SECRET, NULL, &verdict, &err));
}

static void intact(int64_t records)
{
    verify();
    if (!verdict.intact)
        fail_msg("%s line %" PRId64 " record %" PRId64 ": %s", verdict.file,
                 verdict.line, verdict.seq, verdict.why);
    assert_int_equal(verdict.records, records);
}

static void names(int64_t seq, const char *file, int64_t line, const char *why)
{
    verify();
    assert_false(verdict.intact);
    assert_string_equal(verdict.why, why);
    assert_string_equal(verdict.file, file);
    assert_int_equal(verdict.seq, seq);
    assert_int_equal(verdict.line, line);
}

struct bytes {
    char *at;
    size_t n;
};

static const char *file_path(const char *name)
{
    static char out[160];

    snprintf(out, sizeof out, "%s/%s", path, name);
    return out;
}

static struct bytes slurp(const char *name)
{
    FILE *in = fopen(file_path(name), "rb");
    struct bytes bytes = {.at = malloc(1 << 20)};

    assert_non_null(in);
    assert_non_null(bytes.at);
    bytes.n = fread(bytes.at, 1, 1 << 20, in);
    fclose(in);
    return bytes;
}

static void spill(const char *name, const char *at, size_t n)
{
    FILE *out = fopen(file_path(name), "wb");

    assert_non_null(out);
    assert_int_equal(fwrite(at, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

/* Start of line `number` (from 1) or the end of all. */
static size_t line_at(struct bytes bytes, int number)
{
    size_t at = 0;

    while (--number > 0 && at < bytes.n)
        at = (size_t)((char *)memchr(bytes.at + at, '\n', bytes.n - at) -
                      bytes.at) +
             1;
    return at;
}

static void test_a_record_is_one_line(void **state)
{
    static const char start[] =
        "{\"seq\":1,\"ts\":1780000000000,\"event\":\"object.received\","
        "\"prog\":\"osteon-scp\",\"row\":1,\"fields\":{\"sop_uid\":\"1.2.3\"},"
        "\"prev\":\"00000000000000000000000000000000000000000000000000000000"
        "00000000\",\"hash\":\"";
    struct bytes bytes;

    (void)state;
    open_ledger(1 << 20);
    append(1);
    bytes = slurp("000001.jsonl");
    assert_memory_equal(bytes.at, start, strlen(start));
    assert_memory_equal(bytes.at + bytes.n - 3, "\"}\n", 3);
    free(bytes.at);
    intact(1);
    assert_int_equal(verdict.anchored, 1);
    assert_int_equal(verdict.first_ms, START_MS);
}

/* Each byte of the file, by one bit and to a line feed and to NUL. */
static void test_each_changed_byte_names_its_record(void **state)
{
    struct bytes bytes;
    int64_t record = 1;

    (void)state;
    open_ledger(1 << 20);
    append(8);
    bytes = slurp("000001.jsonl");
    for (size_t i = 0; i < bytes.n; i++) {
        char old = bytes.at[i];
        const char others[] = {(char)(old ^ 1), '\n', '\0'};

        for (size_t j = 0; j < sizeof others; j++) {
            if (others[j] == old)
                continue;
            bytes.at[i] = others[j];
            spill("000001.jsonl", bytes.at, bytes.n);
            verify();
            if (verdict.intact || verdict.seq != record)
                fail_msg("byte %zu to %d names %" PRId64 " and not %" PRId64
                         ": %s",
                         i, others[j], verdict.seq, record, verdict.why);
        }
        bytes.at[i] = old;
        record += old == '\n';
    }
    assert_int_equal(record, 9);
    spill("000001.jsonl", bytes.at, bytes.n);
    free(bytes.at);
    intact(8);
}

static void test_removed_inserted_swapped(void **state)
{
    struct bytes bytes;
    size_t a, b, c;
    char *other;

    (void)state;
    open_ledger(1 << 20);
    append(6);
    bytes = slurp("000001.jsonl");
    other = malloc(2 * bytes.n);
    assert_non_null(other);
    a = line_at(bytes, 3), b = line_at(bytes, 4), c = line_at(bytes, 5);

    memcpy(other, bytes.at, a);
    memcpy(other + a, bytes.at + b, bytes.n - b);
    spill("000001.jsonl", other, bytes.n - (b - a));
    names(3, "000001.jsonl", 3,
          "record 4 stands in its place: records were removed, inserted or "
          "moved");

    memcpy(other + a, bytes.at + b, c - b); /* 4 before 3 */
    memcpy(other + a + (c - b), bytes.at + a, b - a);
    memcpy(other + c, bytes.at + c, bytes.n - c);
    spill("000001.jsonl", other, bytes.n);
    names(3, "000001.jsonl", 3,
          "record 4 stands in its place: records were removed, inserted or "
          "moved");

    memcpy(other, bytes.at, b); /* 3 twice */
    memcpy(other + b, bytes.at + a, bytes.n - a);
    spill("000001.jsonl", other, bytes.n + (b - a));
    names(4, "000001.jsonl", 4,
          "record 3 stands in its place: records were removed, inserted or "
          "moved");
    free(other);
    free(bytes.at);
}

static void test_a_missing_end_is_missed(void **state)
{
    struct bytes bytes;
    struct ledger_head known;

    (void)state;
    open_ledger(1 << 20);
    append(5);
    known = ledger.head;
    bytes = slurp("000001.jsonl");
    spill("000001.jsonl", bytes.at, line_at(bytes, 5));
    names(5, "000001.jsonl", 5,
          "it is missing at the end: the anchor counts 5 records");
    spill("000001.jsonl", bytes.at, line_at(bytes, 2));
    names(2, "000001.jsonl", 2,
          "it and all up to 5 are missing at the end: the anchor counts 5 "
          "records");
    spill("000001.jsonl", bytes.at, 0);
    names(1, "000001.jsonl", 1,
          "it and all up to 5 are missing at the end: the anchor counts 5 "
          "records");
    /* the anchor taken along, the database still knows */
    assert_int_equal(unlink(file_path("anchor")), 0);
    MUST(ledger_verify(path, SECRET, &known, &verdict, &err));
    assert_string_equal(verdict.why,
                        "it and all up to 5 are missing at the end: the "
                        "database counts 5 records");
    spill("000001.jsonl", bytes.at, bytes.n);
    names(0, "anchor", 0,
          "it is missing: records that were cut off would not be missed");
    free(bytes.at);
}

/* All records made anew, with an anchor of another secret. */
static void test_a_forged_ledger(void **state)
{
    struct ledger_head known;

    (void)state;
    open_ledger(1 << 20);
    append(3);
    known = ledger.head;
    ledger_close(&ledger);
    unlink(file_path("000001.jsonl"));
    unlink(file_path("anchor"));
    open_ledger(1 << 20);
    append(3);
    MUST(ledger_verify(path, SECRET, &known, &verdict, &err));
    assert_int_equal(verdict.seq, 3);
    assert_string_equal(verdict.why,
                        "it is not the record that the database names: it, or "
                        "all before it, was written anew");
    MUST(ledger_anchor_write(path, "other", &ledger.head, &err));
    names(0, "anchor", 0,
          "the anchor was changed, or is not this node's: its code does not "
          "fit the node's secret");
}

static void test_segments(void **state)
{
    struct bytes bytes;
    char plain[200], away[200];

    (void)state;
    open_ledger(1000); /* four records of about 300 bytes each */
    append(9);
    intact(11); /* two of them segment.closed */
    assert_int_equal(verdict.segments, 3);
    assert_int_equal(access(file_path("000001.jsonl"), F_OK), -1);
    assert_int_equal(access(file_path("000003.jsonl"), F_OK), 0);
    bytes = slurp("000003.jsonl");
    assert_non_null(strstr(bytes.at, "\"event\":\"segment.closed\""));
    assert_non_null(strstr(bytes.at, "{\"file\":\"000002.jsonl.gz\","
                                     "\"records\":4,\"first\":5,\"last\":8,"
                                     "\"sha256\":\""));
    free(bytes.at);

    /* each byte of a closed segment */
    bytes = slurp("000002.jsonl.gz");
    for (size_t i = 0; i < bytes.n; i++) {
        bytes.at[i] = (char)(bytes.at[i] ^ 4);
        spill("000002.jsonl.gz", bytes.at, bytes.n);
        verify();
        assert_false(verdict.intact);
        assert_in_range(verdict.seq, 5, 9);
        bytes.at[i] = (char)(bytes.at[i] ^ 4);
    }
    bytes.at[4] = 1; /* the time in gzip's header: no record shows it */
    spill("000002.jsonl.gz", bytes.at, bytes.n);
    names(5, "000002.jsonl.gz", 0,
          "the file was changed: its SHA-256 is not the one that record 9 "
          "names");
    bytes.at[4] = 0;
    spill("000002.jsonl.gz", bytes.at, bytes.n / 2);
    verify();
    assert_false(verdict.intact);
    assert_in_range(verdict.seq, 5, 9);
    spill("000002.jsonl.gz", bytes.at, bytes.n);
    free(bytes.at);
    intact(11);

    snprintf(plain, sizeof plain, "%s", file_path("000002.jsonl.gz"));
    snprintf(away, sizeof away, "%s", file_path("away"));
    assert_int_equal(rename(plain, away), 0);
    names(5, "000002.jsonl", 0, "segment 000002.jsonl is missing");
    assert_int_equal(rename(away, plain), 0);
    snprintf(plain, sizeof plain, "%s", file_path("000003.jsonl"));
    assert_int_equal(rename(plain, away), 0);
    names(9, "000002.jsonl.gz", 5,
          "it and all up to 11 are missing at the end: the anchor counts 11 "
          "records");
}

static void reopen(int64_t segment_bytes)
{
    ledger_close(&ledger);
    open_ledger(segment_bytes);
}

/* Killed anywhere in closing a segment. */
static void test_a_crash_while_a_segment_is_closed(void **state)
{
    struct bytes plain;

    (void)state;
    open_ledger(1000);
    append(4);
    plain = slurp("000001.jsonl");
    MUST(ledger_segment_close(path, 1, ledger.bytes, &err));
    reopen(1000); /* the next one was not begun */
    append(1);
    intact(6);
    ledger_close(&ledger);
    unlink(file_path("000002.jsonl"));
    spill("000001.jsonl", plain.at, plain.n); /* not yet removed */
    unlink(file_path("anchor"));
    open_ledger(1000);
    assert_int_equal(ledger.head.seq, 4);
    append(1);
    intact(6);
    free(plain.at);
}

static void test_an_unfinished_line_is_removed(void **state)
{
    struct bytes bytes;

    (void)state;
    open_ledger(1 << 20);
    append(3);
    bytes = slurp("000001.jsonl");
    memcpy(bytes.at + bytes.n, bytes.at, 50);
    spill("000001.jsonl", bytes.at, bytes.n + 50);
    verify();
    assert_true(verdict.intact);
    assert_true(verdict.unfinished);
    reopen(1 << 20);
    assert_int_equal(opening.torn_bytes, 50);
    assert_string_equal(opening.damage, "");
    append(1);
    intact(4);
    free(bytes.at);
}

/* What an attacker cut off stays missing, also when the keeper goes on. */
static void test_a_gap_stays_visible(void **state)
{
    struct bytes bytes;

    (void)state;
    open_ledger(1 << 20);
    append(5);
    bytes = slurp("000001.jsonl");
    spill("000001.jsonl", bytes.at, line_at(bytes, 4));
    reopen(1 << 20);
    assert_string_equal(opening.damage, "it ends with record 3, but had 5");
    append(2);
    names(4, "000001.jsonl", 4,
          "record 6 stands in its place: records were removed, inserted or "
          "moved");
    /* the same for the last line feed */
    spill("000001.jsonl", bytes.at, bytes.n - 1);
    ledger.head.seq = 5;
    reopen(1 << 20);
    append(1);
    verify();
    assert_false(verdict.intact);
    free(bytes.at);
}

static void test_records_of_a_crash_are_kept(void **state)
{
    struct ledger_event event = {.at_ms = now_ms,
                                 .times = 1,
                                 .event = "node.started",
                                 .prog = "osteon-keeper",
                                 .fields = (char *)"{}"};

    (void)state;
    open_ledger(1 << 20);
    append(2);
    MUST(ledger_append(&ledger, &event, 1, &err)); /* and no anchor */
    reopen(1 << 20);
    assert_int_equal(opening.recovered, 1);
    assert_int_equal(ledger.head.seq, 3);
    append(1);
    intact(4);
}

static void test_odd_events(void **state)
{
    struct ledger_event event = {.at_ms = now_ms - 5000,
                                 .times = 3,
                                 .event = "a\"b\n",
                                 .prog = "p",
                                 .fields = (char *)"no JSON"};
    struct bytes bytes;

    (void)state;
    open_ledger(1 << 20);
    append(1);
    MUST(ledger_append(&ledger, &event, 1, &err));
    event.fields = malloc(LEDGER_LINE + 1);
    assert_non_null(event.fields);
    memset(event.fields, 'x', LEDGER_LINE);
    memcpy(event.fields, "{\"a\":\"", 6);
    memcpy(event.fields + LEDGER_LINE - 2, "\"}", 3);
    MUST(ledger_append(&ledger, &event, 1, &err));
    free(event.fields);
    MUST(ledger_anchor_write(path, SECRET, &ledger.head, &err));
    bytes = slurp("000001.jsonl");
    bytes.at[bytes.n] = '\0';
    assert_non_null(strstr(bytes.at, "\"event\":\"a_b_\",\"prog\":\"p\","
                                     "\"times\":3,\"clock\":\"back\","
                                     "\"fields\":{\"unreadable\":7},"));
    assert_non_null(strstr(bytes.at, "{\"unreadable\":65536}"));
    free(bytes.at);
    intact(3);
}

/* ---- outbox ---------------------------------------------------------- */

static void event(const char *name)
{
    MUST(audit_count(db, AUDIT_CALLER_REFUSED, json_pack("{s:s}", "ae", name),
                     &err));
}

static void settle_and_move(size_t wanted)
{
    size_t moved;

    MUST(outbox_settle(db, &ledger, &err));
    MUST(outbox_move(db, &ledger, &moved, &err));
    assert_int_equal(moved, wanted);
}

static void test_each_event_once(void **state)
{
    size_t moved;

    (void)state;
    open_ledger(1 << 20);
    event("A");
    event("B");
    event("B");
    settle_and_move(2);
    assert_int_equal(case_number("SELECT count(*) FROM audit"), 0);
    intact(2);
    MUST(outbox_move(db, &ledger, &moved, &err));
    assert_int_equal(moved, 0);

    /* written and synced, but the outbox could not be emptied; meanwhile one
     * more of the same came */
    event("C");
    now_ms += 10;
    assert_int_equal(sqlite3_exec(db->handle,
                                  "CREATE TRIGGER t BEFORE DELETE ON audit "
                                  "BEGIN SELECT raise(ABORT, 'no'); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_false(outbox_move(db, &ledger, &moved, &err));
    event("C");
    assert_int_equal(
        sqlite3_exec(db->handle, "DROP TRIGGER t", NULL, NULL, NULL),
        SQLITE_OK);
    reopen(1 << 20);
    settle_and_move(1);
    intact(4); /* C once, and once more */
    MUST(outbox_move(db, &ledger, &moved, &err));
    assert_int_equal(moved, 0);
}

/* A database that was lost numbers its rows anew. */
static void test_a_new_database_goes_on(void **state)
{
    char command[200];

    (void)state;
    open_ledger(1 << 20);
    event("A");
    event("B");
    settle_and_move(2);
    case_close();
    snprintf(command, sizeof command, "rm -f %s*", database);
    assert_int_equal(system(command), 0);
    db = case_open();
    event("A");
    reopen(1 << 20);
    assert_int_equal(ledger.head.seq, 2);
    settle_and_move(1);
    intact(3);
}

static void test_a_full_disk_loses_nothing(void **state)
{
    struct rlimit old, small;
    size_t moved;

    (void)state;
    open_ledger(1 << 20);
    append(3);
    MUST(outbox_settle(db, &ledger, &err));
    event("A");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = (rlim_t)ledger.bytes + 100;
    setrlimit(RLIMIT_FSIZE, &small);
    memset(&err, 0, sizeof err);
    assert_false(outbox_move(db, &ledger, &moved, &err));
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(err.code, ERR_RETRY);
    assert_non_null(strstr(err.msg, "cannot write: File too large"));
    intact(3);
    settle_and_move(1);
    intact(4);
}

/* ---- trail ----------------------------------------------------------- */

static void test_start_stop_and_files_that_changed(void **state)
{
    static struct conf conf;
    struct trail trail;
    struct bytes bytes;

    (void)state;
    memset(&conf, 0, sizeof conf);
    snprintf(path, sizeof path, "%s/audit", folder);
    snprintf(conf.audit.ledger, sizeof conf.audit.ledger, "%s", path);
    conf.audit.segment_bytes = 1 << 20;
    snprintf(conf.path, sizeof conf.path, "%s/osteon.yaml", folder);
    snprintf(path, sizeof path, "%s", folder);
    spill("osteon.yaml", "a", 1);
    MUST(trail_start(&trail, &conf, db, true, &err));
    trail_stop(&trail, true);
    spill("osteon.yaml", "b", 1);
    MUST(trail_start(&trail, &conf, db, true, &err));
    trail_stop(&trail, true);
    MUST(trail_start(&trail, &conf, db, true, &err));
    trail_stop(&trail, false);
    snprintf(path, sizeof path, "%s/audit", folder);
    bytes = slurp("000001.jsonl");
    bytes.at[bytes.n] = '\0';
    assert_int_equal(line_at(bytes, 8), bytes.n); /* 7 records */
    assert_non_null(strstr(bytes.at, "\"event\":\"node.started\""));
    assert_non_null(strstr(bytes.at, "\"event\":\"node.stopped\""));
    assert_non_null(strstr(bytes.at, ",\"old\":null,\"new\":\"ca978112ca1bbd"));
    assert_non_null(strstr(bytes.at, ",\"old\":\"ca978112ca1bbdcafac231b39a23d"
                                     "c4da786eff8147c4e72b9807785afee48bb\","
                                     "\"new\":\"3e23e8160039594a"));
    free(bytes.at);
    MUST(ledger_verify(path, NULL, NULL, &verdict, &err));
    assert_true(verdict.intact);
    assert_int_equal(verdict.records, 7);
}

static int teardown(void **state)
{
    ledger_close(&ledger);
    return case_teardown(state);
}

static int setup(void **state)
{
    log_start("test");
    ledger.fd = -1;
    return case_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_record_is_one_line),
        TEST(test_each_changed_byte_names_its_record),
        TEST(test_removed_inserted_swapped),
        TEST(test_a_missing_end_is_missed),
        TEST(test_a_forged_ledger),
        TEST(test_segments),
        TEST(test_a_crash_while_a_segment_is_closed),
        TEST(test_an_unfinished_line_is_removed),
        TEST(test_a_gap_stays_visible),
        TEST(test_records_of_a_crash_are_kept),
        TEST(test_odd_events),
        TEST(test_each_event_once),
        TEST(test_a_new_database_goes_on),
        TEST(test_a_full_disk_loses_nothing),
        TEST(test_start_stop_and_files_that_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
