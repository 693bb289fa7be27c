/* A TorchScript file is a program: on libtorch 1.13 one could read, overwrite
 * and create files, and ran code while it was being loaded. The digest says
 * that it is the file the admin installed; this says what it can do should
 * that trust be misplaced, or a codec have a hole. Landlock (Linux 5.13) takes
 * the files, seccomp(2) the network, other processes and writing, a namespace
 * the network once more, limits the rest. A kernel without Landlock still gets
 * the others, and then files can be read: it is said where a model is loaded.
 */
#include "inference/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "sandbox.c: name this machine's AUDIT_ARCH"
#endif

#define READ                                                                   \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |              \
     LANDLOCK_ACCESS_FS_EXECUTE)
#define EVERYTHING     ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) /* first ABI */
#define FILES_MOST     256
#define MEMORY_PART(n) ((n) / 4 * 3)     /* of the machine's */
#define LIBRARIES      ((rlim_t)4 << 30) /* mapped, and hardly touched */

/* How osteon-model learns what was done before it was started. */
#define NETWORK_LEFT "OSTEON_NETWORK_LEFT"

#ifdef __SANITIZE_ADDRESS__ /* which maps terabytes for its shadow */
#define MEMORY_BOUND false
#else
#define MEMORY_BOUND true
#endif

static bool failed(struct err *err, const char *what)
{
    return err_set(err, ERR_FATAL, "the sandbox cannot be set up: %s: %s", what,
                   strerror(errno));
}

static bool allow(int rules, const char *path, uint64_t access)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT; /* nothing there to allow */
    struct landlock_path_beneath_attr beneath = {.allowed_access = access,
                                                 .parent_fd = fd};
    long status = syscall(SYS_landlock_add_rule, rules,
                          LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    close(fd);
    return status == 0;
}

static bool allow_paths(int rules, bool gpu)
{
    static const char *const trees[] = {"/usr",
                                        "/lib",
                                        "/lib64",
                                        "/etc/alternatives",
                                        "/sys/devices/system",
                                        "/proc/self"};
    static const char *const files[] = {"/etc/ld.so.cache", "/proc/cpuinfo"};
    static const char *const gpu_trees[] = {"/opt", "/sys", "/proc"};
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        if (!allow(rules, trees[i], READ))
            return false;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (!allow(rules, files[i], LANDLOCK_ACCESS_FS_READ_FILE))
            return false;
    }
    for (size_t i = 0; gpu && i < sizeof gpu_trees / sizeof gpu_trees[0]; i++) {
        if (!allow(rules, gpu_trees[i], READ))
            return false;
    }
    return !gpu || allow(rules, "/dev", READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
}

static bool restrict_files(bool gpu, uint32_t *layers, struct err *err)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = EVERYTHING};
    int rules =
        (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
        return true;
    bool ok = rules >= 0 && allow_paths(rules, gpu) &&
              syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (ok)
        *layers |= SANDBOX_LANDLOCK;
    else
        failed(err, "landlock");
    if (rules >= 0)
        close(rules);
    return ok;
}

/* Refused with EPERM, so that a library which merely tries goes on. */
static const uint32_t refused[] = {
    SYS_socket,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kill,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_pidfd_open,
    SYS_pidfd_send_signal,
    SYS_pidfd_getfd,
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_umount2,
    SYS_chroot,
    SYS_pivot_root,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_utimensat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_truncate,
    SYS_ftruncate,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_linkat,
    SYS_symlinkat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_shmget,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_open_by_handle_at,
    SYS_setrlimit,
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_creat,
    SYS_unlink,
    SYS_rename,
    SYS_link,
    SYS_symlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_mknod,
#endif
};
#define REFUSED (sizeof refused / sizeof refused[0])

#define LOAD(field)                                                            \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUAL(value, yes, no)                                                  \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define DENY           RETURN(SECCOMP_RET_ERRNO | EPERM)

#define WRITES      (O_ACCMODE | O_CREAT | O_TRUNC)
#define WRITE_RULES 12

