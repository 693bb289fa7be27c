/* The one word for a side and for a calibration, and the way to a change,
 * shared by those who find and those who write. */
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

const char *calibration_name(enum calibration calibration)
{
    static const char *const names[] = {
        [CALIBRATION_NONE] = "none",
        [CALIBRATION_DETECTOR] = "detector",
        [CALIBRATION_MAGNIFIED] = "magnified",
        [CALIBRATION_OBJECT] = "object",
        [CALIBRATION_DEVICE] = "device",
        [CALIBRATION_BALL] = "ball",
    };

    return names[calibration];
}

const struct change *findings_change(const struct findings *findings, size_t i)
{
    for (size_t k = 0; k < findings->n_changes && k < FINDINGS_CHANGES; k++)
        if (findings->changes[k].measurement == i)
            return &findings->changes[k];
    return NULL;
}

bool change_compared(const struct change *change)
{
    bool told = change->kind == CHANGE_STABLE ||
                change->kind == CHANGE_INCREASED ||
                change->kind == CHANGE_DECREASED;

    return told && change->prior < change->n_earlier &&
           change->n_earlier <= FINDINGS_EARLIER;
}
