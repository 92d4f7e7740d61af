/*
 * wire/rpc_doc.h - a parsed line becomes a request.
 *
 * Purpose:   for wire/line.c only, which has parsed the line already.
 * Ownership: `doc` is taken, also when NULL is returned (no memory).
 * Threads:   no shared state.
 */
#ifndef CC_WIRE_RPC_DOC_H
#define CC_WIRE_RPC_DOC_H

#include "wire/rpc.h"

struct json_t;

/* The request that `doc`, an object, holds; malformed ones too (cc_rpc_fault). */
struct cc_rpc *cc_rpc_of(struct json_t *doc);

#endif
