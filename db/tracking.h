#ifndef DB_TRACKING_H
#define DB_TRACKING_H

#include "db/findings.h"

/* Who and what a measurement is followed by. Reports and the history have the
 * same tracking UIDs because both come from here. */

/* "issuer|PatientID", as the image has them. Without a PatientID nobody can be
 * followed: the study takes the person's place, and two such people are never
 * one. */
#define TRACKING_PERSON 160
void tracking_person(char out[static TRACKING_PERSON], const char *issuer,
                     const char *patient_id, const char *study_uid);

/* HMAC-SHA-256(node secret, person): leads to nobody without the secret. */
void tracking_key(char out[static 65], const char *secret, const char *person);

/* The same for the same measure of the same person in every study, without
 * telling who that is. ordinal: 1, 2, … */
void tracking_uid(char out[static 65], const char *secret, const char *person,
                  const char *id, const char *site, enum side side,
                  size_t ordinal);

/* 1 for the first measurement of its id, side and site. */
size_t tracking_ordinal(const struct findings *findings, size_t i);

#endif
