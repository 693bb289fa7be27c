/* What this machine allows a durable receiver: the same bytes over loopback, a
 * file synced under its final name, its folder synced, one row committed, then
 * an answer of one byte. No DICOM, no digest, no checks.
 *
 *   limit serve FOLDER        prints its port, serves until it is ended
 *   limit send PORT FILE...   the sender that goes with it: one connection
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (256 * 1024)

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static bool read_all(int fd, void *bytes, size_t n)
{
    char *at = bytes;

    while (n > 0) {
        ssize_t got = read(fd, at, n);
        if (got <= 0)
            return false;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static void write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t put = write(fd, at, n);
        must(put > 0, "write");
        at += put;
        n -= (size_t)put;
    }
}

static sqlite3_stmt *open_rows(sqlite3 **db)
{
    sqlite3_stmt *insert = NULL;

    must(sqlite3_open("rows.db", db) == SQLITE_OK, "rows.db");
    sqlite3_busy_timeout(*db, 10000);
    must(sqlite3_exec(*db,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                      "CREATE TABLE IF NOT EXISTS object(path TEXT, bytes INT)",
                      NULL, NULL, NULL) == SQLITE_OK,
         "rows.db");
    must(sqlite3_prepare_v2(*db, "INSERT INTO object VALUES(?,?)", -1, &insert,
                            NULL) == SQLITE_OK,
         "rows.db");
    return insert;
}

static void store(int from, uint64_t length, const char *name, int folder,
                  sqlite3_stmt *insert)
{
    static char buffer[CHUNK];
    char unfinished[64];
    uint64_t left = length;
    int fd;

    snprintf(unfinished, sizeof unfinished, "%s.tmp", name);
    fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL, 0600);
    must(fd >= 0, unfinished);
    while (left > 0) {
        size_t n = left < CHUNK ? (size_t)left : CHUNK;
        if (!read_all(from, buffer, n))
            exit(0);
        write_all(fd, buffer, n);
        left -= n;
    }
    must(fsync(fd) == 0 && close(fd) == 0, "fsync");
    must(rename(unfinished, name) == 0 && fsync(folder) == 0, "rename");
    sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 2, (sqlite3_int64)length);
    must(sqlite3_step(insert) == SQLITE_DONE, "insert");
    sqlite3_reset(insert);
}

_Noreturn static void serve_one(int from)
{
    int folder = open(".", O_RDONLY | O_DIRECTORY), on = 1;
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = open_rows(&db);
    uint64_t length;
    char name[48];

    setsockopt(from, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (int count = 0; read_all(from, &length, sizeof length); count++) {
        snprintf(name, sizeof name, "%d-%d", (int)getpid(), count);
        store(from, length, name, folder, insert);
        write_all(from, "", 1);
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    exit(0);
}

static int serve(const char *folder)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int door = socket(AF_INET, SOCK_STREAM, 0);
    sqlite3 *db = NULL;

    must(chdir(folder) == 0, folder);
    sqlite3_finalize(open_rows(&db));
    sqlite3_close(db);
    signal(SIGCHLD, SIG_IGN);
    must(bind(door, (struct sockaddr *)&address, size) == 0 &&
             listen(door, 128) == 0 &&
             getsockname(door, (struct sockaddr *)&address, &size) == 0,
         "listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int from = accept(door, NULL, NULL);
        if (from >= 0 && fork() == 0)
            serve_one(from);
        close(from);
    }
}

static int send_files(int port, char **files)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int to = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    char answer;

    must(connect(to, (struct sockaddr *)&address, sizeof address) == 0,
         "connect");
    setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (; *files; files++) {
        int fd = open(*files, O_RDONLY);
        struct stat st;
        uint64_t length;

        must(fd >= 0 && fstat(fd, &st) == 0, *files);
        length = (uint64_t)st.st_size;
        write_all(to, &length, sizeof length);
        for (off_t done = 0; done < st.st_size;)
            must(sendfile(to, fd, &done, (size_t)(st.st_size - done)) > 0,
                 *files);
        close(fd);
        must(read_all(to, &answer, 1), "no answer");
    }
    close(to);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2]);
    if (argc > 3 && strcmp(argv[1], "send") == 0)
        return send_files(atoi(argv[2]), argv + 3);
    fprintf(stderr, "usage: limit serve FOLDER | limit send PORT FILE...\n");
    return 2;
}
