/* Back-ends, one process a connection: models/backend/authentication.cpp without its octets. Service Pack
 * 1 left them as they were, so they speak NTLM on both profiles. */

#define k (_pid - 2 * CLIENTS)
#define his session[link[k].holder - 1]
#define is_asked(what) (link[k].holder != 0 && link[k].wire == what)
#define is_asked_anything \
  (link[k].holder != 0 && link[k].wire != NOTHING && link[k].wire < CHALLENGE)
#define proves (link[k].state == WANTS_PROOF && his.held == k + 1 && his.right)
#define knows (link[k].state == IDLE && his.right)

inline answer(what, then) {
  drop_challenge(k);
  link[k].wire = what;
  link[k].state = then
}

active [LINKS] proctype back_end() {
end:
  do
  :: d_step {
       is_asked(START) && SEEN_ANSWER(k, START, CHALLENGE) ->
       TAKE;
       answer(CHALLENGE, WANTS_NEGOTIATE)
     }
  :: d_step {
       is_asked(LOGIN) && knows && SEEN_ANSWER(k, LOGIN, OK) ->
       TAKE;
       answer(OK, IN_BY_LOGIN);
       link[k].user = his.user
     }
  :: d_step {
       is_asked(LOGIN) && !knows && SEEN_ANSWER(k, LOGIN, NO) ->
       TAKE;
       answer(NO, IDLE)
     }
  :: d_step {
       is_asked(NEGOTIATE) && link[k].state == WANTS_NEGOTIATE && SEEN_ANSWER(k, NEGOTIATE, CHALLENGE) ->
       TAKE;
       answer(CHALLENGE, WANTS_PROOF)
     }
  :: d_step {
       is_asked(NEGOTIATE) && link[k].state != WANTS_NEGOTIATE && SEEN_ANSWER(k, NEGOTIATE, NO) ->
       TAKE;
       answer(NO, IDLE)
     }
  :: d_step {
       is_asked(PROOF) && proves && SEEN_ANSWER(k, PROOF, OK) ->
       TAKE;
       answer(OK, IN_BY_NTLM);
       link[k].user = his.user
     }
  :: d_step {
       is_asked(PROOF) && !proves && SEEN_ANSWER(k, PROOF, NO) ->
       TAKE;
       answer(NO, IDLE)
     }
  :: d_step {
       is_asked(MESSAGE) && SEEN_ANSWER(k, MESSAGE, NO) ->
       TAKE;
       answer(NO, IDLE)
     }
  :: d_step { /* base64 that is a command as well: "CAPA" */
       is_asked(MESSAGE) && link[k].state == IDLE && SEEN_ANSWER(k, MESSAGE, OK) ->
       TAKE;
       answer(OK, IDLE)
     }
#ifdef FAILURES
  :: d_step { /* it refuses for reasons of its own */
       is_asked_anything && SEEN_EXCUSE(k, link[k].wire, NO) ->
       TAKE;
       his.excused = 1;
       answer(NO, IDLE)
     }
  :: d_step { /* or asks for more where nothing more is due */
       is_asked_anything && link[k].wire != LOGIN && SEEN_EXCUSE(k, link[k].wire, CHALLENGE) ->
       TAKE;
       his.excused = 1;
       answer(CHALLENGE, IDLE)
     }
  :: d_step { /* nobody's connection is gone */
       link[k].state != CLOSED && free(k) && NOT_DONE ->
       close_link(k)
     }
#endif
  od
}
#undef k
#undef his
