// SQLite's error log (SQLITE_CONFIG_LOG) as lines in a pipe, for a program that handles no pointers.
#ifndef THINGRPC_CSQLITELOG_SHIM_H
#define THINGRPC_CSQLITELOG_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

// Writes "CODE MESSAGE\n" at once. A line that finds the pipe full is lost: SQLite must not wait for a log.
static inline void thin_sqlite_log_line(void *writer, int code, const char *message) {
  char line[1024];
  int length = snprintf(line, sizeof line, "%d %s", code, message);
  if (length < 0) return;
  if (length > (int)sizeof line - 1) length = sizeof line - 1;
  for (int i = 0; i < length; i++)
    if (line[i] == '\n') line[i] = ' ';
  line[length] = '\n';
  if (write((int)(intptr_t)writer, line, (size_t)length + 1) < 0) return;
}

// Returns the descriptor to read the lines from, or -1. To be called once, before any database is opened.
static inline int thin_sqlite_log_open(void) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  if (sqlite3_config(SQLITE_CONFIG_LOG, thin_sqlite_log_line, (void *)(intptr_t)ends[1]) == SQLITE_OK) return ends[0];
  close(ends[0]);
  close(ends[1]);
  return -1;
}

// The next byte of the lines, or -1 when there will be none. For one thread.
static inline int thin_sqlite_log_next(int descriptor) {
  static uint8_t bytes[4096];
  static ssize_t count, next;
  if (next == count) {
    next = 0;
    do count = read(descriptor, bytes, sizeof bytes);
    while (count < 0 && errno == EINTR);
    if (count <= 0) return count = 0, -1;
  }
  return bytes[next++];
}

#endif
