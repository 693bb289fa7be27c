#ifndef SCP_SOPS_H
#define SCP_SOPS_H

#include <stddef.h>

/* The one table of SOP classes this node accepts. The conformance statement
 * is printed from it. */
enum sops_kind {
    SOPS_VERIFICATION,
    SOPS_IMAGE, /* what a route may hand to a model */
    SOPS_SR,
    SOPS_PRESENTATION,
    SOPS_OTHER
};

struct sops_class {
    const char *uid, *name; /* name as in PS3.6 A-1 */
    enum sops_kind kind;
};

extern const struct sops_class sops[];
extern const size_t sops_count;

const struct sops_class *sops_find(const char *uid); /* NULL: not accepted */
const char *sops_kind_name(enum sops_kind kind);

/* Every UID of the table, ends with NULL: for dicom/accept.h. */
const char *const *sops_uids(void);

void sops_print(void); /* Markdown, on stdout */

#endif
