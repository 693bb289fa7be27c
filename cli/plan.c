/* Which processes make up the node. `run` starts them, `status` looks for
 * them; the systemd units in scripts/systemd say the same. */
#include "cli/plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "conf/mem.h"

struct plan_entry *plan_make(const struct conf *conf, size_t *n)
{
    int64_t slots = conf->node.inference.processes, slot;
    struct plan_entry *plan, *entry;
    size_t i;

    plan = mem_calloc(2 + (size_t)slots + conf->n_destinations, sizeof *plan);
    entry = plan;
    snprintf(entry->name, sizeof entry->name, "keeper");
    entry++->program = "osteon-keeper";
    snprintf(entry->name, sizeof entry->name, "scp");
    entry++->program = "osteon-scp";
    for (slot = 1; slot <= slots; slot++) {
        snprintf(entry->name, sizeof entry->name, "infer.%" PRId64, slot);
        snprintf(entry->arguments[0], CONF_NAME, "--slot");
        snprintf(entry->arguments[1], CONF_NAME, "%" PRId64, slot);
        entry++->program = "osteon-infer";
    }
    for (i = 0; i < conf->n_destinations; i++) {
        snprintf(entry->name, sizeof entry->name, "scu.%s",
                 conf->destinations[i].name);
        snprintf(entry->arguments[0], CONF_NAME, "%s",
                 conf->destinations[i].name);
        entry++->program = "osteon-scu";
    }
    *n = (size_t)(entry - plan);
    return plan;
}
