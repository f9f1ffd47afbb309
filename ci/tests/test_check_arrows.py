"""A bad include is found, and named with file, line and what is allowed; a good one is not."""

import unittest

from script import ScriptTest


class CheckArrows(ScriptTest):
    def findings(self, name, include):
        self.write("models/trace/event.hpp", "#include <string>\n")
        self.write(name, f"// one line before\n#include {include}\n")
        run = self.run_script("check-arrows", "--root", self.root)
        self.assertEqual(run.returncode, 1 if "wrong" in run.stdout and " 0 wrong" not in run.stdout else 0)
        return [line for line in run.stdout.splitlines() if line.startswith(f"{name}:2:")]

    def test_a_property_must_not_see_the_front_end(self):
        found = self.findings("properties/advertisement/adv_01.cpp", '"frontend/profile.hpp"')
        self.assertEqual(found, ['properties/advertisement/adv_01.cpp:2: #include "frontend/profile.hpp": '
                                 "properties may include trace, not frontend"])

    def test_the_front_end_must_not_see_properties(self):
        self.assertTrue(self.findings("models/frontend/session.cpp", '"properties/property.hpp"'))

    def test_it_makes_no_difference_how_the_include_is_written(self):
        for include in ("<trace/event.hpp>", '"models/trace/event.hpp"', '"../trace/event.hpp"'):
            self.assertTrue(self.findings("models/wire/imap.hpp", include), include)
            self.assertFalse(self.findings("models/observe/observer.hpp", include), include)

    def test_models_have_no_clock_thread_socket_randomness_or_terminal(self):
        for header in ("chrono", "ctime", "thread", "mutex", "atomic", "random", "sys/socket.h", "asio.hpp", "iostream"):
            self.assertTrue(self.findings("models/world/world.cpp", f"<{header}>"), header)

    def test_only_live_has_sockets(self):
        for header in ("asio.hpp", "asio/ssl.hpp", "openssl/ssl.h", "sys/socket.h"):
            self.assertTrue(self.findings("targets/cli/serve.cpp", f"<{header}>"), header)
            self.assertFalse(self.findings("targets/live/serve.cpp", f"<{header}>"), header)

    def test_tests_may_use_the_tools_that_test(self):
        self.assertFalse(self.findings("models/wire/imap_test.cpp", "<gtest/gtest.h>"))
        self.assertFalse(self.findings("models/wire/imap_benchmark.cpp", "<benchmark/benchmark.h>"))
        self.assertTrue(self.findings("models/wire/imap.cpp", "<gtest/gtest.h>"))
        self.assertFalse(self.findings("properties/advertisement/adv_01_test.cpp", '"world/world.hpp"'))

    def test_tests_of_properties_do_not_see_the_front_end_either(self):
        self.assertTrue(self.findings("properties/advertisement/adv_01_test.cpp", '"frontend/frontend.hpp"'))

    def test_an_unknown_header_is_not_waved_through(self):
        self.assertTrue(self.findings("models/wire/imap.cpp", "<boost/asio.hpp>"))
        self.assertFalse(self.findings("models/wire/imap.cpp", "<string_view>"))

    def test_a_folder_without_a_row_is_found(self):
        self.assertTrue(self.findings("targets/brand_new/main.cpp", "<string>"))

    def test_an_empty_tree_is_not_a_pass(self):
        self.assertEqual(self.run_script("check-arrows", "--root", self.root).returncode, 1)


if __name__ == "__main__":
    unittest.main()
