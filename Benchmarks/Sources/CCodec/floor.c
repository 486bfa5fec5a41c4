// The floor's own structs, arena and way to a byte buffer: the C that the benchmark measures is the C that the floor's server
// and client run.
#include "arena.c"
#include "messages.c"
#include "payload.c"
