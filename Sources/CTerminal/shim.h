// The size of a terminal, for programs that handle no pointers.
#ifndef THINGRPC_CTERMINAL_SHIM_H
#define THINGRPC_CTERMINAL_SHIM_H

#include <sys/ioctl.h>

// How many columns the terminal behind a descriptor has now; 0 where there is none, or where it does not say.
static inline int thin_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#endif
