/* DCMTK's own acceptance picks the acceptor's favorite transfer syntax and so
 * makes modalities decompress. We keep bytes as they come, so the first syntax
 * proposed is the best one: the requestor's own. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dcuid.h"
#include "dcmtk/dcmdata/dcxfer.h"
#include "dcmtk/dcmnet/assoc.h"

#include "dicom/commitment.h"
#include "dicom/negotiate.h"

#include <cstdio>
#include <cstring>

namespace
{
const int MAX_CONTEXTS = 128; /* PS3.8 9.3.2.2: odd numbers from 1 to 255 */

bool wanted(const char *const *sop_classes, const char *sop_class)
{
    if (strcmp(sop_class, UID_VerificationSOPClass) == 0)
        return true;
    for (const char *const *known = sop_classes; *known; known++)
        if (strcmp(sop_class, *known) == 0)
            return true;
    return false;
}

/* Standard syntaxes only: DCMTK's table also names a private one. */
bool readable(const char *transfer_syntax)
{
    const char *standard = "1.2.840.10008.1.2";
    return strncmp(transfer_syntax, standard, strlen(standard)) == 0 &&
           DcmXfer(transfer_syntax).getXfer() != EXS_Unknown;
}

/* A report is read by hand, in two encodings. */
bool plain(const char *transfer_syntax)
{
    return strcmp(transfer_syntax, UID_LittleEndianImplicitTransferSyntax) ==
               0 ||
           strcmp(transfer_syntax, UID_LittleEndianExplicitTransferSyntax) == 0;
}

bool reporter(const T_ASC_PresentationContext &pc)
{
    return strcmp(pc.abstractSyntax, COMMITMENT_CLASS) == 0 &&
           (pc.proposedRole == ASC_SC_ROLE_SCP ||
            pc.proposedRole == ASC_SC_ROLE_SCUSCP);
}

bool negotiate(T_ASC_Parameters *params, const char *const *sop_classes,
               bool reports, struct negotiated *contexts)
{
    int n = ASC_countPresentationContexts(params);

    if (n < 1 || n > MAX_CONTEXTS)
        return false;
    for (int i = 0; i < n; i++) {
        T_ASC_PresentationContext pc;
        if (ASC_getPresentationContext(params, i, &pc).bad())
            return false;
        unsigned id = pc.presentationContextID;
        if (id % 2 == 0 || contexts[id].sop_class[0] != '\0')
            return false;
        struct negotiated *c = &contexts[id];
        snprintf(c->sop_class, sizeof c->sop_class, "%s", pc.abstractSyntax);
        bool report = reports && reporter(pc);
        bool known = report || wanted(sop_classes, pc.abstractSyntax);
        const char *syntax = NULL;
        for (int t = 0; known && t < pc.transferSyntaxCount && !syntax; t++)
            if (report ? plain(pc.proposedTransferSyntaxes[t])
                       : readable(pc.proposedTransferSyntaxes[t]))
                syntax = pc.proposedTransferSyntaxes[t];
        OFCondition cond =
            syntax ? ASC_acceptPresentationContext(
                         params, pc.presentationContextID, syntax,
                         report ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT)
                   : ASC_refusePresentationContext(
                         params, pc.presentationContextID,
                         known ? ASC_P_TRANSFERSYNTAXESNOTSUPPORTED
                               : ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
        if (cond.bad())
            return false;
        c->accepted = syntax != NULL;
        snprintf(c->transfer_syntax, sizeof c->transfer_syntax, "%s",
                 syntax ? syntax : "");
    }
    return true;
}
} // namespace

extern "C" bool negotiate_contexts(void *params, const char *const *sop_classes,
                                   bool reports,
                                   struct negotiated contexts[256])
{
    try {
        return negotiate(static_cast<T_ASC_Parameters *>(params), sop_classes,
                         reports, contexts);
    } catch (...) {
        return false;
    }
}
