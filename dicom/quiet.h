#ifndef DICOM_QUIET_H
#define DICOM_QUIET_H

#ifdef __cplusplus
extern "C" {
#endif

/* Turns DCMTK's own log off: its messages quote attribute values, and patient
 * data must not reach stderr. Every entry point of dicom/ that touches DCMTK
 * calls this first; only the first call of a process does something. */
void dicom_quiet(void);

#ifdef __cplusplus
}
#endif
#endif
