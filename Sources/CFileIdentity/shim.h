// stat, for a program that handles no pointers.
#ifndef THINGRPC_CFILEIDENTITY_SHIM_H
#define THINGRPC_CFILEIDENTITY_SHIM_H

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

// What is at a path. `error` is 0, or the errno for which nothing else is told.
struct thin_file_status {
  uint64_t device, inode;
  uint32_t permissions;
  int32_t error;
};

struct thin_path {
  size_t length;
  char text[PATH_MAX];
};

// The path that the calling thread asks about, given byte by byte.
static inline struct thin_path *_Nonnull thin_path_of_thread(void) {
  static _Thread_local struct thin_path path;
  return &path;
}

static inline void thin_path_begin(void) { thin_path_of_thread()->length = 0; }

static inline void thin_path_append(uint8_t byte) {
  struct thin_path *path = thin_path_of_thread();
  if (path->length < PATH_MAX) path->text[path->length++] = (char)byte;
}

// Follows symbolic links.
static inline struct thin_file_status thin_path_status(void) {
  struct thin_file_status result = {0, 0, 0, 0};
  struct thin_path *path = thin_path_of_thread();
  struct stat status;
  if (path->length == PATH_MAX) {
    result.error = ENAMETOOLONG;
    return result;
  }
  path->text[path->length] = 0;
  if (stat(path->text, &status) != 0) {
    result.error = errno;
    return result;
  }
  result.device = status.st_dev;
  result.inode = status.st_ino;
  result.permissions = status.st_mode & 07777;
  return result;
}

#endif
