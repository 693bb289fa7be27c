#ifndef DICOM_ADDRESS_H
#define DICOM_ADDRESS_H

#include <stdbool.h>

#include "conf/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The peer of a connected socket in the form osteon.yaml uses: "10.0.0.7",
 * also for an IPv4 peer of an IPv6 socket; "unknown" when there is none. */
void address_of_peer(int fd, char out[64]);

/* "10.0.0.7:104" for a host name or address, as DCMTK wants it: 3.6.7
 * connects to IPv4 addresses only and cuts host names at 63 characters. */
bool address_resolve(const char *host, int port, char out[64], struct err *err);

#ifdef __cplusplus
}
#endif
#endif
