// The accounts that scripts speak of. Every text occurs in one mailbox only, so that a message seen
// by the wrong user is recognised by its content.
#include "backend/backend.hpp"

namespace sallyport::backend {
namespace {

std::string message(std::string_view from, std::string_view to, std::string_view subject,
                    std::string_view body) {
  std::string text;
  const auto field = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  field("From", from);
  field("To", to);
  field("Subject", subject);
  field("Date", "Mon, 14 Jul 2003 09:00:00 +0000");
  text.append("\r\n").append(body);
  return text;
}

}  // namespace

const Directory& example_directory() {
  static const Directory directory = [] {
    const std::string_view alice = "alice@example";
    const std::string_view bob = "bob@example";
    const std::string_view carol = "carol@example";
    Directory made;
    made.accounts = {
        {.user = "alice",
         .password = "wonderland",
         .messages = {message("rabbit@example", alice, "Late for the tea party",
                              "Oh dear! I shall be too late.\r\n"),
                      message(
                          "queen@example", alice, "Croquet at noon",
                          "Bring a flamingo.\r\n.hidden is a line that begins with a dot.\r\n")}},
        {.user = "bob",
         .password = "builder",
         .messages = {message("wendy@example", bob, "Bricks are delivered", "Two pallets.\r\n"),
                      message("scoop@example", bob, "The digger needs oil", "Can we fix it?\r\n"),
                      message("spud@example", bob, "Scarecrow on the roof",
                              "The ladder is gone.\r\n..\r\n.\r\nStill here.\r\n")}},
        // The same password as alice's, so that whoever mistakes one for the other is seen to.
        {.user = "carol",
         .password = "wonderland",
         .messages = {message("dora@example", carol, "A third mailbox", "Nothing to see.\r\n")},
         .proofs_only = true},
        {.user = "admin",
         .password = "keys-of-the-house",
         .messages = {message("root@example", "admin@example", "Disk full", "Again.\r\n")},
         .acts_for_others = true},
        {.user = "front-end",
         .password = "sesame-of-the-front-end",
         .messages = {},
         .acts_for_others = true},
    };
    return made;
  }();
  return directory;
}

}  // namespace sallyport::backend
