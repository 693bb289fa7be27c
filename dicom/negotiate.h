#ifndef DICOM_NEGOTIATE_H
#define DICOM_NEGOTIATE_H

#include <stdbool.h>

/* Which proposed presentation contexts an acceptor takes (PS3.8 7.1.1.13). */
#ifdef __cplusplus
extern "C" {
#endif

struct negotiated {
    bool accepted;
    char sop_class[65], transfer_syntax[65];
};

/* Answers every context in `params` (DCMTK's T_ASC_Parameters): Verification
 * and the listed SOP classes with the first proposed transfer syntax that
 * DCMTK knows, others with result 3 or 4. reports: storage commitment too,
 * where the requestor proposes to be its SCP (PS3.7 D.3.3.4): it comes to
 * report, we do not commit. contexts is indexed by context ID and was zeroed.
 * False: not a list that PS3.8 allows. */
bool negotiate_contexts(void *params, const char *const *sop_classes,
                        bool reports, struct negotiated contexts[256]);

#ifdef __cplusplus
}
#endif
#endif
