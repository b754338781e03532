/* Loaded before libc: notes what a process does to the files of one folder, in order, and can make it fail.

   SHIM_FOLDER  the folder whose files are looked at
   SHIM_LOG     where to note it: records of (op, length of path, offset, length of data), path, data
   SHIM_FAIL    "SUFFIX OP N ERRNO": from its Nth write (OP "write") or sync (OP "sync") on, a file whose path
                ends in SUFFIX fails; the first write that fails is written by half, as on a disk that fills up.
                OP "sync-once" fails once.
   The shared memory of SQLite (-shm) is no part of what a power cut leaves, and is not noted. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>


struct head { uint32_t op, path; uint64_t offset, size; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX], suffix[64], failing[16];
static int log_fd = -1, fail_errno, fail_at, calls;
static size_t folder_size;

__attribute__((constructor)) static void start(void) {
    const char *from = getenv("SHIM_FOLDER"), *to = getenv("SHIM_LOG"), *fail = getenv("SHIM_FAIL");
    if (from) { snprintf(folder, sizeof folder, "%s/", from); folder_size = strlen(folder); }
    if (to) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        log_fd = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900);
        syscall(SYS_close, fd);
    }
    if (fail && sscanf(fail, "%63s %15s %d %d", suffix, failing, &fail_at, &fail_errno) != 4) abort();
}

static int is_ours(const char *path) {
    size_t size = strlen(path);
    return folder_size && !strncmp(path, folder, folder_size) && !(size > 4 && !strcmp(path + size - 4, "-shm"));
}

static int path_of(int fd, char *path) {
    char link[64];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    errno = before;
    path[size < 0 ? 0 : size] = 0;
    return size > 0 && is_ours(path);
}

static int absolute(const char *name, char *path) {
    if (name[0] == '/') snprintf(path, PATH_MAX, "%s", name);
    else if (!getcwd(path, PATH_MAX / 2)) return 0;
    else { strncat(path, "/", 2); strncat(path, name, PATH_MAX / 2 - 2); }
    return is_ours(path);
}

static void note(char op, const char *path, uint64_t offset, const void *data, size_t size) {
    if (log_fd < 0) return;
    int before = errno;
    struct head head = {(uint32_t)op, (uint32_t)strlen(path), offset, size};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, strlen(path)}, {(void *)data, size}};
    size_t whole = sizeof head + strlen(path) + size;
    if (syscall(SYS_writev, log_fd, parts, 3) != (long)whole) abort();
    errno = before;
}

/* 0: go on; 1: this is the first that fails; 2: a later one. */
static int fails(const char *path, const char *op) {
    size_t size = strlen(path), tail = strlen(suffix);
    if (!tail || strncmp(failing, op, strlen(op)) || size < tail || strcmp(path + size - tail, suffix)) return 0;
    calls++;
    if (!strcmp(failing, "sync-once")) return calls == fail_at;
    return calls < fail_at ? 0 : calls == fail_at ? 1 : 2;
}

static ssize_t put(int fd, const void *data, size_t size, off_t at, int placed) {
    char path[PATH_MAX];
    int ours = path_of(fd, path);
    if (!ours) return placed ? syscall(SYS_pwrite64, fd, data, size, at) : syscall(SYS_write, fd, data, size);
    pthread_mutex_lock(&lock);
    int failed = fails(path, "write");
    if (failed == 2 || (failed && size < 2)) {
        pthread_mutex_unlock(&lock);
        errno = fail_errno;
        return -1;
    }
    if (failed) size /= 2;
    ssize_t done = placed ? syscall(SYS_pwrite64, fd, data, size, at) : syscall(SYS_write, fd, data, size);
    if (done > 0) note('w', path, (uint64_t)(placed ? at : syscall(SYS_lseek, fd, 0, SEEK_CUR) - done), data, (size_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *data, size_t size) { return put(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return put(fd, data, size, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) { return put(fd, data, size, at, 1); }

static int cut(int fd, off_t size) {
    char path[PATH_MAX];
    int ours = path_of(fd, path);
    int result = (int)syscall(SYS_ftruncate, fd, size);
    if (ours && !result) note('t', path, (uint64_t)size, "", 0);
    return result;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off_t size) { return cut(fd, size); }

static int sync_file(int fd, long call) {
    char path[PATH_MAX];
    int ours = path_of(fd, path);
    if (ours && fails(path, "sync")) { note('f', path, 0, "", 0); errno = fail_errno; return -1; }
    int result = (int)syscall(call, fd);
    if (ours && !result) note('s', path, 0, "", 0);
    return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

static int opened(int at, const char *name, int flags, int mode) {
    char path[PATH_MAX];
    int ours = absolute(name, path) && (flags & (O_CREAT | O_TRUNC));
    int there = ours && !syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
    int fd = (int)syscall(SYS_openat, at, name, flags, mode);
    if (ours && fd >= 0 && !there) note('c', path, 0, "", 0);
    if (ours && fd >= 0 && there && (flags & O_TRUNC)) note('t', path, 0, "", 0);
    return fd;
}

#define OPEN(name, first, at) \
    int name(first const char *path, int flags, ...) { \
        va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \
        return opened(at, path, flags, mode); }
#define NOTHING
OPEN(open, NOTHING, AT_FDCWD)
OPEN(open64, NOTHING, AT_FDCWD)
#define FOLDER int fd,
OPEN(openat, FOLDER, fd)
OPEN(openat64, FOLDER, fd)

int unlink(const char *name) {
    char path[PATH_MAX];
    int result = (int)syscall(SYS_unlink, name);
    if (!result && absolute(name, path)) note('u', path, 0, "", 0);
    return result;
}

int unlinkat(int at, const char *name, int flags) {
    char path[PATH_MAX];
    int result = (int)syscall(SYS_unlinkat, at, name, flags);
    if (!result && absolute(name, path)) note('u', path, 0, "", 0);
    return result;
}

int rename(const char *from, const char *to) {
    char path[PATH_MAX], target[PATH_MAX];
    int ours = absolute(from, path) | absolute(to, target);
    int result = (int)syscall(SYS_rename, from, to);
    if (!result && ours && absolute(to, target)) note('r', path, 0, target, strlen(target));
    return result;
}
