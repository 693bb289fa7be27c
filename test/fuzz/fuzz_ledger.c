/* The audit ledger: whatever was to be recorded, the line that is written
 * follows its predecessor; whatever stands in a file, checking it ends, and a
 * line that is taken becomes a message. */
#include "db/ledger_record.h"
#include "test/fuzz/fuzz.h"

/* Any text as a field, any text as fields. */
static void write_and_check(const uint8_t *bytes, size_t n)
{
    static char line[LEDGER_LINE];
    struct ledger_head before = ledger_head_none, written = before;
    struct ledger_event event = {.at_ms = 1, .times = bytes[0], .row = 2};
    char why[LEDGER_WHY];
    size_t length;

    snprintf(event.event, sizeof event.event, "%.*s", (int)(n < 60 ? n : 60),
             (const char *)bytes);
    snprintf(event.prog, sizeof event.prog, "osteon");
    event.fields = malloc(n + 1);
    if (!event.fields)
        return;
    memcpy(event.fields, bytes, n);
    event.fields[n] = '\0';
    length = ledger_record_write(&event, &written, line);
    free(event.fields);
    if (length == 0 || length > sizeof line || line[length - 1] != '\n' ||
        !ledger_record_check(line, length - 1, &before, why) ||
        before.seq != written.seq)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct ledger_head head = ledger_head_none;
    struct ledger_event event = {0};
    char why[LEDGER_WHY];
    int64_t seq;

    if (n == 0)
        return 0;
    (void)ledger_record_seq((const char *)bytes, n);
    if (ledger_record_check((const char *)bytes, n, &head, why) &&
        head.seq != 1)
        abort();
    if (ledger_record_read((const char *)bytes, n, &seq, &event))
        free(event.fields);
    write_and_check(bytes, n);
    return 0;
}
