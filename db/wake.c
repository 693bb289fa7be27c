/* With polling alone a study waited 25 ms for osteon-infer and its report as
 * long for osteon-scu, in the middle. */
#include "db/wake.h"

#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "conf/clock.h"
#include "db/sql.h"

#define POLL_MS   50
#define LIVELY_MS 2

void wake_open(struct wake *wake, struct db *db)
{
    char log[4096];

    *wake = (struct wake){.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    snprintf(log, sizeof log, "%s-wal",
             sqlite3_db_filename(db->handle, "main"));
    if (wake->fd >= 0 && inotify_add_watch(wake->fd, log, IN_MODIFY) < 0)
        wake_close(wake);
}

/* Takes what the kernel has to say, that it may say it anew. */
static bool told(const struct wake *wake)
{
    char events[4096];
    bool any = false;

    while (read(wake->fd, events, sizeof events) > 0)
        any = true;
    return any;
}

void wake_rest(struct wake *wake)
{
    bool lively = clock_mono_ms() < wake->lively_ms;
    struct pollfd at = {.fd = wake->fd, .events = POLLIN};

    if (wake->fd < 0)
        clock_sleep_ms(POLL_MS);
    else if (lively)
        clock_sleep_ms(LIVELY_MS);
    else
        (void)poll(&at, 1, POLL_MS);
    if (wake->fd >= 0 && told(wake))
        wake->lively_ms = clock_mono_ms() + POLL_MS;
}

void wake_close(struct wake *wake)
{
    if (wake->fd >= 0)
        close(wake->fd);
    wake->fd = -1;
}
