// Decides on a member that nobody initialised, when told so: MemorySanitizer must say so.
struct Session {
  bool authenticated;
  int failures;
};

int main(int argc, char**) {
  const auto* const session = new Session;  // NOLINT: uninitialised on purpose
  auto* const mutable_session = const_cast<Session*>(session);
  if (argc == 1) mutable_session->authenticated = false;
  const int status = session->authenticated ? 3 : 0;
  delete session;
  return status;
}
