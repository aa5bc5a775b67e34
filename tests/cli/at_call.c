/* Loaded before libc (LD_PRELOAD): lets one call that changes files fail, or kill the process.
 *
 * Counted are the calls on paths that contain $FAULT_IN. The one numbered $FAULT_AT and, with
 * $FAULT=full, all later ones that need room fail as on a full disk; with `once` only that one;
 * with `kill` the process is gone at that moment. The number of calls goes to $FAULT_COUNT.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int calls;

static int is_fault(const char *path, int needs_room) {
  const char *in = getenv("FAULT_IN"), *kind = getenv("FAULT"), *at = getenv("FAULT_AT");
  if (!in || !kind || !at || !path || !strstr(path, in)) return 0;
  int number = __sync_add_and_fetch(&calls, 1), wanted = atoi(at);
  if (number < wanted || (number > wanted && !(needs_room && !strcmp(kind, "full")))) return 0;
  if (!strcmp(kind, "kill")) kill(getpid(), SIGKILL);
  errno = ENOSPC;
  return 1;
}

static int is_fault_of(int file, int needs_room) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_fault(path, needs_room);
}

static void tell(void) __attribute__((destructor));
static void tell(void) {
  const char *name = getenv("FAULT_COUNT");
  FILE *file = name ? fopen(name, "w") : NULL;
  if (file) { fprintf(file, "%d", calls); fclose(file); }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *data, size_t size) {
  return is_fault_of(file, 1) ? -1 : REAL(write)(file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
  return is_fault_of(file, 1) ? -1 : REAL(pwrite)(file, data, size, at);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
  return is_fault_of(file, 1) ? -1 : REAL(pwrite64)(file, data, size, at);
}
int fsync(int file) { return is_fault_of(file, 1) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return is_fault_of(file, 1) ? -1 : REAL(fdatasync)(file); }
int rename(const char *from, const char *to) {
  return is_fault(to, 0) ? -1 : REAL(rename)(from, to);
}
int renameat(int one, const char *from, int other, const char *to) {
  return is_fault(to, 0) ? -1 : REAL(renameat)(one, from, other, to);
}
int mkdir(const char *path, mode_t mode) {
  return is_fault(path, 1) ? -1 : REAL(mkdir)(path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
  return is_fault(path, 1) ? -1 : REAL(mkdirat)(folder, path, mode);
}
int symlink(const char *to, const char *path) {
  return is_fault(path, 1) ? -1 : REAL(symlink)(to, path);
}

#define OPENS(name)                                                   \
  int name(const char *path, int flags, ...) {                        \
    va_list rest;                                                     \
    va_start(rest, flags);                                            \
    mode_t mode = va_arg(rest, mode_t);                               \
    va_end(rest);                                                     \
    if ((flags & O_CREAT) && is_fault(path, 1)) return -1;            \
    return REAL(name)(path, flags, mode);                             \
  }
OPENS(open)
OPENS(open64)
#define OPENS_AT(name)                                                \
  int name(int folder, const char *path, int flags, ...) {            \
    va_list rest;                                                     \
    va_start(rest, flags);                                            \
    mode_t mode = va_arg(rest, mode_t);                               \
    va_end(rest);                                                     \
    if ((flags & O_CREAT) && is_fault(path, 1)) return -1;            \
    return REAL(name)(folder, path, flags, mode);                     \
  }
OPENS_AT(openat)
OPENS_AT(openat64)
