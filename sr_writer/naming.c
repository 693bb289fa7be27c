/* One place that knows what a key is called, so that the picture, the table
 * and the report agree. */
#include "sr_writer/naming.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sr_writer/codes.h"
#include "sr_writer/wording.h"

static void spoken(const char *key, char out[static NAMING_SIZE])
{
    snprintf(out, NAMING_SIZE, "%s", key);
    for (char *c = out; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
}

static const struct codes_row *concept_row(const char *key)
{
    const struct codes_row *row = codes_concept(key);

    return row != NULL ? row : codes_finding(key);
}

void naming_short(const char *label, const struct own_code *own,
                  const char *concept, const char *id,
                  char out[static NAMING_SIZE])
{
    const struct codes_row *row = concept_row(concept);

    if (label[0] != '\0')
        snprintf(out, NAMING_SIZE, "%s", label);
    else if (own->value[0] != '\0')
        snprintf(out, NAMING_SIZE, "%s", own->meaning);
    else if (row != NULL)
        snprintf(out, NAMING_SIZE, "%s", row->label);
    else
        spoken(concept[0] != '\0' ? concept : id, out);
    wording_ascii(out);
}

/* "Length" is what a leg, a femur and a tibia have: of a code that several
 * concepts share, the key says more than its meaning. */
void naming_long(const struct own_code *own, const char *concept,
                 const char *id, char out[static NAMING_SIZE])
{
    const struct codes_row *row = concept_row(concept);

    if (own->value[0] != '\0')
        snprintf(out, NAMING_SIZE, "%s", own->meaning);
    else if (row != NULL && !codes_shared(row))
        snprintf(out, NAMING_SIZE, "%s", row->code.meaning);
    else
        spoken(concept[0] != '\0' ? concept : id, out);
    if (row != NULL && own->value[0] == '\0')
        out[0] = (char)toupper((unsigned char)out[0]);
    wording_ascii(out);
}

void naming_site(const char *site, char out[static NAMING_SIZE])
{
    const struct codes_row *row = codes_site(site);

    if (row != NULL)
        snprintf(out, NAMING_SIZE, "%s", row->code.meaning);
    else
        spoken(site, out);
    wording_ascii(out);
}

void naming_trait(const struct trait *trait, char out[static NAMING_SIZE])
{
    const char *value = trait->value;

    if (value[0] == '\0' || strchr("ctls", value[0]) == NULL ||
        !isdigit((unsigned char)value[1])) {
        naming_site(value, out);
        return;
    }
    snprintf(out, NAMING_SIZE, "%c%s", toupper((unsigned char)value[0]),
             value + 1);
    wording_ascii(out);
}

const char *naming_letter(enum side side)
{
    if (side == SIDE_NONE)
        return "";
    return side == SIDE_RIGHT ? "R" : "L";
}
