/* DCMTK's timeouts are per read, and a half-sent A-ASSOCIATE-RQ lives for
 * minutes with them. DCMTK lets the transport be replaced, though: these poll
 * against a deadline of ours on every read and write, so that a handshake, a
 * negotiation or a whole object can be bounded by the wall clock without
 * signals. DCMTK's own TLS connection blocks in OpenSSL instead. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmnet/cond.h"
#include "dcmtk/dcmnet/dcmlayer.h"
#include "dcmtk/dcmnet/dcmtrans.h"
#include "dcmtk/dcmnet/dul.h"

extern "C" {
#include "conf/clock.h"
#include "conf/err.h"
}
#include "dicom/net.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

namespace
{
class GuardedConnection : public DcmTCPConnection
{
  public:
    GuardedConnection(DcmNativeSocketType fd, net_guard *guard)
        : DcmTCPConnection(fd), guard_(guard)
    {
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    ssize_t read(void *buf, size_t n) override
    {
        for (;;) {
            if (!wait(POLLIN))
                return -1;
            ssize_t got = recv(getSocket(), buf, n, MSG_DONTWAIT);
            guard_->heard |= got > 0;
            if (got > 0)
                acknowledge();
            if (got >= 0 || !again())
                return got;
        }
    }

    ssize_t write(void *buf, size_t n) override
    {
        const char *bytes = static_cast<const char *>(buf);
        size_t done = 0;

        while (done < n) {
            if (!wait(POLLOUT))
                return -1;
            ssize_t put = send(getSocket(), bytes + done, n - done,
                               MSG_DONTWAIT | MSG_NOSIGNAL);
            if (put >= 0)
                done += static_cast<size_t>(put);
            else if (!again())
                return -1;
        }
        return static_cast<ssize_t>(done);
    }

    OFBool networkDataAvailable(int) override
    {
        return wait(POLLIN);
    }

  protected:
    /* A sender with Nagle's algorithm on keeps the end of what it has to say
     * until we have acknowledged the rest, and the kernel would do that up to
     * 40 ms late. Not a lasting setting (tcp(7)): once after each read. */
    void acknowledge()
    {
        int on = 1;
        (void)setsockopt(getSocket(), IPPROTO_TCP, TCP_QUICKACK, &on,
                         sizeof on);
    }

    bool wait(short events)
    {
        for (;;) {
            int64_t left = guard_->deadline_ms - clock_mono_ms();
            if (left <= 0) {
                guard_->expired = true;
                errno = ETIMEDOUT;
                return false;
            }
            struct pollfd pfd = {getSocket(), events, 0};
            int step = static_cast<int>(left < 3600000 ? left : 3600000);
            int found = poll(&pfd, 1, step);
            if (found > 0)
                return true;
            if (found < 0 && errno != EINTR)
                return false;
        }
    }

    net_guard *guard_;

  private:
    static bool again()
    {
        return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
    }
};

class SecureConnection : public GuardedConnection
{
  public:
    SecureConnection(DcmNativeSocketType fd, net_guard *guard, SSL *ssl)
        : GuardedConnection(fd, guard), ssl_(ssl), open_(false)
    {
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        (void)SSL_set_fd(ssl, fd);
    }

    ~SecureConnection() override
    {
        SSL_free(ssl_);
    }

    OFCondition serverSideHandshake() override
    {
        return handshake(SSL_accept);
    }

    OFCondition clientSideHandshake() override
    {
        return handshake(SSL_connect);
    }

    ssize_t read(void *buf, size_t n) override
    {
        int most = n < INT_MAX ? static_cast<int>(n) : INT_MAX;
        int got = run([&] { return SSL_read(ssl_, buf, most); });
        if (got > 0)
            acknowledge();
        return got;
    }

    ssize_t write(void *buf, size_t n) override
    {
        int most = n < INT_MAX ? static_cast<int>(n) : INT_MAX;
        int put = run([&] { return SSL_write(ssl_, buf, most); });
        if (put < 0 && !guard_->expired && guard_->failure.code == ERR_RETRY)
            hear_alert();
        return put;
    }

    OFBool networkDataAvailable(int) override
    {
        return SSL_pending(ssl_) > 0 || wait(POLLIN);
    }

    void close() override
    {
        if (open_)
            (void)SSL_shutdown(ssl_); /* close_notify; no answer is awaited */
        open_ = false;
        DcmTCPConnection::close();
    }

    OFBool isTransparentConnection() override
    {
        return OFFalse;
    }

  private:
    /* One call of OpenSSL, again and again until it is done or late. */
    template <typename Step> int run(Step step)
    {
        for (;;) {
            if (!in_time())
                return -1;
            ERR_clear_error();
            errno = 0;
            int done = step();
            guard_->heard |= BIO_number_read(SSL_get_rbio(ssl_)) > 0;
            if (done > 0)
                return done;
            switch (SSL_get_error(ssl_, done)) {
            case SSL_ERROR_WANT_READ:
                if (SSL_pending(ssl_) == 0 && !wait(POLLIN))
                    return -1;
                break;
            case SSL_ERROR_WANT_WRITE:
                if (!wait(POLLOUT))
                    return -1;
                break;
            case SSL_ERROR_ZERO_RETURN:
                return 0;
            default:
                return blame();
            }
        }
    }

