#ifndef SR_WRITER_HEAD_H
#define SR_WRITER_HEAD_H

#include "sr_writer/sources.h"

/* The modules every result object shares: patient and study as the source has
 * them, our own equipment, times and UIDs, and the model in the Contributing
 * Equipment (IHE AIR 6.5.3.1). */
struct head {
    const char *sop_class;
    const char *uid_kind; /* "SR", "SR3D", "SC", "NOTE": see uids.h */
    const char *modality;
    const char *series_kind;  /* one series for each of these */
    const char *series_words; /* behind "AI <model> <version> " */
    int64_t series_number, instance_number;
    size_t index; /* among the objects of this kind */
};

/* Patient and study are those of the first source. */
bool head_write(struct dcm *set, const struct head *head,
                const struct result_request *request,
                const struct sources *sources, struct err *err);

/* dcm_set() of a text of ours in ASCII, or of a number. */
bool head_text(struct dcm *set, const char *path, const char *text,
               struct err *err);
bool head_number(struct dcm *set, const char *path, int64_t number,
                 struct err *err);
bool head_code(struct dcm *set, const char *sequence, const char *value,
               const char *scheme, const char *meaning, struct err *err);

/* Encodes the finished set, in UTF-8 when the options say so. */
bool head_encode(struct dcm *set, const struct result_request *request,
                 struct result *out, struct err *err);

#endif
