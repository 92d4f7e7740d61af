/*
 * policy/compile.h - compiling a pack's declarations: shared by the files
 * expr*.c and decl*.c, private to policy/.
 *
 * Source:    docs/policy-language.md.
 * Purpose:   names are declared first, in any file; bodies are compiled when
 *            they are first needed, so that their types are known and a cycle
 *            is seen.  Mistakes go to the list of diagnostics, each at its
 *            place; what is mistaken gets the type ANY, so that one mistake
 *            is reported once.
 * Ownership: nodes and tables live in the pack's arena.
 * Threads:   one compiler, one thread.
 */
#ifndef CC_POLICY_COMPILE_H
#define CC_POLICY_COMPILE_H

#include "policy/lex.h"
#include "policy/yaml.h"
#include "scheduler/program.h"

enum {
	CC_DECLS_MAX = 2048, CC_SCOPE_MAX = 64, CC_ELEMENTS_MAX = 16, CC_PARAMS_MAX = 8,
	CC_ATTRS_MAX = 48, CC_KINDS_MAX = 8, CC_NAMES_MAX = 1024, CC_FRAME_MAX = 200,
	CC_DECL_DEPTH = 64
};

struct cc_kinddef;

/* The static type of an expression. */
struct cc_ty {
	enum cc_vtype v;
	struct cc_types types;			/* EVENT, EVENTS */
	const struct cc_kinddef *kinds[CC_KINDS_MAX];	/* REC, RECS */
	uint8_t nkinds;
	const uint16_t *codes;			/* CODE, CODES: listed ones; NULL any */
	uint16_t ncodes;
};

struct cc_attrdef {
	const char *name;
	uint16_t name_id, place;	/* place among the record's attributes */
	struct cc_ty ty;
	const struct cc_yaml *yaml;	/* not compiled yet when state is 0 */
	struct cc_node *node;
	uint8_t state;
	uint16_t order;			/* in which the span's own are worked out */
};

/* A kind of record at compile time: a span's, a set's, a rule's clocks'. */
struct cc_kinddef {
	const char *name;
	uint16_t index;
	struct cc_attrdef attrs[CC_ATTRS_MAX];
	uint16_t nattrs, nordered;
};

enum cc_decl_kind {
	CC_D_TERM = 1, CC_D_TIMELINE, CC_D_SPAN, CC_D_SET, CC_D_RULE
};

struct cc_param {
	const char *name;
	struct cc_ty ty;
};

struct cc_decl {
	enum cc_decl_kind kind;
	const char *name;
	const struct cc_yaml *yaml;
	struct cc_place at;
	uint8_t state;			/* 0 new, 1 being compiled, 2 done */
	uint16_t index;			/* in its table of the program */
	struct cc_param params[CC_PARAMS_MAX];
	const char *param_types;	/* as written, until they are resolved */
	uint8_t nparams;
	bool params_known;
	struct cc_ty result;
	struct cc_types deps;		/* event types it can be touched by */
	struct cc_kinddef *kinddef;
};

struct cc_name {
	const char *name;
	uint32_t n;
	struct cc_ty ty;
	uint16_t slot;
};

/* The element that a filter asks about: bare names are its fields first. */
struct cc_element {
	struct cc_ty ty;
	uint16_t slot;
};

/* What names mean while one body is compiled. */
struct cc_scope {
	struct cc_name names[CC_SCOPE_MAX];
	unsigned nnames;
	struct cc_element elements[CC_ELEMENTS_MAX];
	unsigned nelements;
	uint16_t nslots;		/* used so far */
	struct cc_types deps;
	struct cc_kinddef *own;		/* the kind whose attributes are being compiled */
};

struct cc_compiler {
	struct cc_arena *a;
	struct cc_diags *d;
	struct cc_pack *pack;
	struct cc_program *prog;
	struct cc_decl *decls;		/* CC_DECLS_MAX */
	unsigned ndecls;
	struct cc_kinddef **kinds;	/* CC_DECLS_MAX */
	unsigned nkinds;
	const char **literals;		/* CC_NAMES_MAX each */
	unsigned nliterals;
	const char **attr_names;
	unsigned nattr_names;
	struct cc_term *terms;
	struct cc_timeline *timelines;
	struct cc_span *spans;
	struct cc_set *sets;
	struct cc_rulex *rules;
	unsigned nterms, ntimelines, nspans, nsets, nrules;
	const struct cc_ladder *named_ladders;
	unsigned nnamed_ladders;
	unsigned depth;			/* of declarations that need one another */
};

/* An expression under way. */
struct cc_expr {
	struct cc_node *node;
	struct cc_ty ty;
};

struct cc_parser {
	struct cc_compiler *c;
	struct cc_scope *scope;
	const struct cc_yaml *yaml;	/* the scalar */
	struct cc_lexer lexer;
	struct cc_token tok;
	const struct cc_ty *beside;	/* what a code would be compared with, or NULL */
	unsigned depth;
	bool failed;
};

/* ---- expr.c: the grammar ---- */

/* The expression that a scalar holds; ABSENT of type ANY after a mistake. */
struct cc_expr cc_compile_text(struct cc_compiler *c, struct cc_scope *s,
    const struct cc_yaml *yaml);
/* The same of a generator "NAME in SEQUENCE"; the name stays in the scope. */
bool cc_compile_generator(struct cc_compiler *c, struct cc_scope *s,
    const struct cc_yaml *yaml, struct cc_gen *ret);
