// Loaded into servers that say nothing where a signal ends a process of theirs (LD_PRELOAD), as
// Courier does of its children, one for each connection.
//
//   LAB_DEATHS=/path/of/a/file   gets a line: "imaplogin 4711 killed with signal 11"
//
// Then the signal does what it does without this. What a server handles or ignores is its own
// affair: nothing is installed over it, and its own handlers come over these.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Filled in at load: behind a fault only what is async-signal-safe may be called.
static char path[4096];
static char program[64];

// A stack that has overflowed has no room for a handler.
static char stack[16384];

static size_t put(char* line, size_t at, const char* text) {
  const size_t length = strlen(text);
  memcpy(line + at, text, length);
  return at + length;
}

static size_t put_number(char* line, size_t at, unsigned number) {
  if (number >= 10) at = put_number(line, at, number / 10);
  line[at] = (char)('0' + number % 10);
  return at + 1;
}

static void tell(int signal) {
  char line[sizeof program + 64];
  size_t end = put(line, 0, program);
  end = put(line, end, " ");
  end = put_number(line, end, (unsigned)getpid());
  end = put(line, end, " killed with signal ");
  end = put_number(line, end, (unsigned)signal);
  end = put(line, end, "\n");
  const int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file >= 0 && write(file, line, end) < 0) {
    // There is nobody to tell.
  }
  raise(signal);  // SA_RESETHAND: it is the default's now
}

__attribute__((constructor)) static void watch(void) {
  const char* file = getenv("LAB_DEATHS");
  if (file == NULL || strlen(file) >= sizeof path) return;
  strcpy(path, file);
  strncpy(program, program_invocation_short_name, sizeof program - 1);
  const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&other, NULL);
  const struct sigaction told = {.sa_handler = tell,
                                 .sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};
  const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof deadly / sizeof *deadly; ++i) {
    struct sigaction now;
    if (sigaction(deadly[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
      sigaction(deadly[i], &told, NULL);
  }
}
