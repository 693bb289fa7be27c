#ifndef DB_AUDIT_XML_H
#define DB_AUDIT_XML_H

#include <stdint.h>
#include <stdio.h>

/* Pieces of XML 1.0 in UTF-8. Values are UTF-8; what XML does not allow
 * becomes a question mark. */

/* ` name="value"`, escaped; NULL: nothing. */
void audit_xml_attribute(FILE *out, const char *name, const char *value);
void audit_xml_text(FILE *out, const char *value);

/* `<element csd-code=".." codeSystemName=".." originalText=".."/>`: the coded
 * value of PS3.15 A.5.1.1. */
void audit_xml_code(FILE *out, const char *element, const char *code,
                    const char *system, const char *meaning);

/* `<ParticipantObjectDetail type=".." value="<base64>"/>`. */
void audit_xml_detail(FILE *out, const char *type, const char *value);

/* 2026-05-01T10:00:00.123Z (RFC 3339, xsd:dateTime). */
#define AUDIT_XML_TIME 40
void audit_xml_time(int64_t ms, char out[static AUDIT_XML_TIME]);

#endif
