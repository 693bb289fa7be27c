/* What the database knows of an object, beside the object: the spool alone is
 * then enough to make the queue again. It comes back from a disk that may have
 * rotted or been edited, so that nothing is believed before the digest fits,
 * and every value is bounded even then. */
#include "db/part10_block.h"

#include <string.h>

#include "db/part10.h"
#include "db/uid.h"

enum { /* offsets in the block */
       AT_MAGIC = 0,
       AT_KIND = 8,
       AT_ROLE = 9,
       AT_PART = 10,
       AT_PARTS = 11,
       AT_RECEIVED = 16,
       AT_RECEIVE = 24,
       AT_BYTES = 32,
       AT_REVISION = 40,
       AT_IMAGES = 48,
       AT_STUDY = 56,
       AT_SERIES = 120,
       AT_ROUTE = 184,
       AT_MODEL = 248,
       AT_SHA256 = 312,
       AT_DIGEST = 376
};

#define TEXT_BYTES 64

static const char magic[] = "OSTEON 1";

static void put_number(unsigned char *at, int64_t value)
{
    for (size_t i = 0; i < 8; i++)
        at[i] = (unsigned char)((uint64_t)value >> 8 * i & 0xFF);
}

static int64_t get_number(const unsigned char *at)
{
    uint64_t value = 0;

    for (size_t i = 8; i-- > 0;)
        value = value << 8 | at[i];
    return (int64_t)value;
}

static void put_text(unsigned char *at, const char *text)
{
    memcpy(at, text, strnlen(text, TEXT_BYTES));
}

static void get_text(const unsigned char *at, char out[static TEXT_BYTES + 1])
{
    memcpy(out, at, TEXT_BYTES);
    out[TEXT_BYTES] = '\0';
}

void part10_complete(unsigned char *header, size_t n,
                     const struct object *object,
                     const struct result_of *result)
{
    unsigned char *block = header + n - PART10_BLOCK_BYTES;
    char digest[65];

    memset(block, 0, PART10_BLOCK_BYTES);
    memcpy(block + AT_MAGIC, magic, sizeof magic - 1);
    block[AT_KIND] = (unsigned char)object->kind;
    put_number(block + AT_RECEIVED, object->received_ms);
    put_number(block + AT_RECEIVE, object->receive_ms);
    put_number(block + AT_BYTES, object->data_bytes);
    put_text(block + AT_STUDY, object->study_uid);
    put_text(block + AT_SERIES, object->series_uid);
    put_text(block + AT_SHA256, object->sha256);
    if (result) {
        block[AT_ROLE] = (unsigned char)result->role;
        block[AT_PART] = (unsigned char)result->part;
        block[AT_PARTS] = (unsigned char)result->parts;
        put_number(block + AT_REVISION, result->revision);
        put_number(block + AT_IMAGES, result->images);
        put_text(block + AT_ROUTE, result->route);
        put_text(block + AT_MODEL, result->model);
    }
    sha256_hex(digest, header, n - PART10_BLOCK_BYTES + AT_DIGEST);
    put_text(block + AT_DIGEST, digest);
}

static bool uid(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789.") == strlen(text);
}

static bool title(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static bool sane_object(const struct object *o)
{
    return uid(o->sop_class) && uid(o->sop_uid) && uid(o->transfer_syntax) &&
           uid(o->study_uid) && uid(o->series_uid) && title(o->calling_ae) &&
           title(o->called_ae) && o->data_bytes >= 0 && o->receive_ms >= 0 &&
           strlen(o->sha256) == 64 &&
           strspn(o->sha256, "0123456789abcdef") == 64;
}

static bool sane_result(const struct result_of *r)
{
    return r->route[0] && r->model[0] && r->revision > 0 && r->images >= 0 &&
           r->part > 0 && r->part <= r->parts && r->role <= RESULT_ALTERNATE;
}

bool part10_block_read(const unsigned char *header, size_t n,
                       struct object *object, struct result_of *result,
                       struct err *err)
{
    const unsigned char *block = header + n - PART10_BLOCK_BYTES;
    char digest[65], stored[65];

    sha256_hex(digest, header, n - PART10_BLOCK_BYTES + AT_DIGEST);
    get_text(block + AT_DIGEST, stored);
    if (memcmp(block + AT_MAGIC, magic, sizeof magic - 1) != 0)
        return err_set(err, ERR_REJECT, "it was never finished");
    if (strcmp(digest, stored) != 0)
        return err_set(err, ERR_REJECT,
                       "its header is not what this node wrote");
    object->kind = (enum object_kind)block[AT_KIND];
    object->received_ms = get_number(block + AT_RECEIVED);
    object->receive_ms = get_number(block + AT_RECEIVE);
    object->data_bytes = get_number(block + AT_BYTES);
    get_text(block + AT_STUDY, object->study_uid);
    get_text(block + AT_SERIES, object->series_uid);
    get_text(block + AT_SHA256, object->sha256);
    memset(result, 0, sizeof *result);
    result->role = (enum result_role)block[AT_ROLE];
    result->part = block[AT_PART];
    result->parts = block[AT_PARTS];
    result->revision = get_number(block + AT_REVISION);
    result->images = get_number(block + AT_IMAGES);
    get_text(block + AT_ROUTE, result->route);
    get_text(block + AT_MODEL, result->model);
    if (sane_object(object) &&
        (object->kind == OBJECT_RECEIVED ||
         (object->kind == OBJECT_RESULT && sane_result(result))))
        return true;
    return err_set(err, ERR_REJECT, "its header holds impossible values");
}
