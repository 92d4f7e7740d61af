/*
 * store/codec.h - the instances of a case as bytes, and growing byte buffers.
 *
 * Source:    DESIGN.md section 7 (what is kept of an instance).
 * Purpose:   the form in which a case row keeps its instances; a version byte
 *            comes first, so that an older row can always be read.
 * Layout:    version; count; each: rule, subject, origin id, origin source as
 *            texts; same; epoch; flags (told, live, present, and which of the
 *            four instants are given); state; the given instants, each as the
 *            difference from the one before; number of done rungs, 4 bytes
 *            each, little-endian.  Numbers are LEB128, differences zigzag.  A
 *            text is 2 * length and its bytes, or 2 * place + 1: the text at that
 *            place among the first CC_CODEC_SEEN texts written out.
 * Ownership: what is decoded lives in the arena, texts included.
 * Errors:    CC_EINVAL for bytes that are not such a row, whatever they are;
 *            CC_ENOMEM; CC_ERANGE for too much to keep.
 */
#ifndef CC_STORE_CODEC_H
#define CC_STORE_CODEC_H

#include "store/store.h"

enum {
	CC_CODEC_VERSION = 1,
	CC_CODEC_SEEN = 64,
	CC_CODEC_MAX = 16 * 1024 * 1024		/* bytes of one case's instances */
};

/* Bytes on the heap that grow; zeroed is empty. */
struct cc_store_buf {
	unsigned char *p;
	size_t n, cap;
};

/* Makes room for `more` bytes behind n; false when there is no memory. */
bool cc_store_buf_room(struct cc_store_buf *b, size_t more);
void cc_store_buf_done(struct cc_store_buf *b);

/* Writes the instances into `b`, over what it held. */
enum cc_code cc_codec_encode(const struct cc_instance *v, uint32_t n, struct cc_store_buf *b,
    struct cc_err *reterr) CC_MUST_USE;

struct cc_codec_instances {
	const struct cc_instance *items;
	uint32_t n;
};

/* Empty bytes are no instances. */
enum cc_code cc_codec_decode(struct cc_str bytes, struct cc_arena *a,
    struct cc_codec_instances *ret, struct cc_err *reterr) CC_MUST_USE;

#endif
