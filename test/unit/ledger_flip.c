/* Not a unit test but what test/torture/90-audit is made with: it writes a
 * ledger, and asks ledger_verify() about it once for each byte of its open
 * segment, with that byte changed.
 *
 *   ledger_flip make FOLDER RECORDS SEGMENT_BYTES
 *   ledger_flip flip FOLDER PART PARTS     every byte of the PART-th part
 *
 * flip prints "BYTES WRONG": how many were tried, and how many of them did not
 * name their record. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "db/ledger_verify.h"
#include "db/uid.h"

#define SECRET "c0ffee"

static int fail(const char *why)
{
    fprintf(stderr, "ledger_flip: %s\n", why);
    return 1;
}

/* What a received image leaves, with UIDs and digests of its own. */
static bool append(struct ledger *ledger, int64_t i, struct err *err)
{
    char number[32], uid[65], sha256[65], fields[512];
    struct ledger_event event = {.at_ms = clock_wall_ms(),
                                 .times = 1,
                                 .row = i + 1,
                                 .event = "object.received",
                                 .prog = "osteon-scp",
                                 .fields = fields};

    snprintf(number, sizeof number, "%" PRId64, i);
    uid_derive(uid, number);
    sha256_hex(sha256, number, strlen(number));
    snprintf(fields, sizeof fields,
             "{\"object\":%s,\"study_uid\":\"%s\",\"sop_class\":"
             "\"1.2.840.10008.5.1.4.1.1.1.1\",\"sop_uid\":\"%s\","
             "\"sha256\":\"%s\",\"receipt\":\"new\",\"calling_ae\":"
             "\"MODALITY\",\"called_ae\":\"OSTEON\",\"bytes\":524288}",
             number, uid, uid, sha256);
    return ledger_append(ledger, &event, 1, err);
}

static int make(const char *folder, int64_t records, int64_t segment_bytes)
{
    struct ledger ledger;
    struct ledger_opening opening;
    struct err err = {0};

    if (!ledger_open(&ledger, folder, segment_bytes, SECRET, &ledger_head_none,
                     &opening, &err))
        return fail(err.msg);
    for (int64_t i = 0; ledger.head.seq < records; i++)
        if (!append(&ledger, i, &err))
            return fail(err.msg);
    if (!ledger_anchor_write(folder, SECRET, &ledger.head, &err))
        return fail(err.msg);
    ledger_close(&ledger);
    return 0;
}

static int flip(const char *folder, int64_t part, int64_t parts)
{
    char path[LEDGER_PATH], *bytes;
    struct ledger_verdict verdict;
    struct err err = {0};
    int64_t record = 1, tried = 0, wrong = 0;
    struct stat st;
    int fd;

    ledger_segment_path(folder, 1, false, path);
    fd = open(path, O_RDWR);
    if (fd < 0 || fstat(fd, &st) != 0)
        return fail("there is no open segment 1");
    bytes = malloc((size_t)st.st_size);
    if (!bytes || read(fd, bytes, (size_t)st.st_size) != st.st_size)
        return fail("the segment cannot be read");
    for (int64_t i = 0; i < st.st_size; i++) {
        char changed = (char)(bytes[i] ^ (1 << (i % 8)));

        if (i >= st.st_size * part / parts &&
            i < st.st_size * (part + 1) / parts) {
            if (pwrite(fd, &changed, 1, i) != 1 ||
                !ledger_verify(folder, SECRET, NULL, &verdict, &err) ||
                pwrite(fd, &bytes[i], 1, i) != 1)
                return fail(err.msg);
            tried++;
            wrong += verdict.intact || verdict.seq != record;
        }
        record += bytes[i] == '\n';
    }
    printf("%" PRId64 " %" PRId64 "\n", tried, wrong);
    free(bytes);
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    log_start("ledger_flip");
    if (argc == 5 && strcmp(argv[1], "make") == 0)
        return make(argv[2], atoll(argv[3]), atoll(argv[4]));
    if (argc == 5 && strcmp(argv[1], "flip") == 0)
        return flip(argv[2], atoll(argv[3]), atoll(argv[4]));
    return fail("see the source");
}
