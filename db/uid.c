/* Results must carry the same UIDs when they are made again after a crash, so
 * that a PACS sees one object and not two. Nothing here is random: UIDs and
 * names follow from what they are made of. */
#include "db/uid.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/log.h"

/* The namespace of RFC 4122, 4.3: a random UUID of ours, never to change. */
static const unsigned char namespace_uuid[16] = {
    0xdb, 0xeb, 0x18, 0x44, 0x2c, 0xcc, 0x49, 0x68,
    0x8f, 0x3d, 0x18, 0xe8, 0x1c, 0xac, 0xfb, 0xf5};

/* Without a digest there are no UIDs and no checks: end, be restarted. */
static void need(int ok)
{
    if (ok == 1)
        return;
    log_error("digest.failed", KV_STR("library", "libcrypto"));
    exit(EXIT_FAILURE);
}

static void hex(char out[static 65], const unsigned char digest[static 32])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < 32; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[64] = '\0';
}

/* Divides the big-endian number by ten and returns the remainder. */
static unsigned divide(unsigned char number[static 16])
{
    unsigned rest = 0;

    for (size_t i = 0; i < 16; i++) {
        unsigned value = rest * 256 + number[i];

        number[i] = (unsigned char)(value / 10);
        rest = value % 10;
    }
    return rest;
}

void uid_derive(char out[static 65], const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char digits[40]; /* 2^128 has 39 */
    size_t at = sizeof digits - 1;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    static const unsigned char zero[16];

    need(md != NULL);
    need(EVP_DigestInit_ex(md, EVP_sha1(), NULL));
    need(EVP_DigestUpdate(md, namespace_uuid, sizeof namespace_uuid));
    need(EVP_DigestUpdate(md, text, strlen(text)));
    need(EVP_DigestFinal_ex(md, digest, NULL));
    EVP_MD_CTX_free(md);
    digest[6] = (unsigned char)((digest[6] & 0x0F) | 0x50); /* version 5 */
    digest[8] = (unsigned char)((digest[8] & 0x3F) | 0x80); /* variant */
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + divide(digest));
    while (memcmp(digest, zero, sizeof zero) != 0);
    snprintf(out, 65, "2.25.%s", digits + at);
}

void sha256_hex(char out[static 65], const void *bytes, size_t n)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    need(EVP_Digest(bytes, n, digest, NULL, EVP_sha256(), NULL));
    hex(out, digest);
}

void hmac_hex(char out[static 65], const char *key, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    need(HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text,
              strlen(text), digest, NULL) != NULL);
    hex(out, digest);
}