struct cc_expr cc_parse_expr(struct cc_parser *p);
struct cc_expr cc_parse_operand(struct cc_parser *p);	/* a bound's: + - only */
struct cc_expr cc_parse_fallback(struct cc_parser *p);	/* X otherwise Y */
void cc_parse_next(struct cc_parser *p);
bool cc_parse_take(struct cc_parser *p, const char *word);
void cc_parse_want(struct cc_parser *p, const char *word);
struct cc_token cc_parse_peek(const struct cc_parser *p);
/* Reports at the present token and marks the expression as failed. */
void cc_parse_error(struct cc_parser *p, const char *fmt, ...) CC_PRINTF(2, 3);

/* ---- expr_compare.c: = < in has matches refers is ---- */
struct cc_expr cc_parse_comparison(struct cc_parser *p);

/* ---- expr_name.c: names, fields, attributes, filters ---- */
struct cc_expr cc_parse_name(struct cc_parser *p);
struct cc_expr cc_parse_member(struct cc_parser *p, struct cc_expr e);	/* after "." */
struct cc_expr cc_parse_filter(struct cc_parser *p, struct cc_expr e);	/* after "[" */
bool cc_scope_add(struct cc_scope *s, const char *name, uint32_t n, struct cc_ty ty,
    uint16_t *ret_slot);
uint16_t cc_scope_slot(struct cc_scope *s);	/* a nameless one */
/* A code of that text that `ty` (CODE or CODES) lists, or -1. */
int cc_code_of(const struct cc_compiler *c, const struct cc_ty *ty, struct cc_str text);
/* An element's field or attribute by bare name; node NULL when it has none. */
struct cc_expr cc_member_of(struct cc_parser *p, struct cc_expr e, struct cc_str name);

/* ---- expr_call.c: functions, terms, clocks ---- */
struct cc_expr cc_parse_call(struct cc_parser *p, struct cc_token name);
bool cc_is_function(struct cc_str name);
struct cc_expr cc_call_decl(struct cc_parser *p, struct cc_decl *d,
    const struct cc_expr *args, unsigned n);

/* ---- expr_type.c: types ---- */
struct cc_ty cc_ty_of(enum cc_vtype v);
struct cc_ty cc_ty_event(enum cc_vtype v, const struct cc_types *types);
struct cc_ty cc_ty_rec(enum cc_vtype v, const struct cc_kinddef *kind);
const char *cc_ty_text(const struct cc_ty *t);
struct cc_ty cc_ty_element(const struct cc_ty *seq);	/* of a sequence */
struct cc_ty cc_ty_sequence(const struct cc_ty *element);
struct cc_expr cc_node_new(struct cc_parser *p, enum cc_op op, struct cc_ty ty);
struct cc_expr cc_unary(struct cc_parser *p, enum cc_op op, struct cc_ty ty,
    struct cc_expr k);
struct cc_expr cc_binary(struct cc_parser *p, enum cc_op op, struct cc_ty ty,
    struct cc_expr x, struct cc_expr y);
/* `e` as a value of type v; a mistake is reported with `what`. */
struct cc_expr cc_coerce(struct cc_parser *p, struct cc_expr e, enum cc_vtype v,
    const char *what);
/* Makes both of one type; false when there is none (reported). */
bool cc_unify(struct cc_parser *p, struct cc_expr *x, struct cc_expr *y,
    const char *what);
struct cc_expr cc_compare(struct cc_parser *p, enum cc_op op, struct cc_expr x,
    struct cc_expr y);
struct cc_expr cc_sum(struct cc_parser *p, enum cc_op op, struct cc_expr x,
    struct cc_expr y);

/* ---- decl*.c ---- */
struct cc_decl *cc_decl_find(struct cc_compiler *c, struct cc_str name);
struct cc_decl *cc_decl_rule(struct cc_compiler *c, struct cc_str id);
/* Compiles it when that is not done; false when it is being compiled (a cycle,
 * reported at the parser's place). */
bool cc_decl_ready(struct cc_parser *p, struct cc_decl *d);
bool cc_decl_params(struct cc_compiler *c, struct cc_decl *d);
bool cc_declare_file(struct cc_compiler *c, const struct cc_yaml *root);
void cc_compile_all(struct cc_compiler *c);
void cc_compile_term(struct cc_compiler *c, struct cc_decl *d);
void cc_compile_timeline(struct cc_compiler *c, struct cc_decl *d);
void cc_compile_span(struct cc_compiler *c, struct cc_decl *d);
void cc_compile_set(struct cc_compiler *c, struct cc_decl *d);
void cc_compile_rule(struct cc_compiler *c, struct cc_decl *d);
/* decl_earlier.c: the key `earlier`, when y is not NULL, into r. */
void cc_compile_earlier(struct cc_compiler *c, struct cc_scope *s,
    const struct cc_yaml *y, struct cc_rulex *r);
/* Compiles an attribute of the kind whose scope this is, if it is not yet. */
bool cc_attr_ready(struct cc_parser *p, struct cc_attrdef *a);
struct cc_kinddef *cc_kind_new(struct cc_compiler *c, const char *name);
struct cc_attrdef *cc_kind_attr(struct cc_compiler *c, struct cc_kinddef *k,
    const char *name, struct cc_ty ty);
/* The same for a name that the pack gives; false when it is taken or there are
 * too many (reported at `at`). */
bool cc_kind_own(struct cc_compiler *c, struct cc_kinddef *k, const char *name,
    struct cc_ty ty, const struct cc_yaml *at);
struct cc_attrdef *cc_kind_find(const struct cc_kinddef *k, struct cc_str name);
uint16_t cc_attr_name(struct cc_compiler *c, const char *name);
/* The place of an id literal among the program's. */
int64_t cc_literal(struct cc_compiler *c, struct cc_str text);
char *cc_text_copy(struct cc_compiler *c, struct cc_str s);

#endif
