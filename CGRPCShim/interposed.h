// How the core's calls of accept4, shutdown and recvmsg reach the functions that GRPCRuntime has in their place.
#ifndef THINGRPC_CGRPCSHIM_INTERPOSED_H
#define THINGRPC_CGRPCSHIM_INTERPOSED_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// Without <sys/socket.h>, whose constants Swift's Glibc module has.
typedef int (*thin_accept4)(int listener, void *address, uint32_t *length, int flags);
typedef int (*thin_shutdown)(int socket, int how);
typedef ssize_t (*thin_recvmsg)(int socket, void *message, int flags);

// The system's own accept4.
static inline int thin_system_accept4(int listener, void *address, uint32_t *length, int flags) {
  return (int)syscall(SYS_accept4, listener, address, length, flags);
}

// The system's own shutdown.
static inline int thin_system_shutdown(int socket, int how) { return (int)syscall(SYS_shutdown, socket, how); }

// The system's own recvmsg.
static inline ssize_t thin_system_recvmsg(int socket, void *message, int flags) {
  return (ssize_t)syscall(SYS_recvmsg, socket, message, flags);
}

// What a thread has read in a row; see ReadingTurn.swift, the one file that asks.
struct thin_reading_turn {
  // Whether the thread takes turns; false for all but those of event loops.
  bool is_taken;
  // The bytes that are left in the turn.
  int64_t left;
  // The socket whose turn is over, and how often that is still to be said.
  int socket;
  int pauses;
};
static inline struct thin_reading_turn *_Nonnull thin_reading_turn_of_thread(void) {
  static _Thread_local struct thin_reading_turn turn;
  return &turn;
}

// A function, and the name by which the core calls another of its kind.
struct thin_replacement {
  const char *name;
  void *function;
  bool is_done;
};

// A library that is loaded: how struct dl_phdr_info of <link.h> begins, which there is with _GNU_SOURCE alone.
struct thin_library {
  Elf64_Addr base;
  const char *name;
  const Elf64_Phdr *headers;
  Elf64_Half header_count;
};
extern int thin_iterate_libraries(int (*callback)(struct thin_library *, size_t, void *), void *)
    __asm__("dl_iterate_phdr");

// Writes a replacement to the place through which the core, if it is this library, calls a function. A dl_iterate_phdr callback.
static inline int thin_replace_in(struct thin_library *library, size_t size, void *data) {
  (void)size;
  struct thin_replacement *replacement = (struct thin_replacement *)data;
  const char *last_slash = strrchr(library->name, '/');
  const char *name = last_slash == NULL ? library->name : last_slash + 1;
  if (strncmp(name, "libgrpc.so", strlen("libgrpc.so")) != 0) return 0;
  const Elf64_Dyn *entry = NULL;
  uintptr_t readonly_start = 0, readonly_end = 0, page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < library->header_count; i++) {
    const Elf64_Phdr *header = &library->headers[i];
    uintptr_t start = library->base + header->p_vaddr;
    if (header->p_type == PT_DYNAMIC) entry = (const Elf64_Dyn *)start;
    if (header->p_type == PT_GNU_RELRO) {
      readonly_start = start & ~(page - 1);
      readonly_end = start + header->p_memsz;
    }
  }
  const Elf64_Sym *symbols = NULL;
  const char *names = NULL;
  const Elf64_Rela *relocations[2] = {NULL, NULL};
  size_t sizes[2] = {0, 0};
  for (; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    switch (entry->d_tag) {
      case DT_SYMTAB: symbols = (const Elf64_Sym *)entry->d_un.d_ptr; break;
      case DT_STRTAB: names = (const char *)entry->d_un.d_ptr; break;
      case DT_JMPREL: relocations[0] = (const Elf64_Rela *)entry->d_un.d_ptr; break;
      case DT_PLTRELSZ: sizes[0] = entry->d_un.d_val; break;
      case DT_RELA: relocations[1] = (const Elf64_Rela *)entry->d_un.d_ptr; break;
      case DT_RELASZ: sizes[1] = entry->d_un.d_val; break;
    }
  }
  if (symbols == NULL || names == NULL) return 0;
  for (int table = 0; table < 2; table++) {
    for (size_t i = 0; relocations[table] != NULL && i < sizes[table] / sizeof(Elf64_Rela); i++) {
      const Elf64_Rela *relocation = &relocations[table][i];
      if (strcmp(names + symbols[ELF64_R_SYM(relocation->r_info)].st_name, replacement->name) != 0) continue;
      void **place = (void **)(library->base + relocation->r_offset);
      uintptr_t address = (uintptr_t)place;
      void *place_page = (void *)(address & ~(page - 1));
      bool is_readonly = address >= readonly_start && address < readonly_end;
      if (is_readonly && mprotect(place_page, page, PROT_READ | PROT_WRITE) != 0) continue;
      *place = replacement->function;
      // As the loader left it. Should that fail, the page is writable, and all else is as it was.
      if (is_readonly) (void)mprotect(place_page, page, PROT_READ);
      replacement->is_done = true;
      return 1;
    }
  }
  return 0;
}

// Has the core call these functions where it would call accept4, shutdown and recvmsg, if the core is a shared library; false if there
// is none. A core that is a part of the program calls the program's own functions of these names by itself.
static inline bool thin_replace_socket_calls(thin_accept4 accept4, thin_shutdown shutdown, thin_recvmsg recvmsg) {
  struct thin_replacement replacements[] = {
      {"accept4", (void *)accept4, false},
      {"shutdown", (void *)shutdown, false},
      {"recvmsg", (void *)recvmsg, false},
  };
  bool are_done = true;
  for (int i = 0; i < 3; i++) {
    thin_iterate_libraries(thin_replace_in, &replacements[i]);
    are_done = are_done && replacements[i].is_done;
  }
  return are_done;
}

#endif
