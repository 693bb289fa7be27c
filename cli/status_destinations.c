/* The destinations in `osteon status`: as their osteon-scu found them. One
 * that is down heals by itself; one that is parked waits for a person. */
#include <stdio.h>
#include <string.h>

#include "cli/status.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/json_line.h"

static const struct destination_state *find(const struct status *status,
                                            const char *name)
{
    size_t i;

    for (i = 0; i < status->n_destinations; i++)
        if (strcmp(status->destinations[i].name, name) == 0)
            return &status->destinations[i];
    return NULL;
}

static enum table_tone tone_of(const char *state)
{
    if (strcmp(state, "up") == 0)
        return TABLE_GOOD;
    return strcmp(state, "parked") == 0 ? TABLE_BAD : TABLE_WARN;
}

static void add_row(struct table *table, const struct status *status,
                    const char *name)
{
    const struct destination_state *found = find(status, name);
    char age[TEXT_TIME], why[sizeof found->why];

    table_cell(table, TABLE_PLAIN, "%s", name);
    if (found == NULL) {
        table_cell(table, TABLE_PLAIN, "not tried yet");
        table_cell(table, TABLE_PLAIN, "-");
        table_cell(table, TABLE_PLAIN, " ");
        return;
    }
    text_printable(why, sizeof why, found->why);
    table_cell(table, tone_of(found->state), "%s", found->state);
    table_cell(table, TABLE_PLAIN, "%s",
               text_duration(age, status->now_ms > found->since_ms
                                      ? status->now_ms - found->since_ms
                                      : 0));
    table_cell(table, TABLE_PLAIN, "%s", why[0] ? why : " ");
}

void status_print_destinations(const struct status *status)
{
    const struct conf *conf = status->conf;
    struct table *table;
    size_t i;

    if (conf->n_destinations == 0 || !status->started)
        return;
    table = table_new(4, "  r ");
    table_cell(table, TABLE_BOLD, "DESTINATION");
    table_cell(table, TABLE_BOLD, "STATE");
    table_cell(table, TABLE_BOLD, "FOR");
    table_cell(table, TABLE_BOLD, "REASON");
    for (i = 0; i < conf->n_destinations; i++)
        add_row(table, status, conf->destinations[i].name);
    putchar('\n');
    table_print(table, stdout);
}

json_t *status_destinations_json(const struct status *status)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < status->conf->n_destinations; i++) {
        const char *name = status->conf->destinations[i].name;
        const struct destination_state *found = find(status, name);

        json_line_append(
            list, json_pack("{s:o,s:s,s:o,s:o}", "name", json_line_text(name),
                            "state", found ? found->state : "unknown", "since",
                            text_utc(found ? found->since_ms : 0), "reason",
                            json_line_text(found ? found->why : "")));
    }
    return list;
}
