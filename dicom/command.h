#ifndef DICOM_COMMAND_H
#define DICOM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"

/* The command set of a DIMSE message (PS3.7 6.3.1: Implicit VR Little Endian,
 * group 0000), as far as C-ECHO, C-STORE, C-FIND and storage commitment need
 * it. Pure C, no allocation. */
#ifdef __cplusplus
extern "C" {
#endif

#define COMMAND_BYTES 16384 /* most of a command set that is read or built */

enum command_field { /* PS3.7 E.1-1; a response has bit 15 set */
                     COMMAND_STORE = 0x0001,
                     COMMAND_FIND = 0x0020,
                     COMMAND_ECHO = 0x0030,
                     COMMAND_EVENT_REPORT = 0x0100,
                     COMMAND_ACTION = 0x0130,
                     COMMAND_CANCEL = 0x0FFF,
                     COMMAND_RESPONSE = 0x8000
};

struct command {
    uint16_t field;
    uint16_t message_id; /* of a response: the one being responded to */
    uint16_t status;     /* responses only */
    uint16_t type;       /* Event Type ID, Action Type ID; 0: none */
    bool data_set;       /* a data set follows */
    /* affected or requested; "" when absent or longer than a UID can be;
     * otherwise as sent */
    char sop_class[65], sop_uid[65];
    char comment[65]; /* ErrorComment of a response */
};

/* ERR_REJECT: not a command set. */
bool command_parse(const unsigned char *bytes, size_t n, struct command *out,
                   struct err *err);

/* Writes at most COMMAND_BYTES and returns how many. A request without
 * status; C-STORE and C-FIND requests have medium priority. */
size_t command_build(const struct command *command, unsigned char *out);

#ifdef __cplusplus
}
#endif
#endif
