/* What a chain cannot say of itself is that its end is missing. The anchor
 * says it; who has the node's secret could forge both, and only a collector
 * elsewhere (audit.syslog) answers that. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/json_line.h"
#include "db/ledger.h"
#include "db/ledger_segment.h"
#include "db/uid.h"

#define ANCHOR_BYTES 512

static void authenticate(const char *secret, const struct ledger_head *head,
                         char out[static 65])
{
    char text[128];

    snprintf(text, sizeof text, "ledger %" PRId64 " %s", head->seq, head->hash);
    hmac_hex(out, secret, text);
}

static bool failed(const char *path, const char *what, struct err *err)
{
    return err_set(err, ERR_RETRY, "audit ledger: cannot %s %s: %s", what, path,
                   strerror(errno));
}

static bool put(int fd, const char *text)
{
    size_t n = strlen(text);

    return write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
}

bool ledger_anchor_write(const char *folder, const char *secret,
                         const struct ledger_head *head, struct err *err)
{
    char path[LEDGER_PATH], temporary[LEDGER_PATH], text[ANCHOR_BYTES], mac[65];
    bool good;
    int fd;

    authenticate(secret, head, mac);
    snprintf(text, sizeof text,
             "{\"count\":%" PRId64 ",\"hash\":\"%s\",\"mac\":\"%s\"}\n",
             head->seq, head->hash, mac);
    snprintf(path, sizeof path, "%s/anchor", folder);
    snprintf(temporary, sizeof temporary, "%s/anchor.tmp", folder);
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
              0600);
    if (fd < 0)
        return failed(temporary, "make", err);
    good = put(fd, text);
    if (!good)
        failed(temporary, "write", err);
    if (close(fd) != 0 && good)
        good = failed(temporary, "write", err);
    if (!good) {
        unlink(temporary);
        return false;
    }
    if (rename(temporary, path) != 0)
        return failed(path, "replace", err);
    return ledger_segment_sync(folder, err);
}

static bool parse(const char *text, struct ledger_head *out, char mac[65])
{
    json_t *value = json_line_read(text);
    const json_t *count = json_object_get(value, "count");
    const char *hash = json_string_value(json_object_get(value, "hash"));
    const char *code = json_string_value(json_object_get(value, "mac"));
    bool good = json_is_integer(count) && json_integer_value(count) >= 0 &&
                hash && strlen(hash) == 64 && code && strlen(code) == 64;

    if (good) {
        out->seq = json_integer_value(count);
        out->at_ms = 0;
        memcpy(out->hash, hash, sizeof out->hash);
        memcpy(mac, code, 65);
    }
    json_decref(value);
    return good;
}

bool ledger_anchor_read(const char *folder, const char *secret,
                        struct ledger_head *out, bool *found, struct err *err)
{
    char path[LEDGER_PATH], text[ANCHOR_BYTES], mac[65], expected[65];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "%s/anchor", folder);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    *found = fd >= 0;
    if (fd < 0)
        return errno == ENOENT || failed(path, "open", err);
    n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n < 0)
        return failed(path, "read", err);
    text[n] = '\0';
    if (!parse(text, out, mac))
        return err_set(err, ERR_REJECT,
                       "the anchor cannot be read: it was "
                       "changed");
    if (secret) {
        authenticate(secret, out, expected);
        if (strcmp(mac, expected) != 0)
            return err_set(err, ERR_REJECT,
                           "the anchor was changed, or is not this node's: "
                           "its code does not fit the node's secret");
    }
    return true;
}
