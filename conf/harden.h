#ifndef CONF_HARDEN_H
#define CONF_HARDEN_H

/* For programs that handle images: no core file and no debugger of the same
 * user gets their memory, which holds patients. Once, at the start of main().
 */
void harden(void);

#endif
