/* Trace validation: with TRACES a step of the model is possible only if the recorded trace goes on
 * with its event. Without it, all of this is `true`.
 *
 * A trace is what the C++ world did, in the model's words: one event a line, a kind and four numbers
 * (targets/spin/recorded.hpp writes them). pan tries every trace from the start, guesses what an event
 * doesn't show, and counts the traces of which it reaches the end (traces.c).
 */
#define E_CONNECT 1 /* session */
#define E_LIST 2    /* session, NTLM is in it */
#define E_SAID 3    /* session, what, user, surely right */
#define E_LEASE 4   /* session, link, it is a new one */
#define E_BACKEND 5 /* link, what it was asked, answer, a failure was injected */
#define E_FAIL 6    /* session, link */
#define E_ANSWER 7  /* session, answer, user or giver of the challenge */
#define E_LEFT 8    /* session */
#define E_CLOSED 9  /* session: by the front-end */
#define E_END 10
#define E_OVER 11
#define NO_LINK 255

#ifdef TRACES
typedef Event {
  byte kind;
  byte n1;
  byte n2;
  byte n3;
  byte n4
};
Event event;
int record = -1; /* which one, from 0 */
int at = 0;     /* its events that were taken */

c_code {
\#include <stdio.h>
\#include <stdlib.h>

  typedef struct {
    unsigned char kind, n1, n2, n3, n4;
  } Recorded;

  static Recorded *recorded;
  static int recorded_count;
  static int *beginnings; /* of traces: places in `recorded` */
  static int *furthest;    /* by trace: the most events that were taken */
  static char *was_accepted;
  static int trace_count;

  static void report_traces(void) {
    int i, good = 0;
    for (i = 0; i < trace_count; ++i) good += was_accepted[i];
    printf("traces: %d, accepted: %d\n", trace_count, good);
    for (i = 0; i < trace_count; ++i) {
      const Recorded *r = &recorded[beginnings[i] + furthest[i]];
      if (!was_accepted[i]) {
        printf("rejected: trace %d at event %d: %d %d %d %d %d\n", i, furthest[i], r->kind, r->n1, r->n2, r->n3, r->n4);
      }
    }
  }

  static void read_traces(void) {
    const char *name = getenv("SALLYPORT_TRACES");
    FILE *file = name ? fopen(name, "r") : NULL;
    unsigned n[5];
    int room = 0, begins = 1;
    if (!file) {
      fprintf(stderr, "pan: SALLYPORT_TRACES names no file that can be read\n");
      exit(2);
    }
    while (fscanf(file, "%u %u %u %u %u", &n[0], &n[1], &n[2], &n[3], &n[4]) == 5) {
      if (recorded_count == room) {
        room = room ? 2 * room : 4096;
        recorded = realloc(recorded, room * sizeof *recorded);
        beginnings = realloc(beginnings, room * sizeof *beginnings);
        if (!recorded || !beginnings) abort();
      }
      if (begins) beginnings[trace_count++] = recorded_count;
      recorded[recorded_count++] = (Recorded){n[0], n[1], n[2], n[3], n[4]};
      begins = n[0] == 10; /* E_END */
    }
    if (!feof(file) || !begins) {
      fprintf(stderr, "pan: %s holds no whole traces\n", name);
      exit(2);
    }
    fclose(file);
    furthest = calloc(trace_count + 1, sizeof *furthest);
    was_accepted = calloc(trace_count + 1, sizeof *was_accepted);
    if (!furthest || !was_accepted) abort();
    atexit(report_traces);
  }

  static void show_event(void) {
    const Recorded *r = &recorded[beginnings[now.record] + now.at];
    now.event.kind = r->kind;
    now.event.n1 = r->n1;
    now.event.n2 = r->n2;
    now.event.n3 = r->n3;
    now.event.n4 = r->n4;
  }

  static void begin_trace(void) {
    now.at = 0;
    show_event();
  }

  static void take_event(void) {
    ++now.at;
    if (now.at > furthest[now.record]) furthest[now.record] = now.at;
    show_event();
  }

  static void end_trace(void) {
    was_accepted[now.record] = 1;
    now.event.kind = 11; /* E_OVER */
  }
};

#define TAKE c_code { take_event(); }
#define SEEN(what, x, y) (event.kind == what && event.n1 == x && event.n2 == y)
#define SAID(x, said, u, is_right) \
  (event.kind == E_SAID && event.n1 == x && event.n2 == said && event.n3 == u && (is_right || !event.n4))
#define SEEN_LEASE(x, y) (SEEN(E_LEASE, x, y) && event.n3 == (link[y].state == CLOSED))
#define SEEN_CHALLENGE(x, y) (SEEN(E_ANSWER, x, CHALLENGE) && (event.n3 == NO_LINK || event.n3 == y))
#define SEEN_OK(x, u) (SEEN(E_ANSWER, x, OK) && (event.n3 == 0 || event.n3 == u))
#define SEEN_ANSWER(x, asked, answer) (SEEN(E_BACKEND, x, asked) && event.n3 == answer)
#define SEEN_EXCUSE(x, asked, answer) (SEEN_ANSWER(x, asked, answer) && event.n4)
#define NOT_DONE (event.kind != E_OVER)
#else
#define TAKE skip
#define SEEN(what, x, y) true
#define SAID(x, said, u, is_right) true
#define SEEN_LEASE(x, y) true
#define SEEN_CHALLENGE(x, y) true
#define SEEN_OK(x, u) true
#define SEEN_ANSWER(x, asked, answer) true
#define SEEN_EXCUSE(x, asked, answer) true
#define NOT_DONE true
#endif
