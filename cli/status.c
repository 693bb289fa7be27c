/* `osteon status`: one look that tells whether somebody has to do something.
 * What needs a person (DEAD, HELD, a process that is not there, space) is
 * highlighted and summed up in the last lines. */
#include "cli/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"

static const char usage[] =
    "usage: osteon status [-c FILE] [--state DIR] [--json]\n\n"
    "Queue per model and destination, destinations, processes, "
    "space.\n\n" CLI_OPTIONS CLI_JSON CLI_HELP;

static enum table_tone tone_of(enum job_state state, int64_t count)
{
    if (count == 0)
        return TABLE_PLAIN;
    if (state == JOB_DEAD)
        return TABLE_BAD;
    return state == JOB_HELD ? TABLE_WARN : TABLE_PLAIN;
}

static void print_queue(const struct status *status)
{
    static const enum job_state states[] = {JOB_QUEUED, JOB_BUSY, JOB_HELD,
                                            JOB_DEAD, JOB_DONE};
    static const char *const titles[] = {"STAGE", "FOR",  "QUEUED", "BUSY",
                                         "HELD",  "DEAD", "DONE",   "OLDEST"};
    struct status_queue *queues;
    struct table *table;
    char age[TEXT_TIME];
    size_t n, i, j;

    if (!status->started) {
        printf("no database at %s: the node has not run yet\n",
               status->conf->node.database);
        return;
    }
    queues = status_queues(status->counts, status->n_counts, &n);
    if (n == 0)
        puts("the queue is empty");
    table = table_new(8, "  rrrrrr");
    for (i = 0; n > 0 && i < 8; i++)
        table_cell(table, TABLE_BOLD, "%s", titles[i]);
    for (i = 0; i < n; i++) {
        table_cell(table, TABLE_PLAIN, "%s", job_stage_name(queues[i].stage));
        table_cell(table, TABLE_PLAIN, "%s", queues[i].key);
        for (j = 0; j < 5; j++) {
            int64_t count = queues[i].counts[states[j]];

            table_cell(table, tone_of(states[j], count), "%" PRId64 "%s", count,
                       count > 0 && states[j] == JOB_DEAD &&
                               queues[i].stage == JOB_ANALYSE
                           ? " manual"
                           : "");
        }
        table_cell(
            table, TABLE_PLAIN, "%s",
            queues[i].oldest_ms
                ? text_duration(age, status->now_ms > queues[i].oldest_ms
                                         ? status->now_ms - queues[i].oldest_ms
                                         : 0)
                : "-");
    }
    table_print(table, stdout);
    free(queues);
}

static void print_processes(const struct status *status)
{
    struct table *table = table_new(4, "   ");
    size_t i;

    table_cell(table, TABLE_BOLD, "PROCESS");
    table_cell(table, TABLE_BOLD, "PROGRAM");
    table_cell(table, TABLE_BOLD, "STATE");
    table_cell(table, TABLE_BOLD, "PID");
    for (i = 0; i < status->n_processes; i++) {
        const struct status_process *process = &status->processes[i];

        table_cell(table, TABLE_PLAIN, "%s", process->name);
        table_cell(table, TABLE_PLAIN, "%s", process->program);
        table_cell(table, process->alive ? TABLE_GOOD : TABLE_BAD, "%s",
                   process->alive ? "running" : "not running");
        if (process->pid > 0)
            table_cell(table, TABLE_PLAIN, "%d", (int)process->pid);
        else
            table_cell(table, TABLE_PLAIN, "-");
    }
    putchar('\n');
    table_print(table, stdout);
}

static void print_space(const struct status *status)
{
    const struct status_space *space = &status->space;
    char a[TEXT_TIME], b[TEXT_TIME], c[TEXT_TIME];
    enum table_tone tone = TABLE_PLAIN;

    if (space->total_bytes > 0) {
        if (space->free_bytes < space->limit_bytes)
            tone = TABLE_BAD;
        printf("\nspool     %s: %s%s free of %s%s, refuses below %s\n",
               status->conf->node.spool, table_tone(stdout, tone),
               text_bytes(a, space->free_bytes),
               text_bytes(b, space->total_bytes), table_tone_end(stdout, tone),
               text_bytes(c, space->limit_bytes));
    } else {
        printf("\nspool     %s: does not exist yet\n",
               status->conf->node.spool);
    }
    if (status->started)
        printf("database  %s: %s, write-ahead log %s\n",
               status->conf->node.database,
               text_bytes(a, space->database_bytes),
               text_bytes(b, space->wal_bytes));
}