/* Opening a file for more than reading; a GPU's device files need it. */
static size_t refuse_writes(struct sock_filter *program)
{
    const struct sock_filter rules[] = {
        /* hides its flags in memory; the C library does not use it */
        EQUAL(SYS_openat2, 0, 1),
        RETURN(SECCOMP_RET_ERRNO | ENOSYS),
        EQUAL(SYS_openat, 0, 4),
        LOAD(args[2]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITES, 1, 0),
        RETURN(SECCOMP_RET_ALLOW),
        DENY,
#ifdef SYS_open
        EQUAL(SYS_open, 0, 4),
        LOAD(args[1]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITES, 1, 0),
        RETURN(SECCOMP_RET_ALLOW),
        DENY,
#endif
    };
    _Static_assert(sizeof rules / sizeof rules[0] <= WRITE_RULES, "room");
    memcpy(program, rules, sizeof rules);
    return sizeof rules / sizeof rules[0];
}

/* The low half of an argument holds every value looked at here. */
static bool restrict_calls(bool gpu, struct err *err)
{
    const struct sock_filter head[] = {
        LOAD(arch),
        EQUAL(ARCHITECTURE, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        /* x32 calls have other numbers */
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        DENY,
        /* threads yes, processes no; clone3 hides its flags in memory, and
         * the C library falls back to clone */
        EQUAL(SYS_clone3, 0, 1),
        RETURN(SECCOMP_RET_ERRNO | ENOSYS),
        EQUAL(SYS_clone, 0, 4),
        LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
        RETURN(SECCOMP_RET_ALLOW),
        DENY,
        /* abort() signals itself */
        EQUAL(SYS_tgkill, 0, 4),
        LOAD(args[0]),
        EQUAL((uint32_t)getpid(), 0, 1),
        RETURN(SECCOMP_RET_ALLOW),
        DENY,
        /* own limits only, and the hard ones stand */
        EQUAL(SYS_prlimit64, 0, 4),
        LOAD(args[0]),
        EQUAL(0, 0, 1),
        RETURN(SECCOMP_RET_ALLOW),
        DENY,
    };
    enum { HEAD = sizeof head / sizeof head[0] };
    struct sock_filter program[HEAD + WRITE_RULES + REFUSED * 2 + 1];
    size_t n = HEAD;
    memcpy(program, head, sizeof head);
    n += gpu ? 0 : refuse_writes(program + n);
    for (size_t i = 0; i < REFUSED; i++) {
        program[n++] = (struct sock_filter)EQUAL(refused[i], 0, 1);
        program[n++] = (struct sock_filter)DENY;
    }
    program[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {.len = (unsigned short)n, .filter = program};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 ||
           failed(err, "seccomp");
}

static bool set_limit(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit limit;
    if (getrlimit(what, &limit) != 0)
        return false;
    if (limit.rlim_cur < value) /* an admin's own limit is kept */
        value = limit.rlim_cur;
    limit = (struct rlimit){.rlim_cur = value, .rlim_max = value};
    return setrlimit(what, &limit) == 0;
}

static bool restrict_resources(bool gpu, struct err *err)
{
    bool ok = set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_FSIZE, 0) &&
              set_limit(RLIMIT_NOFILE, FILES_MOST);
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (MEMORY_BOUND && !gpu && pages > 0 && size > 0) {
        rlim_t bytes = (rlim_t)pages * (rlim_t)size;
        ok = ok && set_limit(RLIMIT_DATA, MEMORY_PART(bytes)) &&
             set_limit(RLIMIT_AS, bytes + LIBRARIES);
    }
    return ok || failed(err, "resource limits");
}

bool sandbox_enter(bool gpu, uint32_t *layers, struct err *err)
{
    *layers = getenv(NETWORK_LEFT) ? SANDBOX_NETWORK : 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed(err, "no_new_privs");
    if (!restrict_resources(gpu, err) || !restrict_files(gpu, layers, err) ||
        !restrict_calls(gpu, err))
        return false;
    *layers |= SANDBOX_SECCOMP;
    return true;
}

bool sandbox_leave_network(void)
{
    if (unshare(CLONE_NEWNET) != 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    return setenv(NETWORK_LEFT, "1", 1) == 0;
}

void sandbox_text(uint32_t layers, char out[static SANDBOX_TEXT])
{
    snprintf(out, SANDBOX_TEXT, "%s%s%s",
             layers & SANDBOX_SECCOMP ? "seccomp" : "none",
             layers & SANDBOX_LANDLOCK ? ",landlock" : "",
             layers & SANDBOX_NETWORK ? ",network" : "");
}
