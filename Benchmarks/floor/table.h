// The users that every program of the benchmark serves and expects: user-0 to user-999.
#ifndef FLOOR_TABLE_H
#define FLOOR_TABLE_H

#include "messages.h"

enum { table_size = 1000 };

// Fills the table; once, before anything else here.
void table_fill(void);

// The user at an index below `table_size`.
const User *table_user(unsigned index);

// The user with an id, or NULL.
const User *table_find(const char *id);

#endif
