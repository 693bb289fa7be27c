#ifndef SR_WRITER_NAMING_H
#define SR_WRITER_NAMING_H

#include "db/findings.h"

/* What measurements, findings and places are called: short on a picture, long
 * in a table. All ASCII. A key that has no row
 * in sr_writer/codes.c is spoken: "fracture_of_bone" is "fracture of bone". */
#define NAMING_SIZE 96

/* label, own and concept in this order; id when there is none of them. */
void naming_short(const char *label, const struct own_code *own,
                  const char *concept, const char *id,
                  char out[static NAMING_SIZE]);
void naming_long(const struct own_code *own, const char *concept,
                 const char *id, char out[static NAMING_SIZE]);
void naming_site(const char *site, char out[static NAMING_SIZE]);
/* "T5" for t5, else as naming_site(). */
void naming_trait(const struct trait *trait, char out[static NAMING_SIZE]);
const char *naming_letter(enum side side); /* "R", "L", "" */

#endif
