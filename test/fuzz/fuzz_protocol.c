/* What the sandboxed half may say to osteon-infer, and the other way round:
 * heads that lie about kind and length, and bodies cut short. */
#include <sys/socket.h>

#include "conf/clock.h"
#include "inference/protocol.h"
#include "test/fuzz/fuzz.h"

static void take(int socket, const struct protocol_message *message)
{
    unsigned char room[256];
    struct err err = {0};
    uint32_t rows, columns;

    switch (message->kind) {
    case PROTOCOL_FAULT:
        /* comes out terminated and printable, whatever was sent */
        for (const char *at = message->body.fault.text; *at; at++)
            if (*at < ' ' || *at > '~')
                abort();
        break;
    case PROTOCOL_RUN:
        protocol_picture_size(
            message->body.run.source_rows, message->body.run.source_columns,
            message->body.run.picture_pixels, &rows, &columns);
        break;
    case PROTOCOL_RESULT:
        (void)protocol_read(socket, room, sizeof room, clock_mono_ms(), &err);
        break;
    case PROTOCOL_LOAD:
    case PROTOCOL_LOADED:
        break;
    default:
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct protocol_message message;
    int ends[2];

    if (n > 65536 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return 0;
    if (send(ends[0], bytes, n, MSG_DONTWAIT) == (ssize_t)n) {
        shutdown(ends[0], SHUT_WR);
        for (;;) {
            struct err err = {0};

            if (!protocol_receive(ends[1], n % 2 == 0, PROTOCOL_FOREVER,
                                  &message, &err))
                break;
            if (message.fd >= 0)
                abort(); /* no file was sent */
            take(ends[1], &message);
        }
    }
    close(ends[0]);
    close(ends[1]);
    return 0;
}
