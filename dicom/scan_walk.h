#ifndef DICOM_SCAN_WALK_H
#define DICOM_SCAN_WALK_H

#include "dicom/scan_reader.h"

/* One pass over the structure of a data set (PS3.5 7), as a row of events. */
enum scan_event {
    SCAN_ELEMENT,      /* has a value of `length` bytes */
    SCAN_SEQUENCE,     /* items follow */
    SCAN_SEQUENCE_END, /* of what SCAN_SEQUENCE announced */
    SCAN_ITEM,
    SCAN_ITEM_END,
    SCAN_FRAGMENTS, /* encapsulated PixelData: fragments follow (PS3.5 A.4) */
    SCAN_FRAGMENT,  /* has a value of `length` bytes */
    SCAN_FRAGMENTS_END
};

struct scan_element {
    uint32_t tag; /* group << 16 | element */
    char vr[3];   /* "" in implicit VR */
    bool big;     /* byte order of the value */
    uint32_t length;
    int depth;      /* sequences around it; 0: top level */
    int64_t offset; /* of the value */
    unsigned char header[12];
    size_t n_header;
};

#define SCAN_PIXEL_DATA 0x7FE00010U

/* Reads from `reader` at most the value of a SCAN_ELEMENT or SCAN_FRAGMENT;
 * the walker skips what is left of it. At an _END only depth is valid. */
typedef bool scan_see(void *ctx, enum scan_event event,
                      const struct scan_element *element,
                      struct scan_reader *reader, struct err *err);

struct scan_syntax {
    bool implicit, big, deflated;
};

/* How the data set itself is encoded; what is unknown is explicit VR little
 * endian, as every encapsulated syntax (PS3.5 A.4). */
struct scan_syntax scan_syntax_of(const char *uid);

bool scan_walk(struct scan_reader *reader, struct scan_syntax syntax,
               const struct scan_limits *limits, scan_see *see, void *ctx,
               struct err *err);

uint16_t scan_u16(const unsigned char *bytes, bool big);
uint32_t scan_u32(const unsigned char *bytes, bool big);

#endif
