/* The pool: which connections a session may lease, in which order of preference, and what becomes of
 * them. models/frontend/pool.cpp, and the leases in relay.cpp and login.cpp, in a few lines. */

#define free(k) (link[k].wire == NOTHING && link[k].holder == 0 && link[k].unfinished == 0)
#if MISTAKE == LEND_UNFINISHED
#define idle(k)                                                                                   \
  ((link[k].state == IDLE || link[k].state == WANTS_NEGOTIATE || link[k].state == WANTS_PROOF) && \
   link[k].wire == NOTHING && link[k].holder == 0)
#else
#define idle(k) (link[k].state == IDLE && free(k))
#endif
/* A new connection takes the smallest free number. */
#if LINKS == 1
#define lower_ones_are_open(k) true
#elif LINKS == 2
#define lower_ones_are_open(k) (k < 1 || link[0].state != CLOSED)
#elif LINKS == 3
#define lower_ones_are_open(k) \
  ((k < 1 || link[0].state != CLOSED) && (k < 2 || link[1].state != CLOSED))
#elif LINKS == 4
#define lower_ones_are_open(k)                                                 \
  ((k < 1 || link[0].state != CLOSED) && (k < 2 || link[1].state != CLOSED) && \
   (k < 3 || link[2].state != CLOSED))
#else
#error "1 to 4 LINKS"
#endif
#define new(k) (link[k].state == CLOSED && lower_ones_are_open(k))
#if MISTAKE == ANY_USER_WILL_DO
#define own(s, k) (link[k].state == IN_BY_LOGIN && free(k))
#else
#define own(s, k) \
  (link[k].state == IN_BY_LOGIN && free(k) && link[k].user == session[s].user && session[s].right)
#endif
#define of_the_exchange(s, k) (session[s].phase == STEPWISE && session[s].link == k)

#ifdef PERSISTENT
#define fits_message(s, k) of_the_exchange(s, k)
#else
#define fits_message(s, k) (of_the_exchange(s, k) || idle(k) || new(k))
#endif
#define fits_start(s, k) (idle(k) || new(k))
#define fits_login(s, k) (own(s, k) || idle(k) || new(k))

#if LINKS == 1
#define for_each_link(option) option(0)
#define any_link(test, s) test(s, 0)
#elif LINKS == 2
#define for_each_link(option) option(0) option(1)
#define any_link(test, s) (test(s, 0) || test(s, 1))
#elif LINKS == 3
#define for_each_link(option) option(0) option(1) option(2)
#define any_link(test, s) (test(s, 0) || test(s, 1) || test(s, 2))
#else
#define for_each_link(option) option(0) option(1) option(2) option(3)
#define any_link(test, s) (test(s, 0) || test(s, 1) || test(s, 2) || test(s, 3))
#endif

/* For a trail of which a script is made: what clients do, and where in the pool's order of preference
 * the connection stands that was picked, which is what a script's `lease` counts. */
#ifdef NARRATE
#define rank(s, k)                                                         \
  (of_the_exchange(s, k) || (session[s].line == LOGIN && own(s, k)) -> 0 : \
   (idle(k) -> 1 : (new(k) -> 2 : 3)))
#define narrate_lease(s, k)                                                         \
  place = 0;                                                                        \
  choices = 0;                                                                      \
  for (i : 0 .. LINKS - 1) {                                                        \
    if                                                                              \
    :: rank(s, i) < 3 ->                                                            \
       choices++;                                                                   \
       if                                                                           \
       :: rank(s, i) < rank(s, k) || (rank(s, i) == rank(s, k) && i < k) -> place++ \
       :: else                                                                      \
       fi                                                                           \
    :: else                                                                         \
    fi                                                                              \
  }                                                                                 \
  printf("@ %d lease %d of %d\n", s, place, choices);
#define narrate(...) printf(__VA_ARGS__);
#else
#define narrate_lease(s, k)
#define narrate(...)
#endif

/* Only a login that found its connection dead asks whether that was a new one. */
#ifdef FAILURES
#define forget_fresh(k) link[k].fresh = 0
#define note_fresh(k) link[k].fresh = (link[k].state == CLOSED)
#else
#define forget_fresh(k) skip
#define note_fresh(k) skip
#endif

inline close_link(k) {
  drop_challenge(k);
  link[k].wire = NOTHING;
  link[k].holder = 0;
  link[k].unfinished = 0;
  link[k].challenged = 0;
  link[k].user = 0;
  forget_fresh(k);
  link[k].state = CLOSED
}

/* The challenge that back-end k gave is none any more. */
inline drop_challenge(k) {
  for (j : 0 .. CLIENTS - 1) {
    if
    :: session[j].held == k + 1 -> session[j].held = STALE
    :: else
    fi
  }
}

inline close_unfinished(s) {
  for (i : 0 .. LINKS - 1) {
    if
    :: link[i].unfinished == s + 1 -> close_link(i)
    :: else
    fi
  }
}

/* Session s leases k and sends what it has read. */
inline lease(s, k, relayed) {
  narrate_lease(s, k)
  note_fresh(k);
  link[k].wire = session[s].line;
  if
  :: link[k].state == CLOSED -> link[k].state = IDLE
  :: link[k].state == IN_BY_LOGIN -> link[k].wire = OK /* nobody needs to be asked */
  :: else
  fi;
  link[k].holder = s + 1;
  if
  :: relayed -> link[k].unfinished = s + 1
  :: else
  fi;
  session[s].link = k;
  session[s].phase = BUSY;
  session[s].line = NOTHING
}
