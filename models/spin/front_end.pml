/* What a front-end that reuses its connections makes of logging in: clients, the front-end's
 * sessions, its pool and the back-ends behind it, with the messages of an NTLM handshake each on its
 * own way (KB 306874). README.md says what is left out and why that does no harm.
 *
 *   client ──line──► session ──lease──► link ──wire──► back-end
 *          ◄─answer──        ◄─answer──      ◄─answer─
 *
 * A session reads one line, leases one connection, waits for one answer. A login that was gathered
 * whole (LOGIN, USER and PASS, PLAIN) stays on its connection. An NTLM message takes whichever
 * connection is free: that is the mistake.
 *
 * Built with -D: CLIENTS, LINKS, USERS; one of
 *   EXCHANGE_2000       NTLM is offered, and relayed message by message
 *   EXCHANGE_2000_SP1   it is not
 * and any of
 *   PERSISTENT          a relayed exchange stays on one connection: Exchange 2000 without the mistake
 *   POP3                a connection that is logged in ends with its session (RFC 1939 §4)
 *   FAILURES            connections die, back-ends refuse, the account database doesn't answer
 *   PATIENT             client 0 knows its password, and tries until it is let in
 *   CHECK_ADV_01, CHECK_PER_01, CHECK_SOUND   the assertions
 *   COUNT_JUDGED        pan says how often they were put to the test
 *   NARRATE             a trail reads as a script's steps
 *   TRACES              accepts recorded traces instead: see traces.pml
 *   MISTAKE=n           a planted mistake, that the checks must find
 */
#ifndef CLIENTS
#define CLIENTS 2
#endif
#ifndef LINKS
#define LINKS 3
#endif
#ifndef USERS
#define USERS 2
#endif
#ifndef MISTAKE
#define MISTAKE 0
#endif
#define TRUST_ANY_OK 1        /* an OK counts although that connection never challenged */
#define FORGET_THE_LINKS 2    /* a refused exchange leaves its connections behind */
#define LEND_UNFINISHED 3     /* the pool hands out connections in the middle of an exchange */
#define ANY_USER_WILL_DO 4    /* and those of other users */

#if defined(EXCHANGE_2000)
#define OFFERS_NTLM 1
#elif defined(EXCHANGE_2000_SP1)
#define OFFERS_NTLM 0
#else
#error "which profile? EXCHANGE_2000 or EXCHANGE_2000_SP1"
#endif

/* Phases of a session. */
#define OFF 0      /* no client */
#define READY 1    /* reads a command */
#define BUSY 2     /* waits for the connection that it leases */
#define STEPWISE 3 /* reads the next message of a relayed exchange */
#define IN 4       /* logged in */
#define FAILED 5   /* will say that it can't be done now */
#define RETRY 6    /* may begin its login anew on a fresh connection */
#define DOOMED 7   /* logged in, and its connection is gone */

/* What a client says, and a session passes on. */
#define NOTHING 0
#define START 1     /* AUTHENTICATE NTLM */
#define LOGIN 2     /* a login that was gathered whole */
#define NEGOTIATE 3 /* NTLM's first message */
#define PROOF 4     /* and its third: bound to the challenge that the client holds */
#define MESSAGE 5   /* any other base64 */
/* What a back-end answers. On a wire either stands, or nothing. */
#define CHALLENGE 6
#define OK 7
#define NO 8

/* Connections, as the back-end sees them. */
#define CLOSED 0
#define IDLE 1
#define WANTS_NEGOTIATE 2
#define WANTS_PROOF 3
#define IN_BY_LOGIN 4
#define IN_BY_NTLM 5

/* A challenge goes by the number of the connection whose back-end gave it, plus one, for as long as
 * that back-end would take a proof for it. */
#define NO_CHALLENGE 0 /* or one without octets, which asks for NEGOTIATE */
#define STALE 7

/* Why the last attempt of the patient client failed. */
#define ASKED_AGAIN 1
#define TURNED_AWAY 2

