/* Clients. Each speaks in its turn: what it pipelines is read when the line before it was answered, so
 * it is said then. Out of turn it can only break an exchange, or hang up. */

#define c (_pid)
#define patient is_patient(c)
#define nothing_said(s) (session[s].line == NOTHING)
#define may_command(s) ((session[s].phase == READY || session[s].phase == IN) && nothing_said(s))

/* A command that may log in. In a session that is logged in it has no effect. */
#define say_command(said, u, is_right)                                                  \
  :: d_step {                                                                           \
       may_command(c) && !(patient && (session[c].phase == IN || !(is_right))) &&       \
       !(patient && (said == START) != OFFERS_NTLM) && SAID(c, said, u, is_right) ->    \
       narrate("@ %d says %d %d\n", c, said, u * 2 + is_right)                          \
       session[c].line = said;                                                          \
       forget_why(c);                                                                   \
       if                                                                               \
       :: session[c].phase == READY -> session[c].user = u; session[c].right = is_right \
       :: else                                                                          \
       fi;                                                                              \
       TAKE /* last: what is said may stand in the event */                             \
     }
#define say_proof(u)                                                                         \
  :: d_step {                                                                                \
       session[c].phase == STEPWISE && nothing_said(c) && session[c].held != NO_CHALLENGE && \
       SAID(c, PROOF, u, 0) ->                                                               \
       narrate("@ %d says %d %d\n", c, PROOF, u * 2 + session[c].right)                      \
       session[c].line = PROOF;                                                              \
       session[c].user = u;                                                                  \
       TAKE                                                                                  \
     }

active [CLIENTS] proctype client() {
end:
  do
  :: d_step {
       session[c].phase == OFF && SEEN(E_CONNECT, c, 0) ->
       TAKE;
       narrate("@ %d connects\n", c)
       session[c].phase = READY
     }
  :: d_step { /* it asks for a list, and is shown it at once; the patient one knows it */
       (session[c].phase == READY || session[c].phase == IN) && !patient && SEEN(E_LIST, c, OFFERS_NTLM) ->
       TAKE;
       narrate("@ %d asks for a list\n", c)
       COUNT(0);
#ifdef CHECK_ADV_01
       ADV_01_holds = !OFFERS_NTLM;
       assert(ADV_01_holds)
#endif
     }
#ifdef TRACES
  say_command(START, 0, 0)
  say_command(START, 0, 1)
  say_command(LOGIN, event.n3, 0)
  say_command(LOGIN, event.n3, 1)
  say_proof(event.n3)
#else
  say_command(START, 0, 0)
  say_command(START, 0, 1)
  say_command(LOGIN, 1, 0)
  say_command(LOGIN, 1, 1)
  say_proof(1)
#if USERS > 1
  say_command(LOGIN, 2, 0)
  say_command(LOGIN, 2, 1)
  say_proof(2)
#endif
#if USERS > 2
  say_command(LOGIN, 3, 0)
  say_command(LOGIN, 3, 1)
  say_proof(3)
#endif
#endif
  :: d_step {
       session[c].phase == STEPWISE && nothing_said(c) && session[c].held == NO_CHALLENGE &&
       SAID(c, NEGOTIATE, 0, 0) ->
       TAKE;
       narrate("@ %d says %d %d\n", c, NEGOTIATE, 0)
       session[c].line = NEGOTIATE
     }
  :: d_step { /* base64 that isn't what is due */
       session[c].phase == STEPWISE && nothing_said(c) && !patient && SAID(c, MESSAGE, 0, 0) ->
       TAKE;
       narrate("@ %d says %d %d\n", c, MESSAGE, 0)
       session[c].line = MESSAGE;
       session[c].excused = 1
     }
  :: d_step { /* it cancels, or says something that no exchange knows: nothing of it remains */
       session[c].phase == STEPWISE && nothing_said(c) && !patient && SEEN(E_ANSWER, c, NO) ->
       TAKE;
       narrate("@ %d breaks the exchange\n", c)
       close_unfinished(c);
       session[c].excused = 1;
       refuse(c)
     }
  :: d_step { /* it hangs up */
       session[c].phase != OFF && !patient && may_keep(c) && SEEN(E_LEFT, c, 0) ->
       TAKE;
       narrate("@ %d leaves\n", c)
       end_session(c, true)
     }
  :: d_step {
       session[c].phase != OFF && !patient && SEEN(E_LEFT, c, 0) ->
       TAKE;
       narrate("@ %d leaves\n", c)
       end_session(c, false)
     }
  od
}
#undef c
