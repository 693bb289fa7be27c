#ifndef DICOM_NET_H
#define DICOM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dicom/command.h"
#include "dicom/tls.h"

/* What accept.cc and request.cc share: PDVs and commands on a DUL
 * association, each under one deadline that we keep ourselves. Handles are
 * DCMTK's (`void` there, too). */
#ifdef __cplusplus
extern "C" {
#endif

/* Every read and write of the connection ends when clock_mono_ms() reaches
 * deadline_ms, whatever DCMTK's own timeouts say; the handshake of TLS, too. */
struct net_guard {
    int64_t deadline_ms;
    bool expired; /* a read or write ended that way */
    bool heard;   /* the peer sent something */

    const struct dcm_tls *tls; /* NULL: plain */
    const char *wanted;        /* the subject must be this; NULL: any */
    char subject[256];         /* verified, as RFC 2253 writes it */
    struct err failure;        /* what TLS ended with. ERR_REJECT: versions or
                                  certificates, ERR_RETRY: the network */
};

/* Once per process: no logging by DCMTK (it prints patient data), no name
 * look-ups, no Nagle, no SIGPIPE. */
void net_start(void);

/* Connections that `dul_network` makes from now on obey *guard. */
bool net_install(void *dul_network, struct net_guard *guard, struct err *err);

/* Writes who we are into DCMTK's T_ASC_Parameters (PS3.7 D.3.3.2). */
void net_identify(void *params);

void net_within(struct net_guard *guard, int64_t ms); /* from now */

struct net_pdv {
    const unsigned char *bytes; /* valid until the next net_ call */
    size_t n;
    uint8_t context;
    bool command, last;
};

enum net_event { NET_OK, NET_RELEASE, NET_GONE };

/* NET_GONE: err says whether aborted, closed, late or not DICOM. */
enum net_event net_read_pdv(void **association, struct net_guard *guard,
                            struct net_pdv *out, struct err *err);
enum net_event net_read_command(void **association, struct net_guard *guard,
                                uint8_t *context, struct command *out,
                                struct err *err);

bool net_write_pdv(void **association, struct net_guard *guard, uint8_t context,
                   bool command, bool last, const void *bytes, size_t n,
                   struct err *err);
bool net_write_command(void **association, struct net_guard *guard,
                       uint8_t context, const struct command *command,
                       struct err *err);

#ifdef __cplusplus
}
#endif
#endif