    bool in_time()
    {
        if (clock_mono_ms() < guard_->deadline_ms)
            return true;
        guard_->expired = true;
        errno = ETIMEDOUT;
        return false;
    }

    /* 0 as for a plain connection that was closed, or -1. The texts are
     * OpenSSL's own: nothing of them comes from the peer. */
    int blame()
    {
        unsigned long code = ERR_peek_error();
        int reason = code ? ERR_GET_REASON(code) : 0;
        const char *text = code ? ERR_reason_error_string(code) : NULL;

        if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING || code == 0) {
            if (code != 0 || errno == 0)
                text = "the peer closed the connection";
            else
                text = strerror(errno);
            fail(ERR_RETRY, text);
            return code != 0 || errno == 0 ? 0 : -1;
        }
        if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
            text = X509_verify_cert_error_string(SSL_get_verify_result(ssl_));
        fail(passing(reason) ? ERR_RETRY : ERR_REJECT,
             text ? text : "not TLS as we speak it");
        return -1;
    }

    /* Alerts of a peer in trouble, which say nothing against us. */
    static bool passing(int reason)
    {
        return reason == SSL_AD_REASON_OFFSET + SSL_AD_INTERNAL_ERROR ||
               reason == SSL_AD_REASON_OFFSET + SSL_AD_USER_CANCELLED;
    }

    void fail(enum err_code code, const char *text)
    {
        guard_->failure.code = ERR_NONE;
        err_set(&guard_->failure, code, "TLS: %s", text);
    }

    /* With TLS 1.3 a server looks at our certificate after our handshake is
     * done, and closes: why is still to be read. */
    void hear_alert()
    {
        char byte;
        ERR_clear_error();
        errno = 0;
        int got = SSL_peek(ssl_, &byte, 1);
        if (got <= 0 && SSL_get_error(ssl_, got) == SSL_ERROR_SSL)
            (void)blame();
    }

    template <typename Step> OFCondition handshake(Step step)
    {
        if (run([&] { return step(ssl_); }) <= 0) {
            if (!guard_->expired && guard_->failure.code == ERR_NONE)
                fail(ERR_RETRY, "the peer closed the connection");
            return refused();
        }
        open_ = true;
        if (!read_subject()) {
            fail(ERR_REJECT, "the subject of the peer's certificate is empty "
                             "or too long");
            return refused();
        }
        const char *wanted = guard_->wanted;
        if (wanted && wanted[0] && strcmp(wanted, guard_->subject) != 0) {
            guard_->failure.code = ERR_NONE;
            err_set(&guard_->failure, ERR_REJECT,
                    "TLS: the certificate is that of \"%s\", not of \"%s\"",
                    guard_->subject, wanted);
            return refused();
        }
        return EC_Normal;
    }

    OFCondition refused()
    {
        return makeDcmnetCondition(DULC_TLSERROR, OF_error, "TLS handshake");
    }

    bool read_subject()
    {
        X509 *peer = SSL_get0_peer_certificate(ssl_);
        BIO *text = peer ? BIO_new(BIO_s_mem()) : NULL;
        char *bytes = NULL;
        long n = 0;

        if (text && X509_NAME_print_ex(text, X509_get_subject_name(peer), 0,
                                       XN_FLAG_RFC2253) >= 0)
            n = BIO_get_mem_data(text, &bytes);
        bool fits = n > 0 && n < static_cast<long>(sizeof guard_->subject);
        if (fits) {
            memcpy(guard_->subject, bytes, static_cast<size_t>(n));
            guard_->subject[n] = '\0';
        }
        BIO_free(text);
        return fits;
    }

    SSL *ssl_;
    bool open_;
};

class GuardedLayer : public DcmTransportLayer
{
  public:
    explicit GuardedLayer(net_guard *guard) : guard_(guard)
    {
    }

    DcmTransportConnection *createConnection(DcmNativeSocketType fd,
                                             OFBool) override
    {
        if (guard_->tls == NULL)
            return new GuardedConnection(fd, guard_);
        SSL *ssl =
            SSL_new(static_cast<SSL_CTX *>(dcm_tls_context(guard_->tls)));
        return ssl ? new SecureConnection(fd, guard_, ssl) : NULL;
    }

  private:
    net_guard *guard_;
};
} // namespace

extern "C" bool net_install(void *dul_network, struct net_guard *guard,
                            struct err *err)
{
    try {
        DcmTransportLayer *layer = new GuardedLayer(guard);
        if (DUL_setTransportLayer(dul_network, layer, 1).bad()) {
            delete layer;
            return err_set(err, ERR_FATAL, "DCMTK refused the transport");
        }
        return true;
    } catch (const std::exception &e) {
        return err_set(err, ERR_RETRY, "network: %s", e.what());
    } catch (...) {
        return err_set(err, ERR_RETRY, "network: unknown C++ exception");
    }
}