/* What a person has to look at. */
static void print_advice(const struct status *status)
{
    int64_t manual = 0, dead = 0, held = 0;
    size_t i;

    for (i = 0; i < status->n_counts; i++) {
        if (status->counts[i].state == JOB_DEAD)
            *(status->counts[i].stage == JOB_ANALYSE ? &manual : &dead) +=
                status->counts[i].count;
        if (status->counts[i].state == JOB_HELD)
            held += status->counts[i].count;
    }
    if (manual > 0)
        printf("\n%s%" PRId64 " manual%s: not analysed, read as without AI; "
               "osteon show says why; osteon retry JOB tries again\n",
               table_tone(stdout, TABLE_BAD), manual,
               table_tone_end(stdout, TABLE_BAD));
    if (dead > 0)
        printf("\n%s%" PRId64 " dead%s: osteon show says why; osteon retry "
               "JOB tries again\n",
               table_tone(stdout, TABLE_BAD), dead,
               table_tone_end(stdout, TABLE_BAD));
    if (held > 0)
        printf("\n%s%" PRId64 " held%s: osteon show lists them; osteon release "
               "JOB lets them go\n",
               table_tone(stdout, TABLE_WARN), held,
               table_tone_end(stdout, TABLE_WARN));
}

static json_t *queue_json(const struct status *status)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < status->n_counts; i++) {
        const struct report_count *count = &status->counts[i];
        int64_t age_ms = status->now_ms - count->oldest_ms;

        if (count->count == 0)
            continue;
        json_line_append(
            list, json_pack("{s:s,s:o,s:s,s:I,s:o,s:I}", "stage",
                            job_stage_name(count->stage), "key",
                            json_line_text(count->key), "state",
                            job_state_name(count->state), "count",
                            (json_int_t)count->count, "oldest",
                            text_utc(count->oldest_ms), "oldest_s",
                            (json_int_t)(age_ms > 0 ? age_ms / 1000 : 0)));
    }
    return list;
}

static json_t *processes_json(const struct status *status)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < status->n_processes; i++) {
        const struct status_process *process = &status->processes[i];

        json_line_append(list,
                         json_pack("{s:o,s:o,s:b,s:o}", "name",
                                   json_line_text(process->name), "program",
                                   json_line_text(process->program), "alive",
                                   process->alive, "pid",
                                   process->pid > 0 ? json_integer(process->pid)
                                                    : json_null()));
    }
    return list;
}

static json_t *space_json(const struct status *status)
{
    const struct status_space *space = &status->space;

    return json_pack("{s:o,s:I,s:I,s:I,s:I}", "spool",
                     json_line_text(status->conf->node.spool), "free_bytes",
                     (json_int_t)space->free_bytes, "total_bytes",
                     (json_int_t)space->total_bytes, "limit_bytes",
                     (json_int_t)space->limit_bytes, "free_files",
                     (json_int_t)space->free_files);
}

static json_t *database_json(const struct status *status)
{
    return json_pack("{s:o,s:b,s:I,s:I}", "path",
                     json_line_text(status->conf->node.database), "exists",
                     status->started, "bytes",
                     (json_int_t)status->space.database_bytes, "wal_bytes",
                     (json_int_t)status->space.wal_bytes);
}

static void print_json(const struct status *status)
{
    json_line_print(json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "time", text_utc(status->now_ms),
        "queue", queue_json(status), "destinations",
        status_destinations_json(status), "processes", processes_json(status),
        "space", space_json(status), "database", database_json(status),
        "storage", status_storage_json(&status->storage)));
}

int status_command(int argc, char **argv)
{
    struct cli_args args;
    struct status status;
    struct err err = {0};
    struct conf *conf;
    bool good;

    cli_parse(argc, argv, usage, true, NULL, &args);
    if (args.n_operands > 0)
        return cli_usage(usage, "unknown argument %s", args.operands[0]);
    conf = cli_conf(&args);
    if (!conf)
        return CONF_EXIT;
    good = status_gather(conf, &status, &err);
    if (!good) {
        cli_fail(CLI_FAILED, "%s", err.msg);
    } else if (args.json) {
        print_json(&status);
    } else {
        print_queue(&status);
        status_print_destinations(&status);
        print_processes(&status);
        print_space(&status);
        print_advice(&status);
        status_storage_print(&status.storage);
    }
    status_free(&status);
    conf_free(conf);
    return good ? CLI_DONE : CLI_FAILED;
}
