/* Written by hand: a message is a dozen elements of known names, and every
 * value goes through one place that escapes it. */
#include "db/audit_xml.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/mem.h"

/* XML 1.0, 2.2: no controls but tab, line feed and return; no U+FFFE, U+FFFF.
 */
static void put(FILE *out, const char *value)
{
    const unsigned char *at = (const unsigned char *)value;

    for (; *at; at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\t':
        case '\n':
        case '\r':
            fprintf(out, "&#%d;", *at);
            break;
        default:
            if (*at < ' ') {
                fputc('?', out);
            } else if (at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE) {
                fputc('?', out);
                at += 2;
            } else {
                fputc(*at, out);
            }
        }
    }
}

void audit_xml_text(FILE *out, const char *value)
{
    put(out, value);
}

void audit_xml_attribute(FILE *out, const char *name, const char *value)
{
    if (!value)
        return;
    fprintf(out, " %s=\"", name);
    put(out, value);
    fputc('"', out);
}

void audit_xml_code(FILE *out, const char *element, const char *code,
                    const char *system, const char *meaning)
{
    fprintf(out, "<%s", element);
    audit_xml_attribute(out, "csd-code", code);
    audit_xml_attribute(out, "codeSystemName", system);
    audit_xml_attribute(out, "originalText", meaning);
    fputs("/>", out);
}

void audit_xml_detail(FILE *out, const char *type, const char *value)
{
    size_t n = strlen(value);
    unsigned char *base64 = mem_calloc(n / 3 + 2, 4);

    EVP_EncodeBlock(base64, (const unsigned char *)value, (int)n);
    fputs("<ParticipantObjectDetail", out);
    audit_xml_attribute(out, "type", type);
    audit_xml_attribute(out, "value", (const char *)base64);
    fputs("/>", out);
    free(base64);
}

void audit_xml_time(int64_t ms, char out[static AUDIT_XML_TIME])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm = {0};
    size_t n;

    gmtime_r(&seconds, &tm);
    n = strftime(out, AUDIT_XML_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, AUDIT_XML_TIME - n, ".%03dZ", (int)(ms % 1000));
}
