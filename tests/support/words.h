/*
 * tests/support/words.h - the events that tables of cases use most, as words.
 *
 * Purpose:   each word is one event in the short form of tests/support/case.h,
 *            from the line break before it on, so that a text of further words
 *            (" FIELD=VALUE", " #ID") may follow it.  The first argument is the
 *            time, people are a list "V1,V2".
 */
#ifndef CC_TESTS_SUPPORT_WORDS_H
#define CC_TESTS_SUPPORT_WORDS_H

#define EVENT(t, type) "\n" t " " type
#define VOID(t, id) "\n" t " event.voided event_id=" id

#define INTAKE(t, i, p, who) \
	"\n" t " intake.received intake_id=" i " priority=" p " victim_person_ids=[" who "]"
#define SCREENED(t, i, who) INTAKE(t, i, "P2", who) " screened=true"
#define PRIORITY(t, i, p) \
	"\n" t " intake.priority_changed intake_id=" i " new_priority=" p
#define TO(t, stage, phase) "\n" t " stage.progressed stage_id=" stage " to=" phase
#define CLOSED(t, stage, kind, how) \
	"\n" t " stage.closed stage_id=" stage " kind=" kind " closure_kind=" how

#define ADDED(t, who, role) "\n" t " person.added person_id=" who " roles=[" role "]"
#define UPDATED(t, who, what, value) \
	"\n" t " person.updated person_id=" who " attribute=" what " value=" value
#define SEEN(t, who) \
	"\n" t " contact.made contact_id=c1 mode=face_to_face seen_person_ids=[" who "]"
#define CALLED(t, who) \
	"\n" t " contact.made contact_id=c1 mode=phone seen_person_ids=[" who "]"
#define TRIED(t, who) \
	"\n" t " contact.attempted contact_id=c1 mode=face_to_face target_person_ids=[" who "]"
#define PLAN(t, who) "\n" t " followup_plan.approved child_person_ids=[" who "]"
#define TOLD(t, who) "\n" t " parent.notified parent_person_id=" who

#define TASKS(t) "\n" t " task.completed task=initial_tasks"
#define TOOL(t) "\n" t " safety_assessment.completed kind=initial"
#define RISK(t) "\n" t " risk_assessment.completed level=low"
#define REVIEW(t, kind) "\n" t " review.completed kind=" kind
#define SUBMIT(t, id, action) \
	"\n" t " case.submitted submission_id=" id " recommended_action=" action
#define DECIDED(t, id, how) \
	"\n" t " submission.decided submission_id=" id " decision=" how
#define GRANT(t, id, date) \
	"\n" t " extension.decided extension_id=" id " granted=true new_due_date=" date

#define REGISTERED(t, who, role) \
	"\n" t " recipient.registered recipient_id=" who " role=" role " notice_kinds=[findings]"
#define SENT(t, who) "\n" t " notice.sent recipient_id=" who " notice_kind=findings"
#define EXEMPTED(t, who) \
	"\n" t " notice.exempted recipient_id=" who " notice_kind=findings reason=endanger"
#define DELAYED(t) "\n" t " notice.delayed requested_by=law_enforcement"
#define RELEASED(t) "\n" t " notice.released"
#define REOPENED(t, granted) "\n" t " reopen.decided granted=" granted

#endif
