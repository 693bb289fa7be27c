/* DCMTK knows the profiles of PS3.15 and sets up OpenSSL for them; what it
 * leaves open is closed here. It allows keys and digests of any strength
 * (security level 0) and asks the console for a key's password, and it finds
 * out that a certificate has expired only when a peer refuses it. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmtls/tlslayer.h"

extern "C" {
#include "conf/err.h"
}
#include "dicom/quiet.h"
#include "dicom/tls.h"

#include <exception>
#include <new>

#include <openssl/ssl.h>
#include <openssl/x509.h>

struct dcm_tls {
    DcmTLSTransportLayer layer;

    explicit dcm_tls(T_ASC_NetworkRole role) : layer(role, NULL, OFTrue)
    {
    }
};

namespace
{
/* 112 bits: RSA from 2048, SHA-256; what RFC 9325 4.3 and 4.5 ask for */
const int SECURITY_LEVEL = 2;

bool fits(const OFCondition &cond, const char *what, const char *path,
          struct err *err)
{
    return cond.good() || err_set(err, ERR_REJECT, "node.tls: %s %s: %s", what,
                                  path, cond.text());
}

bool load(DcmTLSTransportLayer *layer, const struct conf_tls *conf,
          struct err *err)
{
    layer->setPrivateKeyPasswd("");
    if (!fits(layer->setPrivateKeyFile(conf->key, DCF_Filetype_PEM), "key",
              conf->key, err) ||
        !fits(layer->setCertificateFile(conf->certificate, DCF_Filetype_PEM),
              "certificate", conf->certificate, err))
        return false;
    if (!layer->checkPrivateKeyMatchesCertificate())
        return err_set(err, ERR_REJECT,
                       "node.tls: certificate %s does not belong to key %s",
                       conf->certificate, conf->key);
    if (!fits(layer->addTrustedCertificateFile(conf->authorities,
                                               DCF_Filetype_PEM),
              "authorities", conf->authorities, err))
        return false;
    return conf->revoked[0] == '\0' ||
           (fits(layer->addCertificateRevocationList(conf->revoked,
                                                     DCF_Filetype_PEM),
                 "revoked", conf->revoked, err) &&
            fits(layer->setCRLverification(TCR_checkAllCRL), "revoked",
                 conf->revoked, err));
}

bool is_valid_today(SSL_CTX *context, const struct conf_tls *conf,
                    struct err *err)
{
    const X509 *own = SSL_CTX_get0_certificate(context);

    if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0)
        return err_set(err, ERR_REJECT,
                       "node.tls: certificate %s is not valid yet",
                       conf->certificate);
    if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
        return err_set(err, ERR_REJECT, "node.tls: certificate %s has expired",
                       conf->certificate);
    return true;
}

bool set_up(DcmTLSTransportLayer *layer, const struct conf_tls *conf,
            struct err *err)
{
    DcmTLSSecurityProfile profile = conf->profile == CONF_TLS_EX
                                        ? TSP_Profile_BCP195_Extended
                                        : TSP_Profile_BCP195_ND;
    SSL_CTX *context = layer->getNativeHandle();

    if (context == NULL || layer->setTLSProfile(profile).bad() ||
        layer->activateCipherSuites().bad())
        return err_set(err, ERR_FATAL, "OpenSSL does not know the profile");
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    layer->setCertificateVerification(DCV_requireCertificate);
    if (!load(layer, conf, err) || !is_valid_today(context, conf, err))
        return false;
    /* every handshake verifies; nothing but a record per call, so that the
     * deadline is looked at in between */
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_COMPRESSION);
    (void)SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    return true;
}
} // namespace

extern "C" struct dcm_tls *dcm_tls_open(const struct conf_tls *conf,
                                        enum dcm_tls_role role, struct err *err)
{
    struct dcm_tls *tls = NULL;

    dicom_quiet();
    try {
        tls = new dcm_tls(role == DCM_TLS_CALL ? NET_REQUESTOR : NET_ACCEPTOR);
        if (set_up(&tls->layer, conf, err))
            return tls;
    } catch (const std::exception &e) {
        err_set(err, ERR_RETRY, "TLS: %s", e.what());
    } catch (...) {
        err_set(err, ERR_RETRY, "TLS: unknown C++ exception");
    }
    delete tls;
    return NULL;
}

extern "C" void dcm_tls_close(struct dcm_tls *tls)
{
    delete tls;
}

extern "C" bool dcm_tls_check(const struct conf_tls *conf, struct err *err)
{
    struct dcm_tls *tls;

    if (!conf->on)
        return true;
    tls = dcm_tls_open(conf, DCM_TLS_ACCEPT, err);
    dcm_tls_close(tls);
    return tls != NULL;
}

extern "C" void *dcm_tls_context(const struct dcm_tls *tls)
{
    return const_cast<struct dcm_tls *>(tls)->layer.getNativeHandle();
}