typedef Session {
  unsigned phase : 3;
  unsigned line : 3;  /* said, and not read yet */
  unsigned user : 4;  /* 0: not said yet */
  bit right;          /* with the right password, by an account that may */
  unsigned held : 3;  /* the challenge that its client holds */
  bit excused;        /* something else than the schedule may make this attempt fail */
  unsigned link : 3;  /* leased, or where the last message of the exchange went */
#ifdef PATIENT
  unsigned why : 2
#endif
};
typedef Link {
  unsigned state : 3;
  unsigned wire : 4;
  unsigned holder : 3;     /* session plus one */
  unsigned unfinished : 3; /* left in the middle of this one's exchange: session plus one */
  bit challenged;
  unsigned user : 4;
#ifdef FAILURES
  bit fresh                /* opened for the login in progress */
#endif
};
Session session[CLIENTS];
Link link[LINKS];
hidden byte i, j, place, choices;
hidden byte ADV_01_holds, PER_01_holds, password_is_right, connection_is_the_users,
  nothing_is_left_behind;

/* How often a claim was put to the test: a search that never does shows nothing. */
#ifdef COUNT_JUDGED
c_code {
\#include <stdio.h>
\#include <stdlib.h>

  static unsigned long judged[2];

  static void report_judged(void) {
    printf("lists shown: %lu, valid logins that ended: %lu\n", judged[0], judged[1]);
  }

  static void count(int claim) {
    if (judged[0] + judged[1] == 0) atexit(report_judged);
    ++judged[claim];
  }
};
#define COUNT(claim) c_code { count(claim); }
#define count_judged(s)                                  \
  if                                                     \
  :: session[s].right && !session[s].excused -> COUNT(1) \
  :: else                                                \
  fi
#else
#define COUNT(claim) skip
#define count_judged(s) skip
#endif

#include "traces.pml"

#include "pool.pml"

/* ---- sessions: what both sides of one know of it ---- */

#ifdef PATIENT
#define tell_why(s, reason) session[s].why = reason
#define forget_why(s) session[s].why = 0
#else
#define tell_why(s, reason) skip
#define forget_why(s) skip
#endif

/* An attempt is over, and so is what was known of it. */
inline become(s, to) {
  session[s].phase = to;
  session[s].line = NOTHING;
  session[s].right = 0;
  session[s].held = NO_CHALLENGE;
  session[s].excused = 0;
  if
  :: to != IN -> session[s].user = 0; session[s].link = 0
  :: else
  fi
}

/* The client gets in. Whoever does has the right password, and the connection is his. */
inline let_in(s) {
#ifdef CHECK_SOUND
  password_is_right = session[s].right;
  assert(password_is_right);
  connection_is_the_users = link[session[s].link].user == session[s].user;
  assert(connection_is_the_users);
#endif
  count_judged(s);
  forget_why(s);
  become(s, IN)
}

#define left_behind(s, k) (link[k].unfinished == s + 1 || link[k].holder == s + 1)

/* The client is refused, and is asked for its password again. PER-01: that has other reasons than the
 * connections that the scheduler picked. */
inline refuse(s) {
#ifdef CHECK_PER_01
  PER_01_holds = !session[s].right || session[s].excused;
  assert(PER_01_holds);
#endif
#ifdef CHECK_SOUND
  nothing_is_left_behind = !any_link(left_behind, s); /* RES-04 */
  assert(nothing_is_left_behind);
#endif
  count_judged(s);
  if
  :: session[s].right && !session[s].excused -> tell_why(s, ASKED_AGAIN)
  :: else
  fi;
  become(s, READY)
}

/* The session ends. A connection that is logged in by a login of its own may go back to the pool. */
inline end_session(s, keep) {
  close_unfinished(s);
  for (i : 0 .. LINKS - 1) {
    if
    :: link[i].holder == s + 1 && keep -> link[i].holder = 0
    :: link[i].holder == s + 1 && !keep -> close_link(i)
    :: else
    fi
  }
  forget_why(s);
  become(s, OFF)
}
#ifdef POP3
#define may_keep(s) false
#else
#define may_keep(s) (session[s].phase == IN && link[session[s].link].state == IN_BY_LOGIN)
#endif

#ifdef PATIENT
#define is_patient(s) (s == 0)
#else
#define is_patient(s) false
#endif

