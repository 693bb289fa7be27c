/* DCMTK reads command sets with its general parser: unbounded, recursive, and
 * only after the data dictionary was loaded. A peer may send any bytes here
 * before we know anything about it, and all we need is a dozen fixed elements:
 * so they are read and written by hand, in bounded memory. */
#include "dicom/command.h"

#include <string.h>

/* Elements of group 0000 (PS3.7 E.1-1). */
enum {
    GROUP_LENGTH = 0x0000,
    AFFECTED_SOP_CLASS = 0x0002,
    REQUESTED_SOP_CLASS = 0x0003,
    FIELD = 0x0100,
    MESSAGE_ID = 0x0110,
    RESPONDED_ID = 0x0120,
    PRIORITY = 0x0700,
    DATA_SET_TYPE = 0x0800,
    STATUS = 0x0900,
    ERROR_COMMENT = 0x0902,
    AFFECTED_SOP_UID = 0x1000,
    REQUESTED_SOP_UID = 0x1001,
    EVENT_TYPE = 0x1002,
    ACTION_TYPE = 0x1008
};

#define NO_DATA_SET 0x0101
#define HEAD_BYTES  8

static uint16_t get16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16;
}

static void get_text(const unsigned char *value, size_t n, char out[65])
{
    while (n > 0 && (value[n - 1] == '\0' || value[n - 1] == ' '))
        n--;
    out[0] = '\0';
    if (n > 64 || memchr(value, '\0', n) != NULL)
        return;
    memcpy(out, value, n);
    out[n] = '\0';
}

/* Which of the elements a message cannot do without were there. */
struct seen {
    bool field, message_id, responded_id, data_set_type, status;
};

static void read_text(uint16_t element, const unsigned char *value, size_t n,
                      struct command *out)
{
    switch (element) {
    case AFFECTED_SOP_CLASS:
        get_text(value, n, out->sop_class);
        break;
    case REQUESTED_SOP_CLASS:
        if (out->sop_class[0] == '\0')
            get_text(value, n, out->sop_class);
        break;
    case AFFECTED_SOP_UID:
        get_text(value, n, out->sop_uid);
        break;
    case REQUESTED_SOP_UID:
        if (out->sop_uid[0] == '\0')
            get_text(value, n, out->sop_uid);
        break;
    case ERROR_COMMENT:
        get_text(value, n > 64 ? 64 : n, out->comment);
        break;
    default:
        break;
    }
}

static void read_number(uint16_t element, uint16_t value, struct command *out,
                        struct seen *seen)
{
    switch (element) {
    case FIELD:
        out->field = value;
        seen->field = true;
        break;
    case MESSAGE_ID:
        if (!seen->responded_id)
            out->message_id = value;
        seen->message_id = true;
        break;
    case RESPONDED_ID:
        out->message_id = value;
        seen->responded_id = true;
        break;
    case DATA_SET_TYPE:
        out->data_set = value != NO_DATA_SET;
        seen->data_set_type = true;
        break;
    case STATUS:
        out->status = value;
        seen->status = true;
        break;
    case EVENT_TYPE:
    case ACTION_TYPE:
        out->type = value;
        break;
    default:
        break;
    }
}

bool command_parse(const unsigned char *bytes, size_t n, struct command *out,
                   struct err *err)
{
    struct command found = {0};
    struct seen seen = {0};
    size_t at = 0;

    while (at < n) {
        if (n - at < HEAD_BYTES)
            return err_set(err, ERR_REJECT, "command set ends in an element");
        uint16_t group = get16(bytes + at);
        uint16_t element = get16(bytes + at + 2);
        uint32_t length = get32(bytes + at + 4);

        at += HEAD_BYTES;
        if (group != 0)
            return err_set(err, ERR_REJECT,
                           "command set holds element (%04X,%04X)", group,
                           element);
        if (length > n - at)
            return err_set(err, ERR_REJECT,
                           "command element (0000,%04X) is longer than the "
                           "command set",
                           element);
        read_text(element, bytes + at, length, &found);
        if (length == 2)
            read_number(element, get16(bytes + at), &found, &seen);
        at += length;
    }
    if (!seen.field || !seen.data_set_type)
        return err_set(err, ERR_REJECT,
                       "command set without CommandField or "
                       "CommandDataSetType");
    if (!seen.message_id && !seen.responded_id)
        return err_set(err, ERR_REJECT, "command set without a message ID");
    /* Nothing may pass for success that does not say so. */
    if ((found.field & COMMAND_RESPONSE) && !seen.status)
        return err_set(err, ERR_REJECT, "a response without a status");
    *out = found;
    return true;
}

struct writer {
    unsigned char *out;
    size_t n;
};

static void put16(struct writer *w, uint16_t value)
{
    w->out[w->n++] = (unsigned char)(value & 0xFF);
    w->out[w->n++] = (unsigned char)(value >> 8);
}

static void put_head(struct writer *w, uint16_t element, uint16_t length)
{
    put16(w, 0);
    put16(w, element);
    put16(w, length);
    put16(w, 0);
}

static void put_number(struct writer *w, uint16_t element, uint16_t value)
{
    put_head(w, element, 2);
    put16(w, value);
}

/* Values have even length: a UID is padded with NUL, text with a space. */
static void put_text(struct writer *w, uint16_t element, const char *text,
                     unsigned char pad)
{
    size_t n = strnlen(text, 64);

    if (n == 0)
        return;
    put_head(w, element, (uint16_t)(n + (n & 1)));
    memcpy(w->out + w->n, text, n);
    w->n += n;
    if (n & 1)
        w->out[w->n++] = pad;
}

size_t command_build(const struct command *command, unsigned char *out)
{
    struct writer w = {.out = out};
    bool response = (command->field & COMMAND_RESPONSE) != 0;
    bool action = command->field == COMMAND_ACTION; /* PS3.7 10.3.4 */
    uint16_t type = (command->field & ~COMMAND_RESPONSE) == COMMAND_ACTION
                        ? ACTION_TYPE
                        : EVENT_TYPE;

    put_head(&w, GROUP_LENGTH, 4);
    put16(&w, 0);
    put16(&w, 0);
    size_t start = w.n;

    put_text(&w, action ? REQUESTED_SOP_CLASS : AFFECTED_SOP_CLASS,
             command->sop_class, '\0');
    put_number(&w, FIELD, command->field);
    put_number(&w, response ? RESPONDED_ID : MESSAGE_ID, command->message_id);
    if (command->field == COMMAND_STORE || command->field == COMMAND_FIND)
        put_number(&w, PRIORITY, 0);
    put_number(&w, DATA_SET_TYPE, command->data_set ? 1 : NO_DATA_SET);
    if (response) {
        put_number(&w, STATUS, command->status);
        put_text(&w, ERROR_COMMENT, command->comment, ' ');
    }
    put_text(&w, action ? REQUESTED_SOP_UID : AFFECTED_SOP_UID,
             command->sop_uid, '\0');
    if (command->type != 0)
        put_number(&w, type, command->type);

    struct writer length = {.out = out, .n = HEAD_BYTES};

    put16(&length, (uint16_t)(w.n - start));
    return w.n;
}
