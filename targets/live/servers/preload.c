// Loaded into servers that can't be told where to go (LD_PRELOAD): Cyrus's Murder looks its
// back-ends' ports up by service name, Courier's proxy has 143 and 110 built in, and both write to
// the machine's syslog, as imapproxy and Perdition do.
//
//   LAB_SERVICES=imap=25343,pop3=25310   getaddrinfo() takes these ports for these service names
//   LAB_PORTS=143=20143,110=20110        connect() to one of these IPv4 ports goes to the other, on
//   127.0.0.1 LAB_SYSLOG=/path/of/a/file           syslog() is appended there
//
// setgroups() and initgroups() do nothing: imapproxy and couriertls insist on them, and an ordinary
// user has no groups to give up.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The number behind `key=` in a list `key=number,…`; 0 where it isn't listed.
static int listed(const char* list, const char* key) {
  const size_t length = strlen(key);
  for (const char* at = list; at != NULL && *at != '\0';) {
    if (strncmp(at, key, length) == 0 && at[length] == '=') return atoi(at + length + 1);
    at = strchr(at, ',');
    if (at != NULL) ++at;
  }
  return 0;
}

int getaddrinfo(const char* host, const char* service, const struct addrinfo* hints,
                struct addrinfo** results) {
  int (*real)(const char*, const char*, const struct addrinfo*, struct addrinfo**) =
      dlsym(RTLD_NEXT, "getaddrinfo");
  char number[16];
  const int port = service == NULL ? 0 : listed(getenv("LAB_SERVICES"), service);
  if (port != 0) {
    snprintf(number, sizeof number, "%d", port);
    service = number;
  }
  return real(host, service, hints, results);
}

int connect(int socket, const struct sockaddr* address, socklen_t length) {
  int (*real)(int, const struct sockaddr*, socklen_t) = dlsym(RTLD_NEXT, "connect");
  if (address == NULL || address->sa_family != AF_INET || length < sizeof(struct sockaddr_in)) {
    return real(socket, address, length);
  }
  struct sockaddr_in to;
  memcpy(&to, address, sizeof to);
  char number[16];
  snprintf(number, sizeof number, "%d", ntohs(to.sin_port));
  const int port = listed(getenv("LAB_PORTS"), number);
  if (port != 0) {
    to.sin_port = htons((uint16_t)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  return real(socket, (const struct sockaddr*)&to, sizeof to);
}

static void note(int priority, const char* format, va_list arguments) {
  const char* path = getenv("LAB_SYSLOG");
  const int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return;
  char line[4096];
  const int begun = snprintf(line, sizeof line, "<%d> ", priority);
  const int more = vsnprintf(line + begun, sizeof line - (size_t)begun - 1, format, arguments);
  const size_t most = sizeof line - 2;
  size_t end = more < 0 ? (size_t)begun : (size_t)begun + (size_t)more;
  if (end > most) end = most;
  line[end++] = '\n';
  if (write(file, line, end) < 0) {
    // There is nobody to tell.
  }
  close(file);
}

void openlog(const char* identity, int option, int facility) {
  (void)identity;
  (void)option;
  (void)facility;
}
void closelog(void) {}
void vsyslog(int priority, const char* format, va_list arguments) {
  note(priority, format, arguments);
}
void __vsyslog_chk(int priority, int flag, const char* format, va_list arguments) {
  (void)flag;
  note(priority, format, arguments);
}
void syslog(int priority, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  note(priority, format, arguments);
  va_end(arguments);
}
void __syslog_chk(int priority, int flag, const char* format, ...) {
  (void)flag;
  va_list arguments;
  va_start(arguments, format);
  note(priority, format, arguments);
  va_end(arguments);
}

int setgroups(size_t size, const gid_t* groups) {
  (void)size;
  (void)groups;
  return 0;
}

int initgroups(const char* user, gid_t group) {
  (void)user;
  (void)group;
  return 0;
}
