#include "inference/seen.h"

#include <stdlib.h>
#include <string.h>

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    for (size_t i = 0; i < seen->n_masks; i++)
        free(seen->masks[i].labels);
    memset(seen, 0, sizeof *seen);
}
