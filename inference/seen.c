/* Whatever networks said of an image, until the next one. */
#include "inference/seen.h"

#include <stdlib.h>
#include <string.h>

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    for (size_t i = 0; i < seen->n_masks; i++) {
        free(seen->masks[i].labels);
        free(seen->masks[i].probability);
    }
    memset(seen, 0, sizeof *seen);
}