#include "client.pml"

/* ---- the front-end: what it does for one session ---- */

#define s (_pid - CLIENTS)
#define my link[session[s].link]
#define answered(what) (session[s].phase == BUSY && my.wire == what)
#define relays (my.unfinished == s + 1)

#define start_on(k)                                                            \
  :: d_step {                                                                  \
       session[s].phase == READY && session[s].line == START && OFFERS_NTLM && \
       fits_start(s, k) && SEEN_LEASE(s, k) ->                                 \
       TAKE;                                                                   \
       lease(s, k, true)                                                       \
     }
#define log_in_on(k)                                                                \
  :: d_step {                                                                       \
       session[s].phase == READY && session[s].line == LOGIN && fits_login(s, k) && \
       SEEN_LEASE(s, k) ->                                                          \
       TAKE;                                                                        \
       lease(s, k, false)                                                           \
     }
#define relay_on(k)                                                                        \
  :: d_step {                                                                              \
       session[s].phase == STEPWISE && session[s].line != NOTHING && fits_message(s, k) && \
       SEEN_LEASE(s, k) ->                                                                 \
       TAKE;                                                                               \
       lease(s, k, true)                                                                   \
     }
#ifdef FAILURES
#define log_in_again_on(k)                                        \
  :: d_step {                                                     \
       session[s].phase == RETRY && new(k) && SEEN_LEASE(s, k) -> \
       TAKE;                                                      \
       session[s].line = LOGIN;                                   \
       lease(s, k, false)                                         \
     }
/* A connection dies that the session leases, or in the middle of its exchange. */
#define lose(k)                                                                          \
  :: d_step {                                                                            \
       (link[k].holder == s + 1 || link[k].unfinished == s + 1) && SEEN(E_FAIL, s, k) -> \
       TAKE;                                                                             \
       narrate("@ %d loses %d\n", s, k)                                                  \
       session[s].excused = 1;                                                           \
       if                                                                                \
       :: session[s].phase == IN -> session[s].phase = DOOMED                            \
       :: session[s].phase == BUSY && link[k].unfinished == 0 && !link[k].fresh ->       \
          session[s].phase = RETRY                                                       \
       :: else -> session[s].phase = FAILED                                              \
       fi;                                                                               \
       close_link(k);                                                                    \
       close_unfinished(s);                                                              \
       session[s].line = NOTHING;                                                        \
       session[s].link = 0                                                               \
     }
#endif

