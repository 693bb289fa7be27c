#ifndef DB_UID_H
#define DB_UID_H

#include <stddef.h>

/* UIDs that a rerun makes again (P3): UUIDv5 (RFC 4122, SHA-1) in osteon's
 * own namespace over `text`, written as 2.25.<decimal> (PS3.5 B.2). */
void uid_derive(char out[static 65], const char *text);

void sha256_hex(char out[static 65], const void *bytes, size_t n);

/* HMAC-SHA-256 as hex: names that must not reveal what they were made from. */
void hmac_hex(char out[static 65], const char *key, const char *text);

#endif
