#include "tests/support/small_schema.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const codes[] = {
	"P1", "P2", "PN", "face_to_face", "phone", "interview", "observation",
	"entered_in_error", "alleged_victim", "parent_in_home",
	"a_rather_long_code_of_a_role_number_one_of_them_all",
	"a_rather_long_code_of_a_role_number_two_of_them_all",
	"a_rather_long_code_of_a_role_number_three_of_them_all",
	"a_rather_long_code_of_a_role_number_four_of_them_all",
	"a_rather_long_code_of_a_role_number_five_of_them_all",
	"a_rather_long_code_of_a_role_number_six_of_them_all",
	"a_rather_long_code_of_a_role_number_seven_of_them_all"
};
static uint16_t code_keys[COUNT(codes)];

static const uint16_t priorities[] = {0, 1, 2};
static const uint16_t modes[] = {3, 4};
static const uint16_t purposes[] = {5, 6};
static const uint16_t reasons[] = {7};
static const uint16_t roles[] = {8, 9, 10, 11, 12, 13, 14, 15, 16};

#define CODES(list) .codes = (list), .ncodes = COUNT(list)

static struct cc_field_def contact[] = {
	{.name = "contact_id", .type = CC_FIELD_ID, .required = true},
	{.name = "mode", .type = CC_FIELD_CODE, .required = true, CODES(modes)},
	{.name = "seen_person_ids", .type = CC_FIELD_ID, .list = true,
	    .required = true},
	{.name = "purposes", .type = CC_FIELD_CODE, .list = true,
	    CODES(purposes)},
	{.name = "home_visit", .type = CC_FIELD_BOOL},
	{.name = "ended_at", .type = CC_FIELD_TIME},
};
static struct cc_field_def voided[] = {
	{.name = "event_id", .type = CC_FIELD_ID, .required = true},
	{.name = "reason", .type = CC_FIELD_CODE, CODES(reasons)},
};
static struct cc_field_def extension[] = {
	{.name = "extension_id", .type = CC_FIELD_ID, .required = true},
	{.name = "until_date", .type = CC_FIELD_DATE},
};
static struct cc_field_def intake[] = {
	{.name = "intake_id", .type = CC_FIELD_ID, .required = true},
	{.name = "priority", .type = CC_FIELD_CODE, .required = true,
	    CODES(priorities)},
	{.name = "victim_person_ids", .type = CC_FIELD_ID, .list = true,
	    .required = true},
	{.name = "screened", .type = CC_FIELD_BOOL},
	{.name = "timezone", .type = CC_FIELD_ZONE},
};
static struct cc_field_def released[] = {
	{.name = "recipient_id", .type = CC_FIELD_ID},
};
static struct cc_field_def person[] = {
	{.name = "person_id", .type = CC_FIELD_ID, .required = true},
	{.name = "roles", .type = CC_FIELD_CODE, .list = true, CODES(roles)},
	{.name = "age_years", .type = CC_FIELD_INT},
};

#define FIELDS(list) .fields = (list), .nfields = COUNT(list)

static struct cc_event_type types[] = {
	{.name = "contact.made", FIELDS(contact)},
	{.name = "event.voided", FIELDS(voided), .voids = true},
	{.name = "extension.requested", FIELDS(extension)},
	{.name = "intake.received", FIELDS(intake)},
	{.name = "notice.released", FIELDS(released)},
	{.name = "person.added", FIELDS(person)},
};

static const struct cc_schema schema = {
	.types = types, .ntypes = COUNT(types), .codes = codes,
	.code_keys = code_keys, .ncodes = COUNT(codes)
};

static const struct cc_zone_kind utc = {0, false, "UTC"};
static const struct cc_zone zones[] = {
	{.name = "America/Chicago", .kinds = &utc, .nkinds = 1},
	{.name = "America/Denver", .kinds = &utc, .nkinds = 1},
	{.name = "UTC", .kinds = &utc, .nkinds = 1},
};
const struct cc_zones cc_test_zones = {
	.zones = zones, .nzones = COUNT(zones), .version = "test"
};

const char cc_test_event_full[] =
    "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/cms/region-07\","
    "\"type\":\"contact.made\",\"subject\":\"48211234\","
    "\"time\":\"2026-03-08T00:30:00Z\",\"data\":{\"contact_id\":\"c1\","
    "\"mode\":\"phone\",\"seen_person_ids\":[\"V1\",\"V2\",\"V1\"],"
    "\"purposes\":[\"observation\",\"interview\"],\"home_visit\":true,"
    "\"ended_at\":\"2026-03-08T01:00:00Z\"}}";

static struct cc_str
str_of(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

static void
give_keys(struct cc_field_def *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fields[i].key = cc_key16(str_of(fields[i].name));
}

const struct cc_schema *
cc_test_schema(void)
{
	for (size_t i = 0; i < COUNT(codes); i++)
		code_keys[i] = cc_key16(str_of(codes[i]));
	for (size_t i = 0; i < COUNT(types); i++)
		types[i].key = cc_key32(str_of(types[i].name));
	give_keys(contact, COUNT(contact));
	give_keys(voided, COUNT(voided));
	give_keys(extension, COUNT(extension));
	give_keys(intake, COUNT(intake));
	give_keys(released, COUNT(released));
	give_keys(person, COUNT(person));
	return &schema;
}

struct cc_line_rules
cc_test_line_rules(void)
{
	return (struct cc_line_rules){
		.schema = cc_test_schema(), .zones = &cc_test_zones,
		.max_bytes = CC_LINE_MAX_BYTES, .may_send = true,
		.ahead = CC_LINE_AHEAD
	};
}
