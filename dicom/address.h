#ifndef DICOM_ADDRESS_H
#define DICOM_ADDRESS_H

#ifdef __cplusplus
extern "C" {
#endif

/* The peer of a connected socket in the form osteon.yaml uses: "10.0.0.7",
 * also for an IPv4 peer of an IPv6 socket; "unknown" when there is none. */
void address_of_peer(int fd, char out[64]);

#ifdef __cplusplus
}
#endif
#endif
