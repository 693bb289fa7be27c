/* Callers are allowed and counted by address. DCMTK keeps four bytes of it,
 * which are wrong for IPv6, so the socket is asked. Destinations are named by
 * host, and what DCMTK does with a name is not enough either. */
#include "dicom/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void address_of_peer(int fd, char out[64])
{
    static const char mapped[] = "::ffff:"; /* RFC 4291 2.5.5.2 */
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    char text[NI_MAXHOST];
    const char *start = text;

    snprintf(out, 64, "unknown");
    if (getpeername(fd, (struct sockaddr *)&from, &size) != 0 ||
        getnameinfo((struct sockaddr *)&from, size, text, sizeof text, NULL, 0,
                    NI_NUMERICHOST) != 0)
        return;
    text[strcspn(text, "%")] = '\0'; /* the scope of a link-local address */
    if (strncmp(text, mapped, sizeof mapped - 1) == 0 && strchr(text, '.'))
        start += sizeof mapped - 1;
    snprintf(out, 64, "%.63s", start);
}

bool address_resolve(const char *host, int port, char out[64], struct err *err)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char text[INET_ADDRSTRLEN];
    int rc = getaddrinfo(host, NULL, &hints, &found);

    if (rc != 0)
        return err_set(err, ERR_RETRY, "host %s: no IPv4 address: %s", host,
                       gai_strerror(rc));
    rc = getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, NULL,
                     0, NI_NUMERICHOST);
    freeaddrinfo(found);
    if (rc != 0)
        return err_set(err, ERR_RETRY, "host %s: %s", host, gai_strerror(rc));
    snprintf(out, 64, "%s:%d", text, port);
    return true;
}
