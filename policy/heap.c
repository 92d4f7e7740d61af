#include "policy/heap.h"

#include <stdlib.h>

void *
cc_heap_more(void *self, void *old, size_t n)
{
	(void)self; /* malloc keeps its own state */
	if (n == 0) {
		free(old);
		return NULL;
	}
	return malloc(n);
}

void
cc_heap_arena_init(struct cc_arena *a, size_t limit)
{
	*a = (struct cc_arena){.more = cc_heap_more, .limit = limit};
}
