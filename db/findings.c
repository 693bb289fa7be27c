/* The one word for a side, shared by those who find and those who write. */
#include "db/findings.h"

const char *side_name(enum side side)
{
    switch (side) {
    case SIDE_NONE:
        return "";
    case SIDE_RIGHT:
        return "right";
    case SIDE_LEFT:
        return "left";
    }
    return "";
}
