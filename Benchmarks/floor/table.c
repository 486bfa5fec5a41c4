#include "table.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { slot_count = 4096 };

static User users[table_size];
static Timestamp times[table_size];
static struct {
  char id[16];
  char email[32];
  char name[16];
} texts[table_size];

// Open addressing; a service finds its users by their ids and does not compute where they are.
static const User *slots[slot_count];

static unsigned first_slot(const char *id) {
  uint32_t hash = 2166136261u;
  for (; *id != 0; id++) hash = (hash ^ (unsigned char)*id) * 16777619u;
  return hash % slot_count;
}

void table_fill(void) {
  for (unsigned index = 0; index < table_size; index++) {
    snprintf(texts[index].id, sizeof texts[index].id, "user-%u", index);
    snprintf(texts[index].email, sizeof texts[index].email, "user-%u@example.com", index);
    snprintf(texts[index].name, sizeof texts[index].name, "User %u", index);
    timestamp_init(&times[index]);
    times[index].seconds = 1700000000 + (int64_t)index;
    User *user = &users[index];
    user_init(user);
    user->id = texts[index].id;
    user->email = texts[index].email;
    user->name = texts[index].name;
    user->plan = (int)(index % 3 + 1);
    user->created_at = &times[index];
    unsigned slot = first_slot(user->id);
    while (slots[slot] != NULL) slot = (slot + 1) % slot_count;
    slots[slot] = user;
  }
}

const User *table_user(unsigned index) { return &users[index]; }

const User *table_find(const char *id) {
  for (unsigned slot = first_slot(id); slots[slot] != NULL; slot = (slot + 1) % slot_count) {
    if (strcmp(slots[slot]->id, id) == 0) return slots[slot];
  }
  return NULL;
}
