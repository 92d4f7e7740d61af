/*
 * wire/words_table.h - the words themselves: one row a meaning, one column a language.
 *
 * Purpose:   X(NAME, English, Spanish); '%' stands for what is put in.
 * Source:    wire/words.h.
 * Purity:    data only.
 */
#ifndef CC_WIRE_WORDS_TABLE_H
#define CC_WIRE_WORDS_TABLE_H

#define CC_WORDS(X)                                                                     \
	X(SECOND, "second", "segundo")                                                  \
	X(SECONDS, "seconds", "segundos")                                               \
	X(MINUTE, "minute", "minuto")                                                   \
	X(MINUTES, "minutes", "minutos")                                                \
	X(HOUR, "hour", "hora")                                                         \
	X(HOURS, "hours", "horas")                                                      \
	X(DAY, "day", "día")                                                            \
	X(DAYS, "days", "días")                                                         \
	X(MOMENT, "less than a minute", "menos de un minuto")                           \
	X(AND, "and", "y")                                                              \
	X(DUE_IN, "due in %", "vence en %")                                             \
	X(OVERDUE_BY, "overdue by %", "vencido desde hace %")                           \
	X(OPEN_FOR, "open for %", "abierto durante %")                                  \
	X(CLOSED_FOR, "closed for %", "cerrado desde hace %")                           \
	X(MET, "done in time", "hecho a tiempo")                                        \
	X(DONE, "done", "hecho")                                                        \
	X(LATE, "done late", "hecho con retraso")                                       \
	X(CANCELLED, "no longer needed", "ya no es necesario")                          \
	X(EXEMPT, "exempt", "exento")                                                   \
	X(PAUSED, "paused", "en pausa")                                                 \
	X(USED, "used", "usado")                                                        \
	X(EXPIRED, "expired", "caducado")                                               \
	X(ENDED, "ended", "terminado")                                                  \
	X(PASSED, "passed", "cumplido")                                                 \
	X(FAILED, "not satisfied", "no cumplido")                                       \
	X(OPEN, "open", "abierto")                                                      \
	X(OVERDUE, "overdue", "vencido")                                                \
	X(RUNNING, "not yet done", "pendiente")                                         \
	X(AT_ONCE, "to be done at once", "debe hacerse de inmediato")                   \
	X(WITHDRAWN, "withdrawn", "retirado")                                           \
	X(SAY_AT_ONCE, "This is to be done at once.", "Esto debe hacerse de inmediato.") \
	X(SAY_REMIND_AT_ONCE, "Reminder: this is still to be done at once.",            \
	    "Recordatorio: esto todavía debe hacerse de inmediato.")                    \
	X(SAY_BREACH, "The due time has passed.", "El plazo ha vencido.")               \
	X(SAY_REPEAT, "Reminder: this is still overdue.",                               \
	    "Recordatorio: esto sigue vencido.")                                        \
	X(SAY_REMIND, "Reminder: this is still to be done.",                            \
	    "Recordatorio: esto todavía está por hacer.")                               \
	X(SAY_FAILED, "A requirement was not satisfied when it was needed.",            \
	    "Un requisito no se cumplía cuando hacía falta.")                           \
	X(SAY_MOVED, "The due time has changed.", "El plazo ha cambiado.")              \
	X(SAY_BACK, "This is to be done again.", "Esto vuelve a estar por hacer.")      \
	X(SAY_CLEAR, "All clear: nothing more is to be done here.",                     \
	    "Todo en orden: aquí no queda nada por hacer.")                             \
	X(SAY_WITHDRAWN, "All clear: this was withdrawn, nothing is to be done here.",  \
	    "Todo en orden: esto fue retirado, aquí no hay nada que hacer.")            \
	X(SAY_BEFORE, "Notice: it falls due within %.", "Aviso: vence en menos de %.")  \
	X(SAY_AFTER, "The due time passed % ago or more.",                              \
	    "El plazo venció hace % o más.")                                            \
	X(SAY_ELAPSED, "%% of the time allowed is gone.",                               \
	    "Ha pasado el %% del tiempo permitido.")                                    \
	X(SAY_STEP, "Step of the ladder: %.", "Paso de la escala: %.")                  \
	X(BECAUSE_POLICY, "the policy was changed", "cambió la política")               \
	X(BECAUSE_CALENDAR, "the holiday calendar was changed",                         \
	    "cambió el calendario de días festivos")                                    \
	X(BECAUSE_ZONES, "the time zone data was changed",                              \
	    "cambiaron los datos de zona horaria")                                      \
	X(BECAUSE_TIME, "time has gone on", "ha pasado el tiempo")                      \
	X(CASEWORKER, "caseworker", "trabajador del caso")                              \
	X(PRIMARY, "primary caseworker", "trabajador principal del caso")               \
	X(SECONDARY, "secondary caseworker", "trabajador secundario del caso")          \
	X(SUPERVISOR, "supervisor", "supervisor")                                       \
	X(PROGRAM_DIRECTOR, "program director", "director de programa")                 \
	X(PROGRAM_ADMINISTRATOR, "program administrator", "administrador de programa")  \
	X(REGIONAL_DIRECTOR, "regional director", "director regional")                  \
	X(ASSOCIATE_COMMISSIONER, "associate commissioner", "comisionado asociado")     \
	X(OPERATOR, "operator", "operador")                                             \
	X(MORNING, "AM", "a. m.")                                                       \
	X(AFTERNOON, "PM", "p. m.")                                                     \
	X(SUN, "Sunday", "domingo")                                                     \
	X(MON, "Monday", "lunes")                                                       \
	X(TUE, "Tuesday", "martes")                                                     \
	X(WED, "Wednesday", "miércoles")                                                \
	X(THU, "Thursday", "jueves")                                                    \
	X(FRI, "Friday", "viernes")                                                     \
	X(SAT, "Saturday", "sábado")                                                    \
	X(SUN3, "Sun", "dom")                                                           \
	X(MON3, "Mon", "lun")                                                           \
	X(TUE3, "Tue", "mar")                                                           \
	X(WED3, "Wed", "mié")                                                           \
	X(THU3, "Thu", "jue")                                                           \
	X(FRI3, "Fri", "vie")                                                           \
	X(SAT3, "Sat", "sáb")                                                           \
	X(JAN, "January", "enero")                                                      \
	X(FEB, "February", "febrero")                                                   \
	X(MAR, "March", "marzo")                                                        \
	X(APR, "April", "abril")                                                        \
	X(MAY, "May", "mayo")                                                           \
	X(JUN, "June", "junio")                                                         \
	X(JUL, "July", "julio")                                                         \
	X(AUG, "August", "agosto")                                                      \
	X(SEP, "September", "septiembre")                                               \
	X(OCT, "October", "octubre")                                                    \
	X(NOV, "November", "noviembre")                                                 \
	X(DEC, "December", "diciembre")                                                 \
	X(JAN3, "Jan", "ene")                                                           \
	X(FEB3, "Feb", "feb")                                                           \
	X(MAR3, "Mar", "mar")                                                           \
	X(APR3, "Apr", "abr")                                                           \
	X(MAY3, "May", "may")                                                           \
	X(JUN3, "Jun", "jun")                                                           \
	X(JUL3, "Jul", "jul")                                                           \
	X(AUG3, "Aug", "ago")                                                           \
	X(SEP3, "Sep", "sep")                                                           \
	X(OCT3, "Oct", "oct")                                                           \
	X(NOV3, "Nov", "nov")                                                           \
	X(DEC3, "Dec", "dic")

enum cc_word {
#define CC_WORD_ENUM(name, en, es) CC_W_##name,
	CC_WORDS(CC_WORD_ENUM)
#undef CC_WORD_ENUM
	CC_WORD_COUNT
};

#endif
