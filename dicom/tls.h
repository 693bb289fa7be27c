#ifndef DICOM_TLS_H
#define DICOM_TLS_H

#include "conf/conf.h"

/* Our side of mutual TLS by a BCP 195 profile (PS3.15 B.10, B.11): key,
 * certificate, and whom we trust. Made before the first connection; forked
 * children use their parent's. */
#ifdef __cplusplus
extern "C" {
#endif

struct dcm_tls;

enum dcm_tls_role { DCM_TLS_ACCEPT, DCM_TLS_CALL };

/* NULL: ERR_REJECT, a file is not what conf says, or the certificate is not
 * valid today; the message names the file. */
struct dcm_tls *dcm_tls_open(const struct conf_tls *conf,
                             enum dcm_tls_role role, struct err *err);
void dcm_tls_close(struct dcm_tls *tls); /* NULL is fine */

/* Would dcm_tls_open() work? True as well without the section. */
bool dcm_tls_check(const struct conf_tls *conf, struct err *err);

/* OpenSSL's SSL_CTX; for net_transport.cc. */
void *dcm_tls_context(const struct dcm_tls *tls);

#ifdef __cplusplus
}
#endif
#endif
