#include "targets/differential/etpan.hpp"

#include <libetpan/libetpan.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#endif

namespace sallyport::differential {

namespace {

/// libetpan 1.9.4 leaks what it read of a greeting that says BYE, and of answers that it can't
/// read. That is not what is looked for here.
#if __has_feature(address_sanitizer)
using LeaksDontCount = __lsan::ScopedDisabler;
#else
struct LeaksDontCount {
  LeaksDontCount() {}  // it is there for its scope, whatever it does
};
#endif

constexpr std::size_t buffer_octets = 4096;

std::string_view& unread(mailstream_low* low) { return *static_cast<std::string_view*>(low->data); }

ssize_t read_some(mailstream_low* low, void* out, size_t octets) {
  std::string_view& left = unread(low);
  if (left.empty())
    return -1;  // where it wants a literal's octets, it asks for ever at an end of 0
  const std::size_t size = std::min(octets, left.size());
  std::memcpy(out, left.data(), size);
  left.remove_prefix(size);
  return static_cast<ssize_t>(size);
}
ssize_t write_nothing(mailstream_low*, const void*, size_t octets) {
  return static_cast<ssize_t>(octets);
}
int do_nothing(mailstream_low*) { return 0; }
void forget(mailstream_low* low) { std::free(low); }
void cancel_nothing(mailstream_low*) {}
struct mailstream_cancel* no_cancel(mailstream_low*) { return nullptr; }
carray* no_certificates(mailstream_low*) { return nullptr; }

mailstream_low_driver from_memory{.mailstream_read = read_some,
                                  .mailstream_write = write_nothing,
                                  .mailstream_close = do_nothing,
                                  .mailstream_get_fd = do_nothing,
                                  .mailstream_free = forget,
                                  .mailstream_cancel = cancel_nothing,
                                  .mailstream_get_cancel = no_cancel,
                                  .mailstream_get_certificate_chain = no_certificates,
                                  .mailstream_setup_idle = do_nothing,
                                  .mailstream_unsetup_idle = do_nothing,
                                  .mailstream_interrupt_idle = do_nothing};

/// `octets` outlives it.
mailstream* stream_of(std::string_view& octets) {
  return mailstream_new(mailstream_low_new(&octets, &from_memory), buffer_octets);
}

bool has_code_without_text(std::string_view octets) {
  while (!octets.empty()) {
    const std::size_t end = std::min(octets.find('\n'), octets.size());
    const std::string_view line = octets.substr(0, end);
    const std::size_t last = line.find_last_not_of(" \t\r");
    if (last != std::string_view::npos && line[last] == ']') return true;
    octets.remove_prefix(std::min(end + 1, octets.size()));
  }
  return false;
}

/// A session drops its stream with itself.
struct Imap {
  std::string_view octets;
  mailimap* session = mailimap_new(0, nullptr);
  explicit Imap(std::string_view octets_) : octets(octets_) {}
  Imap(const Imap&) = delete;
  Imap& operator=(const Imap&) = delete;
  ~Imap() { mailimap_free(session); }
  int connect() { return mailimap_connect(session, stream_of(octets)); }
};

}  // namespace

std::string_view to_text(Answer answer) {
  constexpr std::string_view names[] = {"refused", "OK",  "NO",       "BAD",
                                        "PREAUTH", "BYE", "not asked"};
  return names[static_cast<std::size_t>(answer)];
}

Answer etpan_imap_greeting(std::string_view octets) {
  const std::size_t line = std::min(octets.find('\n'), octets.size());
  if (has_code_without_text(octets.substr(line))) return Answer::not_asked;
  const LeaksDontCount scope;
  Imap imap(octets);
  switch (imap.connect()) {
    case MAILIMAP_NO_ERROR:
    case MAILIMAP_NO_ERROR_NON_AUTHENTICATED:
      return Answer::ok;
    case MAILIMAP_NO_ERROR_AUTHENTICATED:
      return Answer::preauth;
    case MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION:
      return Answer::bye;
    default:
      return Answer::refused;
  }
}

Answer etpan_imap_answer(std::string_view octets) {
  if (has_code_without_text(octets)) return Answer::not_asked;
  const LeaksDontCount scope;
  const std::string whole = "* OK ready\r\n" + std::string(octets);
  Imap imap(whole);
  if (imap.connect() != MAILIMAP_NO_ERROR_NON_AUTHENTICATED) return Answer::refused;
  switch (mailimap_noop(imap.session)) {
    case MAILIMAP_NO_ERROR:
      return Answer::ok;
    case MAILIMAP_ERROR_NOOP:
      return Answer::no;  // or BAD: it makes no difference
    default:
      return Answer::refused;
  }
}

Answer etpan_pop3_greeting(std::string_view octets) {
  mailpop3* const session = mailpop3_new(0, nullptr);
  const int said = mailpop3_connect(session, stream_of(octets));
  mailpop3_free(session);
  return said == MAILPOP3_NO_ERROR ? Answer::ok
         : said == MAILPOP3_ERROR_UNAUTHORIZED || said == MAILPOP3_ERROR_CONNECTION_REFUSED
             ? Answer::no
             : Answer::refused;
}

}  // namespace sallyport::differential