active [CLIENTS] proctype front_end() {
end:
  do
  for_each_link(start_on)
  for_each_link(log_in_on)
  for_each_link(relay_on)
  :: d_step { /* NTLM that isn't offered: a refusal on every schedule */
       session[s].phase == READY && session[s].line == START && !OFFERS_NTLM && SEEN(E_ANSWER, s, NO) ->
       TAKE;
       session[s].excused = 1;
       refuse(s)
     }
  :: d_step { /* the account says no */
       session[s].phase == READY && session[s].line == LOGIN && !session[s].right &&
       SEEN(E_ANSWER, s, NO) ->
       TAKE;
       refuse(s)
     }
  :: d_step { /* once only (RFC 3501 §6.2) */
       session[s].phase == IN && session[s].line != NOTHING && SEEN(E_ANSWER, s, NO) ->
       TAKE;
       session[s].line = NOTHING
     }
  :: d_step { /* the pool has had its share */
       session[s].phase == READY &&
       ((session[s].line == START && OFFERS_NTLM && !any_link(fits_start, s)) ||
        (session[s].line == LOGIN && !any_link(fits_login, s))) && SEEN(E_FAIL, s, NO_LINK) ->
       TAKE;
       session[s].line = NOTHING;
       session[s].phase = FAILED
     }
  :: d_step {
       (session[s].phase == FAILED || session[s].phase == RETRY) && SEEN(E_ANSWER, s, NO) ->
       TAKE;
       tell_why(s, TURNED_AWAY);
       become(s, READY)
     }
  :: d_step {
       answered(CHALLENGE) && SEEN_CHALLENGE(s, session[s].link) ->
       TAKE;
       session[s].held = (my.state == WANTS_PROOF -> session[s].link + 1 : NO_CHALLENGE);
       my.wire = NOTHING;
       my.holder = 0;
       my.challenged = 1;
       forget_fresh(session[s].link);
       session[s].phase = STEPWISE
     }
  :: d_step { /* only a connection that has challenged can accept a relayed login */
       answered(OK) && relays && (my.challenged || MISTAKE == TRUST_ANY_OK) &&
       SEEN_OK(s, session[s].user) ->
       TAKE;
       my.wire = NOTHING;
       my.unfinished = 0;
       my.challenged = 0;
       forget_fresh(session[s].link);
       close_unfinished(s);
       let_in(s)
     }
  :: d_step {
       answered(OK) && !relays && SEEN_OK(s, session[s].user) ->
       TAKE;
       my.wire = NOTHING;
       forget_fresh(session[s].link);
       let_in(s)
     }
  :: d_step {
       (answered(NO) || (answered(OK) && !my.challenged && MISTAKE != TRUST_ANY_OK)) && relays &&
       SEEN(E_ANSWER, s, NO) ->
       TAKE;
#if MISTAKE == FORGET_THE_LINKS
       my.wire = NOTHING;
       my.holder = 0;
#else
       close_unfinished(s);
#endif
       refuse(s)
     }
  :: d_step { /* a connection on which nobody is logged in serves the next one */
       answered(NO) && !relays && SEEN(E_ANSWER, s, NO) ->
       TAKE;
       my.wire = NOTHING;
       my.holder = 0;
       forget_fresh(session[s].link);
       refuse(s)
     }
  :: d_step { /* the client says goodbye, or something that ends the session */
       (session[s].phase == READY || session[s].phase == STEPWISE || session[s].phase == IN) &&
       nothing_said(s) && !is_patient(s) && may_keep(s) && SEEN(E_CLOSED, s, 0) ->
       TAKE;
       narrate("@ %d is hung up on\n", s)
       end_session(s, true)
     }
  :: d_step {
       (session[s].phase == READY || session[s].phase == STEPWISE || session[s].phase == IN) &&
       nothing_said(s) && !is_patient(s) && SEEN(E_CLOSED, s, 0) ->
       TAKE;
       narrate("@ %d is hung up on\n", s)
       end_session(s, false)
     }
#ifdef FAILURES
  for_each_link(log_in_again_on)
  for_each_link(lose)
  :: d_step { /* the account database doesn't answer */
       session[s].phase == READY && session[s].line == LOGIN && SEEN(E_FAIL, s, NO_LINK) ->
       TAKE;
       session[s].line = NOTHING;
       session[s].phase = FAILED
     }
  :: d_step { /* there is no connection to begin anew on */
       session[s].phase == RETRY && SEEN(E_FAIL, s, NO_LINK) ->
       TAKE;
       session[s].phase = FAILED
     }
  :: d_step { /* a back-end that hasn't got NTLM */
       session[s].phase == BUSY && my.wire == START && SEEN(E_ANSWER, s, NO) ->
       TAKE;
       close_unfinished(s);
       session[s].excused = 1;
       refuse(s)
     }
  :: d_step {
       session[s].phase == DOOMED && SEEN(E_CLOSED, s, 0) ->
       TAKE;
       end_session(s, false)
     }
#endif
  od
}
#undef s
#undef my

#include "back_end.pml"
#ifdef TRACES
#include "reader.pml"
#endif

/* ---- what a patient client may hope for ---- */

#ifdef PATIENT
#define waits (session[0].phase == BUSY || session[0].line != NOTHING || session[0].phase == FAILED)
/* It knows its password and is not asked for it for ever. */
ltl not_asked_for_ever { <>[] (session[0].why != ASKED_AGAIN) }
/* What it says is answered. */
ltl answered { [] (waits -> <> !waits) }
/* It gets in, unless the pool is full again and again. */
ltl gets_in { ([]<> (session[0].why == TURNED_AWAY)) || <> (session[0].phase == IN) }
/* Which isn't so: it gets in whatever others do. */
ltl gets_in_for_certain { <> (session[0].phase == IN) }
#endif
