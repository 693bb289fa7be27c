/* One table from status to deed. A status that is missing here is a refusal:
 * sending the same bytes again to a destination that answered clearly would
 * only fill its log. */
#include "scu/outcome.h"

struct row {
    uint16_t first, last;
    enum outcome outcome;
    const char *text;
};

/* PS3.4 B.2.3, PS3.7 C.4 and C.5; the first row that fits. 0213 and 0110
 * come from overloaded peers; 0112 is what PS3.2 prints for 0122. */
static const struct row rows[] = {
    {0x0000, 0x0000, OUTCOME_DELIVERED, "success"},
    {0x0111, 0x0111, OUTCOME_DELIVERED, "already there"},
    {0xB000, 0xB000, OUTCOME_WARNING, "data elements were coerced"},
    {0xB006, 0xB006, OUTCOME_WARNING, "data elements were discarded"},
    {0xB007, 0xB007, OUTCOME_WARNING,
     "data set does not match the SOP class, stored"},
    {0xA700, 0xA7FF, OUTCOME_RETRY, "out of resources"},
    {0x0110, 0x0110, OUTCOME_RETRY, "processing failure"},
    {0x0213, 0x0213, OUTCOME_RETRY, "resource limitation"},
    {0x0112, 0x0112, OUTCOME_REJECT, "no such SOP instance"},
    {0x0117, 0x0117, OUTCOME_REJECT, "invalid SOP instance"},
    {0x0122, 0x0122, OUTCOME_REJECT, "SOP class not supported"},
    {0x0124, 0x0124, OUTCOME_REJECT, "not authorized"},
    {0xA900, 0xA9FF, OUTCOME_REJECT, "data set does not match the SOP class"},
    {0xC000, 0xCFFF, OUTCOME_REJECT, "cannot understand"},
    {0x0000, 0xFFFF, OUTCOME_REJECT, "failure"}};

static const struct row *find(uint16_t status)
{
    const struct row *row = rows;

    while (status < row->first || status > row->last)
        row++;
    return row;
}

enum outcome outcome_of(uint16_t status)
{
    return find(status)->outcome;
}

const char *outcome_text(uint16_t status)
{
    return find(status)->text;
}
