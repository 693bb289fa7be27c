#ifndef CONF_LOG_H
#define CONF_LOG_H

#include <stdint.h>

/* One event per line on stderr, key=value, one write(2) below 4096 bytes so
 * that forked children never interleave:
 *
 *   ts=2026-05-01T10:00:00.123Z level=info prog=osteon-infer pid=812 \
 *   event=job.done job=42 stage=analyse ms=812
 *
 * Event names are noun.verb and listed in docs/ARCHITECTURE.md. No patient
 * data and no study UID: study= is its key (db/study_key.h), and an id of ours
 * (job=, object=) finds the rest with
 * `osteon show`. String values are quoted, control and non-UTF-8 bytes
 * escaped as \xNN, at most 256 bytes each. */
enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

struct kv {
    const char *key; /* NULL ends the list */
    const char *str; /* NULL: the value is num */
    int64_t num;
};

#define KV_STR(k, v) ((struct kv){.key = (k), .str = (v)})
#define KV_INT(k, v) ((struct kv){.key = (k), .num = (int64_t)(v)})
#define KV_END       ((struct kv){.key = 0})

void log_start(const char *program); /* call once in main */
const char *log_program(void);
void log_event(enum log_level level, const char *event,
               const struct kv *fields);

#define LOG_AT(level, event, ...)                                              \
    log_event(level, event, (const struct kv[]){__VA_ARGS__, KV_END})
#define log_info(event, ...)  LOG_AT(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_warn(event, ...)  LOG_AT(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_error(event, ...) LOG_AT(LOG_LEVEL_ERROR, event, __VA_ARGS__)

#endif
