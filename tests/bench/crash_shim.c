/* Counts the dealings of a process with files, and at the chosen one kills it or fails the call.
 *
 * Preloaded; asleep until crash_arm(). DuckDB's and Python's calls count alike. Half of the
 * writes at which a process dies are torn: their first half reaches the file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long left;
static atomic_long done;
static atomic_int armed;
static int refusal;

/* With `error` 0 the process dies at call number `at`; else that call and all after it fail. */
void crash_arm(long at, int error) {
    refusal = error;
    left = at;
    done = 0;
    armed = 1;
}

long crash_count(void) { return done; }

static int is_file(int fd) {
    struct stat found;
    return fd > 2 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

/* 0 to go on, -1 to fail, 1 to die. */
static int turn(void) {
    if (!armed) return 0;
    done++;
    if (--left > 0) return 0;
    if (!refusal) return 1;
    errno = refusal;
    return -1;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define STEP(value) switch (turn()) { case 1: die(); break; case -1: return value; }

#define WRITE(name, offset_type)                                                        \
    ssize_t name(int fd, const void *data, size_t size, offset_type at) {               \
        REAL(name);                                                                     \
        if (is_file(fd)) {                                                              \
            int what = turn();                                                          \
            if (what == -1) return -1;                                                  \
            if (what == 1) { if (done % 2) real(fd, data, size / 2, at); die(); }       \
        }                                                                               \
        return real(fd, data, size, at);                                                \
    }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (is_file(fd)) {
        int what = turn();
        if (what == -1) return -1;
        if (what == 1) { if (done % 2) real(fd, data, size / 2); die(); }
    }
    return real(fd, data, size);
}

int fsync(int fd) { REAL(fsync); STEP(-1) return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); STEP(-1) return real(fd); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); STEP(-1) return real(fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); STEP(-1) return real(fd, size); }
int truncate(const char *path, off_t size) { REAL(truncate); STEP(-1) return real(path, size); }
int rename(const char *old, const char *new) { REAL(rename); if (!refusal) STEP(-1) return real(old, new); }
int link(const char *old, const char *new) { REAL(link); STEP(-1) return real(old, new); }
int linkat(int a, const char *old, int b, const char *new, int flags) {
    REAL(linkat); STEP(-1) return real(a, old, b, new, flags);
}
int unlink(const char *path) { REAL(unlink); if (!refusal) STEP(-1) return real(path); }
int fallocate(int fd, int mode, off_t at, off_t size) { REAL(fallocate); STEP(-1) return real(fd, mode, at, size); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); STEP(-1) return real(path, mode); }

#define OPEN(name)                                                                      \
    int name(const char *path, int flags, ...) {                                        \
        REAL(name);                                                                     \
        va_list rest; va_start(rest, flags);                                            \
        mode_t mode = va_arg(rest, mode_t); va_end(rest);                               \
        if (flags & O_CREAT) STEP(-1)                                                   \
        return real(path, flags, mode);                                                 \
    }
OPEN(open)
OPEN(open64)
